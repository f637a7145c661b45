/** What was heard in one term: commitments, reveals and votes, whether we take part or not. */

import type { Commitment, Vote } from '../domain/message.ts';
import type { ClientID, Instant, Nonce, Term } from '../domain/names.ts';
import type { Roster } from '../domain/roster.ts';

export type CastVote = { readonly vote: Vote; readonly text: string };

/** What counts of a commitment. */
export type HeardCommitment = Pick<Commitment, 'roster' | 'commit' | 'name'>;

export type Booth = {
  readonly term: Term;
  /** The last one heard of each peer. */
  readonly commitments: Record<ClientID, HeardCommitment>;
  /** Rosters that commitments spelled out, in the order in which they were heard. */
  readonly named: Roster[];
  readonly reveals: Record<ClientID, Nonce>;
  readonly votes: Record<ClientID, CastVote>;
  /** When a commitment was last heard. */
  committedAt: Instant | null;
  /** Our nonce of this term, once we have committed. Secret until our reveal. */
  nonce: Nonce | null;
  /** Rosters under which we have committed in this term. */
  ownRosters: Roster[];
  hasRevealed: boolean;
  isGivenUp: boolean;
};

export type Booths = Record<number, Booth>;

/** Names in one booth: more than any roster has, and few enough for strangers to fill. */
const mostNames = 300;

/** Whether the booth keeps what this peer says; in a founding anybody may speak. */
export function hasRoom(said: Readonly<Record<ClientID, unknown>>, peer: ClientID): boolean {
  return said[peer] !== undefined || Object.keys(said).length < mostNames;
}

/** Honest peers name two or three; a stranger must not fill the memory with them. */
const mostNamed = 8;

/** Keeps a roster that a peer has just committed under; the last ones, where there are many. */
export function keepNamed(booth: Booth, roster: Roster): void {
  if (booth.named.some(({ digest }) => digest === roster.digest)) return;
  booth.named.push(roster);
  if (booth.named.length > mostNamed) booth.named.shift();
}

/** After so long without a commitment a term is nobody's any more. */
const openMs = 6_000;

/** A flood of terms must not fill the memory; elections under way are among the highest. */
const mostBooths = 32;

/** The booth of `term`, opened where there is none; the lowest other one is closed for it. */
export function boothOf(booths: Booths, term: Term): Booth {
  const known = booths[term];
  if (known !== undefined) return known;
  const booth: Booth = {
    term,
    commitments: {},
    named: [],
    reveals: {},
    votes: {},
    committedAt: null,
    nonce: null,
    ownRosters: [],
    hasRevealed: false,
    isGivenUp: false,
  };
  booths[term] = booth;
  const all = Object.values(booths).filter((each) => each !== booth);
  if (all.length < mostBooths) return booth;
  // A term of our own is dropped last: its nonce is a secret that nobody can tell us again.
  const others = all.filter(({ nonce, isGivenUp }) => nonce === null || isGivenUp);
  const lowest = Math.min(...(others.length > 0 ? others : all).map((each) => each.term));
  delete booths[lowest];
  return booth;
}

/**
 * [safety] PROTOCOL 6.9: only who took part in this very election, in this very run, knows what it
 * said in it; so only such a peer may govern. A booth does not outlive a restart.
 */
export function tookPart(booth: Booth): boolean {
  return booth.hasRevealed;
}

/** Forgets terms that are over. */
export function closeBooths(booths: Booths, below: Term): void {
  for (const term of Object.keys(booths).map(Number)) if (term < below) delete booths[term];
}

/** An honest peer does not get that many terms ahead of another one by what it says alone. */
const farTerms = 10_000;

/** Whether a term is so far above `own` that it takes more than the claim of one peer. */
export function isFar(term: Term, own: Term): boolean {
  return term > own + farTerms;
}

/** A peer without a part in a founding does not get its founders further ahead than this. */
const farTermsOfStrangers = 100;

/** Whether a term is too far above `own` for one who has no part in the founding. */
export function isFarOfStranger(term: Term, own: Term): boolean {
  return term > own + farTermsOfStrangers;
}

/** Whether a term is so far above `own` that it may be far for others, or the ones after it. */
export function isNearlyFar(term: Term, own: Term): boolean {
  return term > own + farTerms / 2;
}

/** Whether so few terms are left above this one that a peer that voted in it can go on no more. */
export function isLast(term: Term): boolean {
  return !isFar(Number.MAX_SAFE_INTEGER as Term, term);
}

/** PROTOCOL 6.2: whether one may still join the election of this term. */
export function isOpen(booth: Booth, now: Instant): boolean {
  if (booth.committedAt === null || now - booth.committedAt > openMs) return false;
  return Object.keys(booth.reveals).length === 0 && !booth.hasRevealed && !booth.isGivenUp;
}

/** PROTOCOL 6.2: the highest term heard of if it is above `own` and open, else the one after it. */
export function chooseTerm(booths: Booths, own: Term, now: Instant): Term {
  const highest = Math.max(own, ...Object.values(booths).map(({ term }) => term));
  const booth = booths[highest];
  const isJoinable = highest > own && booth !== undefined && isOpen(booth, now);
  return (isJoinable ? highest : highest + 1) as Term;
}
