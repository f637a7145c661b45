/** How fast each holder searches, as all measure it who hear of its leases and its reports. */

import type { ClientID, Instant } from '../domain/names.ts';
import type { Algorithm } from '../domain/quest.ts';

/** A search of less than this share of a first lease shows how soon it began, no more. */
const measurable = 0.1;

/** One measurement raises a pace to this many times what it was, at most. */
const growthMost = 4;

/** The most holders whose paces are kept, for each algorithm. */
const holdersMost = 1_000;

/** What a holder has shown by its reports. */
export type Shown = {
  /** Hashes a second. */
  readonly pace: number;
  /** Nonces reported so far. */
  readonly done: number;
  /** When the last report came. */
  readonly at: Instant;
};

/** Plain data. */
export type Measured = Partial<Record<Algorithm, Record<ClientID, Shown>>>;

/** Hashes a second of a search; null if it was too short to tell, as one with an early find is. */
export function paceOf(tried: number, elapsedMs: number, first: number): number | null {
  return tried < measurable * first ? null : Math.round((1000 * tried) / Math.max(1, elapsedMs));
}

/** A report of `nonces`, leased `since` then; `first` are the nonces of a first lease. */
export type Sample = {
  readonly algorithm: Algorithm;
  readonly by: ClientID;
  readonly nonces: number;
  readonly since: Instant;
  readonly first: number;
};

/** Takes one report into account: a range waits until its holder has reported the one before. */
export function measure(measured: Measured, sample: Sample, now: Instant): void {
  const { algorithm, by, nonces, since, first } = sample;
  measured[algorithm] ??= {};
  const shown = measured[algorithm];
  const before = shown[by];
  const pace = paceOf(nonces, now - Math.max(since, before?.at ?? since), first);
  if (pace === null && before === undefined) return;
  const after = before === undefined ? pace : blend(before.pace, pace);
  delete shown[by];
  shown[by] = { pace: after ?? 0, done: (before?.done ?? 0) + nonces, at: now };
  // The holder whose last report is the oldest stands first, and is forgotten first.
  const [oldest, ...others] = Object.keys(shown) as ClientID[];
  if (oldest !== undefined && others.length >= holdersMost) delete shown[oldest];
}

function blend(before: number, seen: number | null): number {
  return seen === null ? before : Math.round((before + Math.min(seen, growthMost * before)) / 2);
}

/** A holder that let a lease lapse, or claimed false work, begins anew. */
export function forgetPace(measured: Measured, holder: ClientID): void {
  for (const shown of Object.values(measured)) delete shown[holder];
}

/** The highest pace of all but `holder`; 0 if none was measured. */
export function fastestBut(shown: Measured[Algorithm], holder: ClientID): number {
  const others = Object.entries(shown ?? {}).filter(([name]) => name !== holder);
  return others.reduce((most, [, { pace }]) => Math.max(most, pace), 0);
}
