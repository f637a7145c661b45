/** Sets of nonces as lists of ranges: rising, apart from one another, and none of them empty. */

import type { Range } from '../domain/quest.ts';

export type Ranges = readonly Range[];

/** All nonces of `ranges` and of `more`; what touches becomes one. */
export function join(ranges: Ranges, more: Range): Ranges {
  if (more.from >= more.to) return ranges;
  const before = ranges.filter(({ to }) => to < more.from);
  const after = ranges.filter(({ from }) => from > more.to);
  const touching = ranges.slice(before.length, ranges.length - after.length);
  const from = Math.min(more.from, touching[0]?.from ?? more.from);
  const to = Math.max(more.to, touching.at(-1)?.to ?? more.to);
  return [...before, { from, to }, ...after];
}

/** The nonces of `whole` that are in none of `ranges`. */
export function gapsIn(whole: Range, ranges: Ranges): Ranges {
  const gaps: Range[] = [];
  let { from } = whole;
  for (const range of ranges) {
    if (range.from >= whole.to) break;
    if (range.from > from) gaps.push({ from, to: range.from });
    from = Math.max(from, range.to);
  }
  if (from < whole.to) gaps.push({ from, to: whole.to });
  return gaps;
}

export function isSameRange(one: Range, other: Range): boolean {
  return one.from === other.from && one.to === other.to;
}

export function overlaps(one: Range, other: Range): boolean {
  return one.from < other.to && other.from < one.to;
}

/** How many nonces that are. */
export function sizeOf(ranges: Ranges): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}
