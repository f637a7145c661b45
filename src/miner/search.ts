/** A work in hand: how far its search has come, whoever searches. */

import type { Work } from '../domain/contract.ts';
import type { WorkID } from '../domain/names.ts';
import type { Lanes } from './lanes.ts';
import { solutionOf } from './layout.ts';
import { afterSearch, perSecondOf, type Rate } from './rate.ts';

export type Search = {
  readonly id: number;
  readonly work: Work;
  readonly lanes: Lanes;
  /** For each lane how many of its nonces are tried; the threads count, the pool reads. */
  readonly tried: BigInt64Array<SharedArrayBuffer>;
  /** For each lane what its thread said that it would count. */
  readonly announced: number[];
  /** The lane that the thread at each place tries, as last shared. */
  dealt: ReadonlyMap<number, number>;
  /** Lanes without a nonce left. */
  readonly exhausted: Set<number>;
  /** Near misses that are not told yet. */
  near: readonly number[];
  /** How many of them a report tells, the latest; all where they are evidence. */
  readonly nearMost: number;
  /** So much of each lane's `tried` is in its rate. */
  readonly rated: number[];
  /** The nonce last reported as a solution; where the work has a range, the lowest so far. */
  found: number | null;
  /** A solution that came while nobody was searching: it is the first to report after that. */
  held: number | null;
};

/** How a search goes. */
export type Progress = {
  readonly work: WorkID;
  /** Hashes tried for this work in all. */
  readonly tried: number;
  /** Hashes a second over the last few seconds of searching, in all and for each thread. */
  readonly perSecond: number;
  readonly perThread: readonly number[];
  /** Solutions that missed by a few bits since the last report: a few, or all (`PoolOptions`). */
  readonly near: readonly string[];
  readonly exhausted: boolean;
};

/** A search of which nothing is done. */
export function startSearch(id: number, work: Work, lanes: Lanes, nearMost: number): Search {
  const { count } = lanes;
  return {
    id,
    work,
    lanes: lanesFor(work, lanes),
    tried: new BigInt64Array(new SharedArrayBuffer(count * BigInt64Array.BYTES_PER_ELEMENT)),
    announced: new Array<number>(count).fill(0),
    dealt: new Map(),
    exhausted: new Set(),
    near: [],
    nearMost: work.range === undefined ? nearMost : Number.POSITIVE_INFINITY,
    rated: new Array<number>(count).fill(0),
    found: null,
    held: null,
  };
}

/** A work with a range of its own begins at the bottom of it, with all threads. */
function lanesFor({ range }: Work, lanes: Lanes): Lanes {
  if (range === undefined) return lanes;
  const { from, to } = range;
  return { count: lanes.count, from, nonces: to - from, deal: 'steps' };
}

/** What is left to do for a work with a range: nothing above the lowest find. */
export function lanesLeft({ work, lanes, found }: Search): Lanes {
  if (work.range === undefined || found === null) return lanes;
  return { ...lanes, nonces: found - lanes.from };
}

/** Nonces tried in all lanes. */
export function triedOf(search: Search): number {
  return sumOf(search.announced.map((_, lane) => triedIn(search, lane)));
}

/** The rates of the lanes after `ms` more milliseconds of searching. */
export function rateLanes(search: Search, rates: readonly Rate[], ms: number): readonly Rate[] {
  return rates.map((rate, lane) => {
    const tried = triedIn(search, lane);
    const before = search.rated[lane] ?? 0;
    search.rated[lane] = tried;
    return afterSearch(rate, tried - before, ms);
  });
}

/** A thread reports before it counts: so a report on its find counts the tries that led to it. */
export function noteTried(search: Search, lane: number, tried: number): void {
  search.announced[lane] = Math.max(search.announced[lane] ?? 0, tried);
}

/** A find, after which a work with a range goes on: other lanes may have lower nonces left. */
export function noteLowest(search: Search, nonce: number): boolean {
  if (search.work.range === undefined) return false;
  search.found = Math.min(nonce, search.found ?? nonce);
  return true;
}

/** Whether no lane has a nonce left. */
export function isExhausted({ exhausted, tried }: Search): boolean {
  return exhausted.size === tried.length;
}

/** Keeps near misses for the next report. */
export function addNear(search: Search, nonces: readonly number[]): void {
  const near = [...search.near, ...nonces];
  search.near = near.slice(-search.nearMost);
}

/** The report on `search`; its near misses are told once. */
export function takeProgress(search: Search, rates: readonly Rate[]): Progress {
  const { work, near } = search;
  const perThread = rates.map(perSecondOf);
  search.near = [];
  return {
    work: work.id,
    tried: triedOf(search),
    perSecond: sumOf(perThread),
    perThread,
    near: near.map((nonce) => solutionOf(work, nonce)),
    exhausted: isExhausted(search),
  };
}

function triedIn({ tried, announced }: Search, lane: number): number {
  return Math.max(announced[lane] ?? 0, Number(Atomics.load(tried, lane)));
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
