/** The members of a network, in the one order that everybody computes alike. */

import type { Hasher } from './crypto.ts';
import type { Member } from './message.ts';
import { type ClientID, compareText, type Digest } from './names.ts';

export type Roster = {
  /** PROTOCOL 3: of the Rules and each member's name and key. */
  readonly digest: Digest;
  /** In order of ClientID. */
  readonly members: readonly Member[];
};

/** Members in any order; their keys must prove their names already. */
export function makeRoster(members: readonly Member[], rules: string, hasher: Hasher): Roster {
  const sorted = [...members].sort((a, b) => compareText(a.clientID, b.clientID));
  const lines = sorted.map(({ clientID, publicKey }) => `${clientID}:${publicKey}\n`);
  const digest = hasher.sha256(`sortition/roster\n${rules}\n${lines.join('')}`);
  return { digest, members: sorted };
}

/** Q: any two sets of so many out of `size` have one in common. */
export function majority(size: number): number {
  return Math.floor(size / 2) + 1;
}

export function isMember(roster: Roster, clientID: ClientID): boolean {
  return roster.members.some((member) => member.clientID === clientID);
}

/**
 * The highest number that at least one honest member has reached, if the others are a minority.
 * `claims`: what each member says, in any order; null if too few say anything.
 */
export function believable<Numeral extends number>(
  claims: readonly Numeral[],
  { members }: Roster,
): Numeral | null {
  const liars = members.length - majority(members.length);
  return [...claims].sort((a, b) => b - a)[liars] ?? null;
}

/** Who may take a free seat: the observer that waits, founders that come back alone, or no one. */
export type Admission = 'waiting' | 'roster' | 'none';

/** What a peer is in its network, as notes tell it. */
export type Part = {
  readonly isMember: boolean;
  /** The rule by which it never gets a seat; not there where it has one, or may get one. */
  readonly shutOut?: Exclude<Admission, 'waiting'>;
};
