/** Which range somebody is to search next, and how much of it. */

import type { ClientID, Instant } from '../domain/names.ts';
import type { Range } from '../domain/quest.ts';
import { type Book, grantsOf, wantedOf } from './book.ts';
import { gapsIn, join, type Ranges, sizeOf } from './ranges.ts';

/** Nonces of a lease for somebody whose speed is not known. */
export const usualFirst = 100_000;

/** A lease is so much work at the holder's own speed. */
const leaseMs = 2_000;

/** A quest has no more leases than this where all goes well: members keep them all. */
const leasesMost = 4_096;

/** Below so many nonces a lease is not worth its messages. */
const noncesLeast = 1_000;

/** However fast somebody says it is. */
const noncesMost = 100_000_000;

/** One to search, and one to go on with: nobody has to wait for a message. */
export const mostHeld = 2;

/** Whoever let leases lapse waits so long while others search, and longer each time. */
const lapseMs = 10_000;

/** A lease is over after so long, or after so many times what its work takes, up to an hour. */
const expiryLeastMs = 12_000;
const expiryTimes = 3;
const expiryMostMs = 3_600_000;

/** A search of less than this share of a first lease shows how soon it began, no more. */
const measurable = 0.1;

export type Holder = {
  readonly clientID: ClientID;
  /** Hashes a second; 0 if unknown. */
  readonly rate: number;
  /** How many there are who search, this one included. */
  readonly workers: number;
  /** Nonces for one whose rate is unknown. */
  readonly first: number;
};

/** The next range for `holder`, which is not in the book yet; null where it gets none. */
export function nextRange(book: Book, holder: Holder, now: Instant): Range | null {
  const { clientID, rate } = holder;
  if (book.named.includes(clientID)) return null;
  const lapses = book.lapses[clientID];
  const isToWait = lapses !== undefined && now - lapses.at < lapseMs * lapses.count;
  // Where all were late, as the machine is busy, waiting helps nobody.
  if (isToWait && doOthersSearch(book, clientID)) return null;
  if (grantsOf(book, clientID).length >= (rate > 0 ? mostHeld : 1)) return null;
  const open = openIn(book);
  const [lowest] = open;
  if (lowest === undefined) return null;
  const size = sizeFor(book, holder, sizeOf(open));
  const rest = lowest.to - lowest.from - size;
  return { from: lowest.from, to: rest < leastOf(book, holder) ? lowest.to : lowest.from + size };
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
export function expiryOf(ranges: Ranges, rate: number): number {
  const workMs = rate > 0 ? (sizeOf(ranges) / rate) * 1000 : 0;
  return Math.round(Math.min(expiryMostMs, Math.max(expiryLeastMs, expiryTimes * workMs)));
}

/** Hashes a second of a search; null if it was too short to tell, as one with an early find is. */
export function paceOf(
  tried: number,
  elapsedMs: number,
  first: number = usualFirst,
): number | null {
  return tried < measurable * first ? null : Math.round((1000 * tried) / Math.max(1, elapsedMs));
}

/** Towards the end all get less, so that they end together. */
function sizeFor(book: Book, holder: Holder, open: number): number {
  const { rate, workers, first } = holder;
  if (rate === 0) return first;
  const share = Math.ceil(open / (2 * workers));
  const wanted = Math.min(Math.round((rate * leaseMs) / 1000), share, noncesMost);
  return Math.max(wanted, leastOf(book, holder));
}

function leastOf({ quest }: Book, { first }: Holder): number {
  return Math.max(Math.min(noncesLeast, first), Math.ceil((quest.to - quest.from) / leasesMost));
}
