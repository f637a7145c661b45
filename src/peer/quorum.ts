/** The controller's quorum: which members name it, and what follows when too few do. */

import { countQuorum } from '../controller/quorum.ts';
import type { ClientID, Instant } from '../domain/names.ts';
import { silentHeartbeats } from '../election/suspicion.ts';
import { repeatMandateSoon } from './governing.ts';
import { isInRoster } from './memory.ts';
import type { Step } from './step.ts';
import { stepDown } from './terms.ts';

/** A heartbeat of somebody else, as the controller takes it. */
export function hearNaming(step: Step, peer: ClientID, namesUs: boolean): void {
  const { office } = step.state;
  if (office === null) return;
  if (namesUs) {
    if (isInRoster(step.state.memory, peer)) office.named[peer] = step.now.at;
  } else repeatMandateSoon(step);
}

/** Steps down if too few members named us for three heartbeats. */
export function checkQuorum(step: Step): void {
  const { office, memory, settings, link } = step.state;
  if (office === null || memory.chain === null) return;
  step.alarm('quorum', settings.heartbeatMs / 2);
  if (!link.isConnected) return;
  const since = (step.now.at - silentHeartbeats * settings.heartbeatMs) as Instant;
  const quorum = countQuorum(office.named, memory.chain.roster, step.self, since);
  if (quorum.present >= quorum.needed) return;
  step.note({ kind: 'no-quorum', ...quorum });
  stepDown(step, 'no-quorum');
}

/** After an outage, members get as long to name us as if they had just done it. */
export function excuseOutage(step: Step): void {
  const { office, settings } = step.state;
  if (office === null) return;
  const lately = (step.now.at - (silentHeartbeats - 1.2) * settings.heartbeatMs) as Instant;
  for (const peer of Object.keys(office.named) as ClientID[]) {
    office.named[peer] = Math.max(lately, office.named[peer] ?? lately) as Instant;
  }
}
