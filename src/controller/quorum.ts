/** Check-quorum: a controller that a majority no longer names must not go on alone. */

import type { ClientID, Instant } from '../domain/names.ts';
import { majority, type Roster } from '../domain/roster.ts';

export type Quorum = { readonly present: number; readonly needed: number; readonly of: number };

/** Who named the controller since `since`, itself included. `named`: when each last did. */
export function countQuorum(
  named: Readonly<Record<ClientID, Instant>>,
  roster: Roster,
  self: ClientID,
  since: Instant,
): Quorum {
  const { members } = roster;
  const present = members.filter(
    ({ clientID }) => clientID === self || (named[clientID] ?? Number.NEGATIVE_INFINITY) >= since,
  ).length;
  return { present, needed: majority(members.length), of: members.length };
}
