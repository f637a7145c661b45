/** The lot: a number for each peer out of everybody's nonces, so that nobody can choose one. */

import type { Hasher } from '../domain/crypto.ts';
import type { VoteID } from '../domain/names.ts';
import { type ClientID, compareText, type Digest, type Nonce, type Term } from '../domain/names.ts';
import type { Roster } from '../domain/roster.ts';
import { compareNamed } from './precedence.ts';

export type Drawn = { readonly peer: ClientID; readonly number: VoteID };

export type Draw = {
  /** Of the term, the roster and all counted nonces. */
  readonly seed: Digest;
  /** Who revealed, the highest number first. */
  readonly numbers: readonly Drawn[];
  readonly highest: ClientID;
};

/**
 * Without the luck of the draw, as lecturers compare it: the `incumbent`, in networks where there
 * is one, if it took part, else the lowest of those who did, by the Names in their commitments.
 * Predictable, and as safe: terms, votes, mandates are the same.
 */
export function nameLowest(
  { numbers }: Draw,
  incumbent: ClientID | null,
  nameOf: (peer: ClientID) => number | undefined = () => undefined,
): { readonly peer: ClientID; readonly why: 'governs' | 'lowest' } {
  const peers = numbers.map(({ peer }) => ({ clientID: peer, name: nameOf(peer) ?? null }));
  const isHere = peers.some(({ clientID }) => clientID === incumbent);
  if (incumbent !== null && isHere) return { peer: incumbent, why: 'governs' };
  return { peer: peers.sort(compareNamed)[0]?.clientID ?? ('' as ClientID), why: 'lowest' };
}

/** Binds a peer to its nonce; with its name in it, nobody can pass it off as its own. */
export function commitmentOf(term: Term, peer: ClientID, nonce: Nonce, hasher: Hasher): Digest {
  return hasher.sha256(`sortition/commit\n${term}\n${peer}\n${nonce}`);
}

/** PROTOCOL 6.5. `nonces`: what the counted members revealed; at least one. */
export function draw(
  term: Term,
  roster: Digest,
  nonces: Readonly<Record<ClientID, Nonce>>,
  hasher: Hasher,
): Draw {
  const peers = (Object.keys(nonces) as ClientID[]).sort(compareText);
  const lines = peers.map((peer) => `${peer}:${nonces[peer]}\n`);
  const seed = hasher.sha256(`sortition/draw\n${term}\n${roster}\n${lines.join('')}`);
  const numbers = peers.map((peer) => ({ peer, number: numberOf(seed, peer, hasher) }));
  numbers.sort((a, b) => compareText(b.number, a.number) || compareText(b.peer, a.peer));
  return { seed, numbers, highest: numbers[0]?.peer ?? ('' as ClientID) };
}

/** The number that `seed` gives to `peer`. */
export function numberOf(seed: Digest, peer: ClientID, hasher: Hasher): VoteID {
  return hasher.sha256(`${seed}:${peer}`).slice(0, 16) as VoteID;
}

/** Whose reveals were counted: a bit for each member in order, the first one highest, as hex. */
export function drawnBits(roster: Roster, counted: (peer: ClientID) => boolean): string {
  const bits = roster.members.map(({ clientID }) => (counted(clientID) ? '1' : '0')).join('');
  const padded = bits.padEnd(Math.ceil(bits.length / 4) * 4, '0');
  return padded.replace(/[01]{4}/g, (four) => Number.parseInt(four, 2).toString(16));
}
