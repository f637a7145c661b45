/** Who is there: the peers that were heard of, and the roster that one stands for among them. */

import type { Member } from '../domain/message.ts';
import {
  type ClientID,
  compareText,
  type Digest,
  type Instant,
  type PublicKey,
  type Term,
  type TransactionID,
} from '../domain/names.ts';

/** When something was said, by its sender's own count; an introduction comes before all beats. */
export type Sign = { readonly incarnation: number; readonly beat: number };

/** Whether `sign` was given after `last`, by the same peer. */
export function isLater(sign: Sign, last: Sign): boolean {
  if (sign.incarnation !== last.incarnation) return sign.incarnation > last.incarnation;
  return sign.beat > last.beat;
}

/** Some 279 years in milliseconds, as incarnations follow clocks; and beats of over 600 years. */
const farIncarnations = 2 ** 43;
const farBeats = 2 ** 32;

/** Whether a sign is so far above the last one that its sender cannot have come to it. */
export function isFarSign(sign: Sign, last: Sign = { incarnation: 0, beat: 0 }): boolean {
  if (sign.incarnation - last.incarnation > farIncarnations) return true;
  const beat = sign.incarnation === last.incarnation ? last.beat : 0;
  return sign.beat - beat > farBeats;
}

/** What we know of another peer. */
export type Acquaintance = {
  readonly clientID: ClientID;
  publicKey: PublicKey | null;
  incarnation: number;
  beat: number;
  /** The highest incarnation and beat of all that it said live: what is not above shows nothing. */
  lastSign: Sign;
  /** When it last gave a sign of life; null if it never did. */
  heardAt: Instant | null;
  /** Since when it was there without a break: who waits longest is admitted first. */
  hereSince: Instant | null;
  /** Who is gone, and how; `lost` by its will, which a sign of life takes back. */
  gone: null | 'lost' | 'disconnected' | 'leaving';
  goneAt: Instant | null;
  rules: string | null;
  /** The small number by which people call it. */
  name: number | null;
  network: Digest | null;
  /** From its last heartbeat: its term, whom it obeys in it, its height. */
  term: Term;
  controllerID: ClientID | null;
  height: TransactionID;
  /** How many times no peer could show the blocks that it claims, and when this last was so. */
  boasts: number;
  boastedAt: Instant | null;
  hashRate: number;
  /** Whether people were told that it is there. */
  isAnnounced: boolean;
};

export type Acquaintances = Record<ClientID, Acquaintance>;

/** PROTOCOL 5.4: two announcements and a half of silence, and a peer no longer counts as known. */
export function knownForMs(announceMs: number): number {
  return Math.max(25_000, 2.5 * announceMs);
}

/** Whether a peer counts as there, under rules like ours (unknown ones count as the same). */
export function isKnown(peer: Acquaintance, rules: string, since: Instant): boolean {
  if (peer.heardAt === null || peer.heardAt < since || peer.gone !== null) return false;
  return peer.publicKey !== null && (peer.rules === null || peer.rules === rules);
}

/** Everybody who is there, ourselves included, in order of ClientID. */
export function knownMembers(
  self: Member,
  peers: Acquaintances,
  rules: string,
  since: Instant,
): Member[] {
  const known: Member[] = [self];
  for (const peer of Object.values(peers)) {
    if (peer.publicKey === null || !isKnown(peer, rules, since)) continue;
    known.push({ clientID: peer.clientID, publicKey: peer.publicKey });
  }
  return known.sort((a, b) => compareText(a.clientID, b.clientID));
}

/** PROTOCOL 5.4: the members to stand for; null while too few are known. */
export function chooseMembers(
  known: readonly Member[],
  seats: number,
  founders: readonly Member[] | null,
): readonly Member[] | null {
  if (founders === null) return known.length < seats ? null : known.slice(0, seats);
  const names = new Set(known.map(({ clientID }) => clientID));
  return founders.every(({ clientID }) => names.has(clientID)) ? founders : null;
}
