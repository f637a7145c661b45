/** Changes of the roster: one member at a time, as a text that a block carries (PROTOCOL 8). */

import type { Hasher } from '../domain/crypto.ts';
import type { Member } from '../domain/message.ts';
import type { ClientID, PublicKey } from '../domain/names.ts';
import { isMember, makeRoster, type Roster } from '../domain/roster.ts';
import type { Chain } from '../domain/standing.ts';
import type { Rules } from './rules.ts';

/** Never an exchange: two majorities of neighbouring rosters must share a member [safety]. */
export type Change =
  | { readonly kind: 'remove'; readonly clientID: ClientID }
  | { readonly kind: 'admit'; readonly member: Member };

/** The text that is the block's batch. */
export function changeText(change: Change): string {
  if (change.kind === 'remove') return `remove ${change.clientID}`;
  return `admit ${change.member.clientID} ${change.member.publicKey}`;
}

/** Reads such a text; null if it is none. Whether a key proves its name is not asked here. */
export function parseChange(text: string): Change | null {
  const [, verb, name, key] = /^(remove|admit) ([0-9a-f-]{36})(?: ([\w-]{43}))?$/.exec(text) ?? [];
  const clientID = name as ClientID;
  if (verb === 'remove' && key === undefined) return { kind: 'remove', clientID };
  if (verb !== 'admit' || key === undefined) return null;
  return { kind: 'admit', member: { clientID, publicKey: key as PublicKey } };
}

/** What a change is judged by: the ledger before it and the Rules, so that all judge alike. */
export type Electorate = Pick<Chain, 'roster' | 'founders'> & Pick<Rules, 'seats' | 'admit'>;

/** What is wrong with a change of this roster, in words; null if nothing is. */
export function problemOfChange(change: Change, electorate: Electorate): string | null {
  const { roster, seats } = electorate;
  const { members } = roster;
  if (change.kind === 'remove') {
    if (!isMember(roster, change.clientID)) return 'it removes somebody who is no member';
    return members.length === 1 ? 'it removes the last member' : null;
  }
  if (isMember(roster, change.member.clientID)) return 'it admits a member';
  if (members.length >= seats) return 'it admits a peer where no seat is free';
  return mayBeAdmitted(change.member, electorate)
    ? null
    : `it admits a peer that admit=${electorate.admit} keeps out`;
}

/** Whether the Rules let this member have a seat, as soon as one is free. */
export function mayBeAdmitted(
  { clientID, publicKey }: Member,
  { admit, founders }: Pick<Electorate, 'admit' | 'founders'>,
): boolean {
  if (admit !== 'roster') return admit === 'waiting';
  // With the founding's key: a name is half of what its key's digest says.
  return founders.some((one) => one.clientID === clientID && one.publicKey === publicKey);
}

/** The roster after a change that has been checked. */
export function applyChange(roster: Roster, change: Change, rules: string, hasher: Hasher): Roster {
  const { members } = roster;
  const after =
    change.kind === 'admit'
      ? [...members, change.member]
      : members.filter(({ clientID }) => clientID !== change.clientID);
  return makeRoster(after, rules, hasher);
}
