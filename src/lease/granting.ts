/** Which range somebody is to search next, and how much of it. */

import type { ClientID, Instant } from '../domain/names.ts';
import type { Range } from '../domain/quest.ts';
import { type Book, type Grant, grantsOf, isNeeded, wantedOf } from './book.ts';
import { gapsIn, isSameRange, join, type Ranges, sizeOf } from './ranges.ts';

/** Nonces of a lease for somebody whose speed is not known. */
export const usualFirst = 100_000;

/** A lease is so much work at the holder's own speed. */
const leaseMs = 2_000;

/** A quest has no more leases than this where all are quick: members keep them all. */
const leasesMost = 4_096;

/** Below so many nonces a lease is not worth its messages. */
const noncesLeast = 1_000;

/** However fast a holder is. */
const noncesMost = 100_000_000;

/** One to search, and one to go on with: nobody has to wait for a message. */
export const mostHeld = 2;

/** Whoever let leases lapse waits so long while others search, and longer each time. */
const lapseMs = 10_000;

/** A lease is over after this time, or after three times what its work takes, up to a minute. */
const expiryLeastMs = 12_000;
const expiryTimes = 3;
const expiryMostMs = 60_000;

/** What a holder says of its own speed counts within this factor of what was measured. */
const claimFactor = 2;

/** A lease is at most this many times what the fastest other holder does in the same time. */
const aheadMost = 4;

/** And at most this many times what its holder has reported so far. */
const creditTimes = 4;

/** The most leases of all holders that have shown no work yet, and their share of the rest. */
const newcomersMost = 8;
const newcomersShare = 0.25;

export type Holder = {
  readonly clientID: ClientID;
  /** Hashes a second as it says; 0 if unknown. */
  readonly claim: number;
  /** Hashes a second as they were measured; 0 if they never were. */
  readonly pace: number;
  /** Nonces that it has reported so far. */
  readonly done: number;
  /** The highest pace that was measured of the others; 0 if none was. */
  readonly fastest: number;
  /** How many there are who search, this one included. */
  readonly workers: number;
  /** Nonces for one whose pace is unknown. */
  readonly first: number;
};

/** The next range for `holder`, which is not in the book yet; null where it gets none. */
export function nextRange(book: Book, holder: Holder, now: Instant): Range | null {
  const { clientID, pace } = holder;
  if (book.named.includes(clientID)) return null;
  const lapses = book.lapses[clientID];
  const isToWait = lapses !== undefined && now - lapses.at < lapseMs * lapses.count;
  // Where all were late, as the machine is busy, waiting helps nobody.
  if (isToWait && doOthersSearch(book, clientID)) return null;
  if (grantsOf(book, clientID).length >= (pace > 0 ? mostHeld : 1)) return null;
  const open = openIn(book);
  const [lowest] = open;
  if (lowest === undefined) return overdueFor(book, holder, now);
  const size = sizeFor(book, holder, sizeOf(open));
  const rest = lowest.to - lowest.from - size;
  return { from: lowest.from, to: rest < leastOf(book, holder) ? lowest.to : lowest.from + size };
}

/**
 * Nothing is open: a range that another holder should have searched by now, and that no third one
 * has. So the end of a quest does not wait for one silent holder. The first report counts.
 */
function overdueFor(book: Book, { clientID, pace }: Holder, now: Instant): Range | null {
  if (grantsOf(book, clientID).length > 0) return null;
  const present = book.grants.filter(({ isOver }) => !isOver);
  const isAlone = (grant: Grant): boolean =>
    present.filter((each) => isSameRange(each, grant)).length === 1;
  const mostNonces = (pace * expiryMostMs) / expiryTimes / 1000;
  const [longest] = present
    .filter((grant) => isOverdue(grant, now) && isAlone(grant) && isNeeded(book, grant))
    .filter(({ from, to }) => to - from <= mostNonces)
    .sort((a, b) => a.since - b.since || b.to - b.from - (a.to - a.from));
  return longest === undefined ? null : { from: longest.from, to: longest.to };
}

/** A lease lasts three times as long as its work should take. */
function isOverdue({ since, until }: Grant, now: Instant): boolean {
  return now - since >= (until - since) / expiryTimes;
}

/**
 * Whether one that has shown no work yet may begin: keys cost nothing. `newcomers` are the leases
 * of all such holders; `hasOthers`: a member searches, or a holder that has shown work.
 */
export function mayBegin(
  book: Book,
  newcomers: readonly Grant[],
  { first }: Pick<Holder, 'first'>,
  hasOthers: boolean,
): boolean {
  if (newcomers.length >= newcomersMost) return false;
  const missing = sizeOf(gapsIn(wantedOf(book), book.cover));
  return !hasOthers || sizeOf(newcomers) + first <= newcomersShare * missing;
}

function doOthersSearch({ grants }: Book, clientID: ClientID): boolean {
  return grants.some(({ holder, isOver }) => holder !== clientID && !isOver);
}

/** What is neither searched nor leased. */
export function openIn(book: Book): Ranges {
  const taken = book.grants.filter(({ isOver }) => !isOver).reduce<Ranges>(join, book.cover);
  return gapsIn(wantedOf(book), taken);
}

/** After so many milliseconds whoever is to search all these may be given up. */
export function expiryOf(ranges: Ranges, pace: number): number {
  const workMs = pace > 0 ? (sizeOf(ranges) / pace) * 1000 : 0;
  return Math.round(Math.min(expiryMostMs, Math.max(expiryLeastMs, expiryTimes * workMs)));
}

/** Towards the end all get less, so that they end together. */
function sizeFor(book: Book, holder: Holder, open: number): number {
  const { claim, pace, done, fastest, workers, first } = holder;
  const claimed = Math.round((claim * leaseMs) / 1000);
  if (pace === 0 && claim === 0) return first;
  // It may say that it is slow; that it is fast, it has to show.
  if (pace === 0) return Math.min(first, Math.max(claimed, noncesLeast));
  const said = Math.max(pace / claimFactor, Math.min(claim || pace, pace * claimFactor));
  const rate = fastest > 0 ? Math.min(said, aheadMost * fastest) : said;
  const share = Math.ceil(open / (2 * workers));
  const work = Math.round((rate * leaseMs) / 1000);
  const wanted = Math.min(work, share, creditTimes * done, noncesMost);
  return Math.max(wanted, leastOf(book, holder));
}

/** What keeps the book small; slow holders that were measured get less while it has room. */
function leastOf({ quest, claims }: Book, { pace, first }: Holder): number {
  const least = Math.min(noncesLeast, first);
  const isRoomy = pace > 0 && claims.length < leasesMost;
  return isRoomy ? least : Math.max(least, Math.ceil((quest.to - quest.from) / leasesMost));
}
