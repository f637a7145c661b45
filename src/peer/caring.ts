/** The controller's care for the roster: who has gone is removed, who waits is admitted. */

import { type Candidate, type Care, changeDue, nextRemoval } from '../controller/care.ts';
import type { Block } from '../domain/message.ts';
import type { Chain } from '../domain/standing.ts';
import { emptyBatch } from '../domain/transaction.ts';
import { isKnown } from '../election/gathering.ts';
import { silentHeartbeats } from '../election/suspicion.ts';
import { type Change, changeText } from '../ledger/change.ts';
import { acquaintanceOf } from './acquainting.ts';
import { propose } from './governing.ts';
import { timeToOpen } from './ledger-time.ts';
import { isInRoster } from './memory.ts';
import { namesakeOf } from './namesakes.ts';
import { knownSince } from './presence.ts';
import type { Office } from './state.ts';
import type { Step } from './step.ts';

/** Proposes the change that is due, if nothing else is being proposed. */
export function careForRoster(step: Step): void {
  const { office, memory, link } = step.state;
  step.cancel('care');
  if (office === null || !office.isGoverning || office.proposed !== null) return;
  if (memory.chain === null || !link.isConnected) return;
  const care = careOf(step, office, memory.chain);
  const change = changeDue(care);
  if (change !== null) {
    proposeChange(step, change);
    return;
  }
  const next = nextRemoval(care);
  if (next !== null) step.alarm('care', Math.max(1, next - step.now.at));
}

/** The open challenge is given up: its number goes to the change, which is more urgent. */
export function proposeChange(step: Step, change: Change): void {
  const { memory } = step.state;
  const { chain } = memory;
  if (chain === null) return;
  const text = changeText(change);
  const block: Block = {
    transactionID: chain.height,
    parent: chain.tip,
    root: step.hasher.sha256(text),
    time: timeToOpen(step),
    challenge: 0,
    clientID: step.self,
    solution: '',
    change: text,
  };
  propose(step, block, emptyBatch);
}

function careOf(step: Step, office: Office, chain: Chain): Care {
  const { state, now } = step;
  const { memory, settings, link, acquaintances } = state;
  // A member that we have never heard is silent since our mandate.
  for (const { clientID, publicKey } of chain.roster.members) {
    if (clientID !== step.self) acquaintanceOf(step, clientID).publicKey ??= publicKey;
  }
  const since = knownSince(step);
  const peers: Candidate[] = [];
  for (const peer of Object.values(acquaintances)) {
    const { clientID, publicKey, gone, heardAt, hereSince } = peer;
    if (publicKey === null) continue;
    const isFree = isInRoster(memory, clientID) || namesakeOf(step, clientID) === null;
    const namesUs = peer.term === office.term && peer.controllerID === step.self;
    const isAtHeight = peer.height === memory.height;
    peers.push({
      clientID,
      publicKey,
      hasSaidGoodbye: gone === 'leaving' || gone === 'disconnected',
      heardAt: heardAt ?? office.since,
      hereSince: hereSince ?? now.at,
      isReady: isFree && namesUs && isAtHeight && isKnown(peer, state.rules, since),
    });
  }
  return {
    self: step.self,
    isLeaving: link.isLeaving,
    electorate: { ...chain, ...memory.rules },
    peers,
    now: now.at,
    since: office.since,
    removalMs: settings.removalMs,
    patienceMs: silentHeartbeats * settings.heartbeatMs,
  };
}
