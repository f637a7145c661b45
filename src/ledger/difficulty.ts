/** The difficulty rule: how many zero bits the next block needs, told by the blocks before it. */

import { assert } from '../domain/assert.ts';
import type { Block } from '../domain/message.ts';
import type { Digest } from '../domain/names.ts';
import type { Difficulty } from '../domain/standing.ts';

/** Part of the Rules of a network (PROTOCOL 7): bits are from 1 to 60, times in milliseconds. */
export type DifficultyRule =
  | { readonly kind: 'fixed'; readonly bits: number }
  | { readonly kind: 'range'; readonly low: number; readonly high: number }
  | { readonly kind: 'interval'; readonly intervalMs: number; readonly bits: number };

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

/** Reads `fixed:22`, `range:10-20`, `interval:3000@24` or `interval:3000`; null if it is none. */
export function parseDifficulty(text: string): DifficultyRule | null {
  const [, kind, one = '', separator, other] =
    /^(fixed|range|interval):([1-9]\d{0,7})(?:([-@])([1-9]\d?))?$/.exec(text) ?? [];
  const first = Number(one);
  const second = Number(other);

  if (kind === 'fixed' && separator === undefined && areBits(first)) {
    return { kind, bits: first };
  }
  if (kind === 'range' && separator === '-' && areBits(second) && first <= second) {
    return { kind, low: first, high: second };
  }
  if (kind === 'interval' && first >= LEAST_INTERVAL_MS && first <= MOST_INTERVAL_MS) {
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
      return `interval:${rule.intervalMs}@${rule.bits}`;
  }
}

/** The difficulty of an empty ledger. */
export function startDifficulty(rule: DifficultyRule): Difficulty {
  return { bits: rule.kind === 'range' ? rule.low : rule.bits, count: 0, times: [] };
}

/** Bits of the block that follows the one with `parentDigest` (for block 0, the Network). */
export function bitsFor(
  rule: DifficultyRule,
  difficulty: Difficulty,
  parentDigest: Digest,
): number {
  if (rule.kind !== 'range') return difficulty.bits;
  // Its last digits, because its first ones are zeros.
  const lot = Number.parseInt(parentDigest.slice(-8), 16);
  assert(lot >= 0, 'A digest ends in hex digits.');
  return rule.low + (lot % (rule.high - rule.low + 1));
}

/**
 * The difficulty after one more `block`. Blocks with a Change are passed over: don't count them in.
 *
 * The first block counted is the first one mined at the present bits. A change that the bounds
 * leave without effect is none: the count goes on.
 */
export function afterBlock(
  rule: DifficultyRule,
  difficulty: Difficulty,
  block: Pick<Block, 'time'>,
): Difficulty {
  if (rule.kind !== 'interval') return difficulty;
  const count = difficulty.count + 1;
  const times = [...difficulty.times, block.time].slice(-WINDOW);
  const wanted = difficulty.bits + correction(rule.intervalMs, count, times);
  const bits = Math.min(Math.max(wanted, LEAST_BITS), MOST_BITS);
  return bits === difficulty.bits ? { bits, count, times } : { bits, count: 0, times: [] };
}

/** How many bits more (or fewer) the last block of `times`, the `count`th, calls for. */
function correction(intervalMs: number, count: number, times: readonly number[]): number {
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
