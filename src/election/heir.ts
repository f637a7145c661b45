/** When a controller makes way for a lower member, where the lowest one governs (PROTOCOL 11). */

import type { ClientID, Instant, TransactionID } from '../domain/names.ts';

/** How long a lower member has obeyed its controller without a break, as its heartbeats show. */
export type Heir = {
  readonly since: Instant;
  readonly beats: number;
  readonly heardAt: Instant;
  /** The controller's height at that time, to which the member must have come by its next one. */
  readonly height: TransactionID;
};

/** What a peer remembers of lower members for which it made way. */
export type Yielding = {
  /** The last one: it should take over, and govern for a while. Null where that is over. */
  madeWayFor: ClientID | null;
  /** How often it was in vain, one time after another; bounded. */
  readonly inVain: Record<ClientID, number>;
  /** Another peer with our own Name, which keeps it, as people were told. */
  toldNamesake: ClientID | null;
};

/** It must have obeyed for so many heartbeats, in number and in time. */
const obeyedHeartbeats = 3;

/** In heartbeats: one may be lost on its way, as they are said at QoS 0; and it lives till now. */
const gapHeartbeats = 2.5;
const livelyHeartbeats = 1.5;

/** Made way for in vain again and again, a member is given no other chance for this long. */
const longestPatienceMs = 600_000;

/** A heartbeat that names its controller and term; what was heard of that member before. */
export function followHeir(
  last: Heir | undefined,
  said: { readonly height: TransactionID; readonly at: Instant },
  controller: { readonly height: TransactionID; readonly heartbeatMs: number },
): Heir {
  const { height, at } = said;
  // While blocks come fast, a heartbeat that is on its way is behind; not so behind the last one.
  const keepsUp = last !== undefined && height >= last.height && height <= controller.height;
  const goesOn = keepsUp && at - last.heardAt < gapHeartbeats * controller.heartbeatMs;
  return {
    since: goesOn ? last.since : at,
    beats: goesOn ? last.beats + 1 : 1,
    heardAt: at,
    height: controller.height,
  };
}

/** Whether it is time to make way; `inVain`: how often that has come to nothing. */
export function isDue(heir: Heir, now: Instant, heartbeatMs: number, inVain: number): boolean {
  if (heir.beats < obeyedHeartbeats || now - heir.heardAt > livelyHeartbeats * heartbeatMs)
    return false;
  const usualMs = obeyedHeartbeats * heartbeatMs;
  const patienceMs = Math.min(longestPatienceMs, usualMs * 2 ** Math.min(inVain, 20));
  return now - heir.since >= Math.max(usualMs, patienceMs);
}
