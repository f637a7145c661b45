/** Makes way for a lower member, where the Rules have the lowest one govern that is present. */

import type { Heartbeat } from '../domain/message.ts';
import type { ClientID } from '../domain/names.ts';
import { followHeir, type Heir, isDue } from '../election/heir.ts';
import { compareNamed } from '../election/precedence.ts';
import { silentHeartbeats } from '../election/suspicion.ts';
import { namedOf } from './choosing.ts';
import { isInRoster } from './memory.ts';
import { beat } from './presence.ts';
import type { Obeyed } from './state.ts';
import type { Step } from './step.ts';
import { stepDown } from './terms.ts';

/** Who has governed for so long has not come in vain. */
const provenMs = 60_000;

/** Of so many members we know how often we made way for them in vain. */
const mostInVain = 100;

/** A heartbeat of somebody else, as a controller takes it that makes way for lower members. */
export function hearHeir(step: Step, heartbeat: Heartbeat, namesUs: boolean): void {
  const { office, memory, settings } = step.state;
  const { clientID, state, transactionID: height } = heartbeat;
  if (office === null || settings.election !== 'present') return;
  if (!isInRoster(memory, clientID) || compare(step, clientID, step.self) >= 0) return;
  const last = office.heirs[clientID];
  if (!namesUs || state !== 'ready') {
    delete office.heirs[clientID];
    return;
  }
  const said = { height, at: step.now.at };
  const { heartbeatMs } = settings;
  office.heirs[clientID] = followHeir(last, said, { height: memory.height, heartbeatMs });
}

/** Steps down for the lowest member that is due; not before what we have proposed is settled. */
export function makeWay(step: Step): void {
  const { state } = step;
  const { office, link, settings } = state;
  if (settings.election !== 'present' || office === null) return;
  if (!office.isGoverning || office.proposed !== null) return;
  if (!link.isConnected || link.isLeaving) return;
  const [lowest] = (Object.entries(office.heirs) as [ClientID, Heir][])
    .filter(([peer, heir]) => isReady(step, peer, heir))
    .map(([peer]) => peer)
    .sort((a, b) => compare(step, a, b));
  if (lowest === undefined) return;
  state.yielding.madeWayFor = lowest;
  stepDown(step, 'lower-member');
  // At once: whoever has not heard it would call us well, and stay out of the election.
  beat(step);
}

function isReady({ state, now }: Step, peer: ClientID, heir: Heir): boolean {
  const { acquaintances, memory, settings, yielding } = state;
  const isHere = isInRoster(memory, peer) && (acquaintances[peer]?.gone ?? null) === null;
  return isHere && isDue(heir, now.at, settings.heartbeatMs, yielding.inVain[peer] ?? 0);
}

/** By the Names that peers say of themselves; in the election those of its commitments count. */
function compare(step: Step, a: ClientID, b: ClientID): number {
  return compareNamed(namedOf(step, a), namedOf(step, b));
}

/** Whether we have just made way, and others may not have heard it: then it is said again. */
export function hasMadeWay({ state, self }: Step): boolean {
  return state.yielding.madeWayFor !== null && state.obeyed?.controllerID === self;
}

/** `next` becomes controller: has the member for which we made way taken over, and stayed? */
export function judgeHeir(step: Step, next: ClientID): void {
  const { state } = step;
  const { yielding, obeyed } = state;
  const { madeWayFor: heir } = yielding;
  if (heir === null || obeyed === null) return;
  // One that is lower still came in its stead, or after it: then that one is to stay. What it says
  // of its own Name may have changed meanwhile: if we govern again, it was in vain all the same.
  const isForLower = next !== step.self && compare(step, next, heir) <= 0;
  const isTakeover = obeyed.controllerID === step.self;
  if (isForLower && (isTakeover || obeyed.hasSteppedDown)) {
    state.yielding.madeWayFor = next;
    return;
  }
  state.yielding.madeWayFor = null;
  if (isTakeover) countInVain(step, heir);
  else if (obeyed.controllerID === heir) {
    if (hasStayed(step, obeyed)) delete state.yielding.inVain[heir];
    else countInVain(step, heir);
  }
}

/** Whether it governed for a while, and was not voted out though it lived. */
function hasStayed(step: Step, obeyed: Obeyed): boolean {
  const { acquaintances, settings } = step.state;
  const { at, heardAt, controllerID, hasSteppedDown } = obeyed;
  const isGone = (acquaintances[controllerID]?.gone ?? null) !== null;
  const isSilent = step.since(heardAt) >= silentHeartbeats * settings.heartbeatMs;
  return heardAt - at >= provenMs && (isGone || isSilent || hasSteppedDown);
}

function countInVain({ state }: Step, peer: ClientID): void {
  const { inVain } = state.yielding;
  const times = (inVain[peer] ?? 0) + 1;
  // Named anew, it stands last: the first one is the one that was in vain longest ago.
  delete inVain[peer];
  inVain[peer] = times;
  const [oldest, ...others] = Object.keys(inVain) as ClientID[];
  if (oldest !== undefined && others.length >= mostInVain) delete inVain[oldest];
}
