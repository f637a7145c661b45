/** The difficulty rule: how many zero bits the next block needs, told by the blocks before it. */

import { assert } from '../domain/assert.ts';
import type { Block } from '../domain/message.ts';
import type { Digest, UnixMs } from '../domain/names.ts';
import type { Difficulty } from '../domain/standing.ts';

/** Part of the Rules of a network (PROTOCOL 7): bits are from 1 to 60, times in milliseconds. */
export type DifficultyRule =
  | { readonly kind: 'fixed'; readonly bits: number }
  | { readonly kind: 'range'; readonly low: number; readonly high: number }
  | {
      /** `interval` is the rule of older networks; `interval2` stands against wrong clocks. */
      readonly kind: 'interval' | 'interval2';
      readonly intervalMs: number;
      readonly bits: number;
    };

const LEAST_BITS = 1;
/** As hard as any search goes. */
export const MOST_BITS = 60;
const FIRST_BITS = 24;
const LEAST_INTERVAL_MS = 100;
const MOST_INTERVAL_MS = 86_400_000;

/** Blocks that are looked at together. */
const WINDOW = 8;
/** The block with which a far too easy beginning is corrected, without waiting for the window. */
const EARLY = 3;

/** Under `interval2`, this number of intervals since the parent makes the work a bit easier. */
const LATE = 8;
/** The latest Time of a first block: some 4,400 years from now. */
const FIRST_MOST = 2 ** 47;
/** No Time is further from its parent's: 398 days. */
const STEP_MOST = 2 ** 35;
/** Any Time can be followed by another one, in whole numbers that are exact. */
const TIME_MOST = 2 ** 53 - 2 ** 36;

/** Reads `fixed:22`, `range:10-20`, `interval2:3000@24`, `interval2:3000`; null if it is none. */
export function parseDifficulty(text: string): DifficultyRule | null {
  const [, kind, one = '', separator, other] =
    /^(fixed|range|interval2?):([1-9]\d{0,7})(?:([-@])([1-9]\d?))?$/.exec(text) ?? [];
  const first = Number(one);
  const second = Number(other);

  if (kind === 'fixed' && separator === undefined && areBits(first)) {
    return { kind, bits: first };
  }
  if (kind === 'range' && separator === '-' && areBits(second) && first <= second) {
    return { kind, low: first, high: second };
  }
  const isInterval = kind === 'interval' || kind === 'interval2';
  if (isInterval && first >= LEAST_INTERVAL_MS && first <= MOST_INTERVAL_MS) {
    if (separator === undefined) return { kind, intervalMs: first, bits: FIRST_BITS };
    if (separator === '@' && areBits(second)) return { kind, intervalMs: first, bits: second };
  }
  return null;
}

/** The one text of a rule: equal rules have equal texts, as Rules are compared as text. */
export function formatDifficulty(rule: DifficultyRule): string {
  switch (rule.kind) {
    case 'fixed':
      return `fixed:${rule.bits}`;
    case 'range':
      return `range:${rule.low}-${rule.high}`;
    case 'interval':
    case 'interval2':
      return `${rule.kind}:${rule.intervalMs}@${rule.bits}`;
  }
}

/** The difficulty of an empty ledger. */
export function startDifficulty(rule: DifficultyRule): Difficulty {
  return { bits: rule.kind === 'range' ? rule.low : rule.bits, count: 0, times: [] };
}

/**
 * Bits of the block that follows the one with `parentDigest` (for block 0, the Network), if its
 * Time is `waitedMs` after its parent's.
 */
export function bitsFor(
  rule: DifficultyRule,
  difficulty: Difficulty,
  parentDigest: Digest,
  waitedMs: number = 0,
): number {
  if (rule.kind === 'interval2')
    return Math.max(difficulty.bits - reliefOf(rule.intervalMs, waitedMs), LEAST_BITS);
  if (rule.kind !== 'range') return difficulty.bits;
  // Its last digits, because its first ones are zeros.
  const lot = Number.parseInt(parentDigest.slice(-8), 16);
  assert(lot >= 0, 'A digest ends in hex digits.');
  return rule.low + (lot % (rule.high - rule.low + 1));
}

/** Without the blocks before, an interval is whatever somebody says; the other rules need none. */
export function guessDifficulty(rule: DifficultyRule, bits: number, waitedMs: number): Difficulty {
  const start = startDifficulty(rule);
  if (rule.kind === 'interval') return { ...start, bits };
  if (rule.kind !== 'interval2') return start;
  return { ...start, bits: bits + reliefOf(rule.intervalMs, waitedMs) };
}

/** A bit less after eight intervals, and one more with each time that they double. */
function reliefOf(intervalMs: number, waitedMs: number): number {
  let bits = 0;
  for (let late = LATE * intervalMs; late <= waitedMs; late *= 2) bits += 1;
  return bits;
}

/** The latest Time that may follow a block of `parentTime`; null where there is no block yet. */
export function latestTime(parentTime: UnixMs | null): number {
  return parentTime === null ? FIRST_MOST : Math.min(parentTime + STEP_MOST, TIME_MOST);
}

/** What is wrong with the Time of a block, in words; null if nothing is. No clock is asked. */
export function problemOfTime(
  rule: DifficultyRule,
  time: UnixMs,
  parentTime: UnixMs | null,
): string | null {
  if (rule.kind !== 'interval2') return null;
  if (parentTime !== null && time <= parentTime)
    return `its Time is ${time}, not after its parent's ${parentTime}`;
  const latest = latestTime(parentTime);
  return time > latest ? `its Time is ${time} where ${latest} is the latest` : null;
}

/**
 * The difficulty after one more `block`, whose Time is `waitedMs` after its parent's. Blocks with a
 * Change are passed over: don't count them in.
 *
 * The first block counted is the first one mined at the present bits. A change that the bounds
 * leave without effect is none: the count goes on.
 */
export function afterBlock(
  rule: DifficultyRule,
  difficulty: Difficulty,
  block: Pick<Block, 'time'>,
  waitedMs: number = 0,
): Difficulty {
  if (rule.kind === 'fixed' || rule.kind === 'range') return difficulty;
  const count = difficulty.count + 1;
  const times = [...difficulty.times, block.time].slice(-WINDOW);
  const wanted = difficulty.bits + correction(rule, count, times, waitedMs);
  const bits = Math.min(Math.max(wanted, LEAST_BITS), MOST_BITS);
  return bits === difficulty.bits ? { bits, count, times } : { bits, count: 0, times: [] };
}

/** How many bits more (or fewer) the last block of `times`, the `count`th, calls for. */
function correction(
  { kind, intervalMs }: Extract<DifficultyRule, { intervalMs: number }>,
  count: number,
  times: readonly number[],
  waitedMs: number,
): number {
  // A single wrong Time leaves no more behind than a bit.
  if (kind === 'interval2') {
    if (waitedMs >= LATE * intervalMs) return -1;
    return count % WINDOW === 0 ? Math.sign(correctionOfWindow(intervalMs, times)) : 0;
  }
  if (count === EARLY) {
    const [first = 0, , third = 0] = times;
    // A clock that went back counts as no time at all.
    return 8 * (third - first) <= intervalMs ? 2 : 0;
  }
  if (count % WINDOW !== 0) return 0;
  return correctionOfWindow(intervalMs, times);
}

/** Compares the time that a full window took (S in PROTOCOL 7) with the time it should take (W). */
function correctionOfWindow(intervalMs: number, times: readonly number[]): number {
  const spent = times.slice(1).reduce((sum, time, index) => {
    // Each difference is cut by itself, so that a wrong clock spoils one and no more.
    const difference = time - (times[index] ?? time);
    return sum + Math.min(Math.max(difference, 0), 4 * intervalMs);
  }, 0);
  const due = (WINDOW - 1) * intervalMs;
  if (4 * spent <= due) return 2;
  if (2 * spent <= due) return 1;
  if (spent >= 4 * due) return -2;
  if (spent >= 2 * due) return -1;
  return 0;
}

function areBits(value: number): boolean {
  return value >= LEAST_BITS && value <= MOST_BITS;
}
