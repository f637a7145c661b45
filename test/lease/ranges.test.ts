import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Range } from '../../src/domain/quest.ts';
import { gapsIn, join, type Ranges, sizeOf } from '../../src/lease/ranges.ts';

const most = 60;
const anyRange = fc
  .tuple(fc.nat(most), fc.nat(most))
  .map(([a, b]): Range => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const anyRanges = fc.array(anyRange, { maxLength: 12 });

const all = (ranges: readonly Range[]): Ranges => ranges.reduce<Ranges>(join, []);

/** The same as a set of numbers. */
function numbersOf(ranges: readonly Range[]): ReadonlySet<number> {
  return new Set(
    ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index)),
  );
}

function isTidy(ranges: Ranges): boolean {
  return ranges.every(
    ({ from, to }, index) =>
      from < to && (index === 0 || (ranges[index - 1] ?? { to: most }).to < from),
  );
}

it('a joined list has the nonces of its ranges, each once, in whatever order they come', () => {
  fc.assert(
    fc.property(anyRanges, fc.infiniteStream(fc.nat()), (ranges, draws) => {
      const shuffled = [...ranges];
      for (const range of ranges) {
        shuffled.splice(shuffled.indexOf(range), 1);
        shuffled.splice((draws.next().value ?? 0) % (shuffled.length + 1), 0, range);
      }
      const joined = all(ranges);
      expect(isTidy(joined)).toBe(true);
      expect(numbersOf(joined)).toEqual(numbersOf(ranges));
      expect(sizeOf(joined)).toBe(numbersOf(ranges).size);
      expect(all([...shuffled, ...ranges])).toEqual(joined);
    }),
  );
});

it('the gaps are what is left, and fill the whole', () => {
  fc.assert(
    fc.property(anyRange, anyRanges, (whole, ranges) => {
      const joined = all(ranges);
      const gaps = gapsIn(whole, joined);
      expect(isTidy(gaps)).toBe(true);
      const taken = numbersOf(joined);
      const left = [...numbersOf([whole])].filter((nonce) => !taken.has(nonce));
      expect([...numbersOf(gaps)]).toEqual(left);
    }),
  );
});

it('what touches becomes one', () => {
  const sides = all([
    { from: 0, to: 10 },
    { from: 20, to: 30 },
  ]);
  expect(sides).toHaveLength(2);
  expect(join(sides, { from: 10, to: 20 })).toEqual([{ from: 0, to: 30 }]);
  expect(join(sides, { from: 12, to: 18 })).toHaveLength(3);
  expect(join(sides, { from: 15, to: 15 })).toBe(sides);
});
