import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digest, UnixMs } from '../../src/domain/names.ts';
import type { Difficulty } from '../../src/domain/standing.ts';
import {
  afterBlock,
  bitsFor,
  type DifficultyRule,
  formatDifficulty,
  parseDifficulty,
  startDifficulty,
} from '../../src/ledger/difficulty.ts';

const ANY_PARENT = '0'.repeat(64) as Digest;

function ruleOf(text: string): DifficultyRule {
  const rule = parseDifficulty(text);
  if (rule === null) throw new Error(`No rule: ${text}`);
  return rule;
}

/** The bits of the block that follows blocks of these `times`. */
function bitsAfter(rule: DifficultyRule, times: readonly number[]): number {
  return bitsFor(rule, fold(rule, times), ANY_PARENT);
}

function fold(rule: DifficultyRule, times: readonly number[]): Difficulty {
  return times.reduce(
    (difficulty, time) => afterBlock(rule, difficulty, { time: time as UnixMs }),
    startDifficulty(rule),
  );
}

/** Times of blocks that follow one another after `gaps`. */
function timesOf(...gaps: readonly number[]): number[] {
  let time = 1_000_000;
  return [time, ...gaps.map((gap) => (time += gap))];
}

const bits = fc.integer({ min: 1, max: 60 });
const rules: fc.Arbitrary<DifficultyRule> = fc.oneof(
  fc.record({ kind: fc.constant('fixed' as const), bits }),
  fc
    .tuple(bits, bits)
    .map(([a, b]) => ({ kind: 'range' as const, low: Math.min(a, b), high: Math.max(a, b) })),
  fc.record({
    kind: fc.constantFrom('interval' as const, 'interval2' as const),
    intervalMs: fc.integer({ min: 100, max: 86_400_000 }),
    bits,
  }),
);
const clocks = fc.array(fc.integer({ min: 0, max: 4e12 }), { maxLength: 60 });

describe('the text of a rule', () => {
  it.each([
    ['fixed:22', { kind: 'fixed', bits: 22 }],
    ['range:10-20', { kind: 'range', low: 10, high: 20 }],
    ['range:7-7', { kind: 'range', low: 7, high: 7 }],
    ['interval:3000@22', { kind: 'interval', intervalMs: 3000, bits: 22 }],
    ['interval2:3000@22', { kind: 'interval2', intervalMs: 3000, bits: 22 }],
    ['interval:3000', { kind: 'interval', intervalMs: 3000, bits: 24 }],
    ['interval:100@1', { kind: 'interval', intervalMs: 100, bits: 1 }],
    ['interval:86400000@60', { kind: 'interval', intervalMs: 86_400_000, bits: 60 }],
  ])('%s is read', (text, rule) => {
    expect(parseDifficulty(text)).toEqual(rule);
  });

  it.each([
    ...['', 'fixed', 'fixed:', 'fixed:0', 'fixed:61', 'fixed:300', 'fixed:-1', 'fixed:2.5'],
    ...['fixed:022', 'fixed:22@1', 'fixed:22 ', ' fixed:22', 'Fixed:22', 'fixed:2e1', 'fixed:22\n'],
    ...['range:20-10', 'range:0-5', 'range:5-61', 'range:5', 'range:5@6', 'range:5-'],
    ...['interval2:99', 'interval2', 'interval3:3000', 'interval22:3000'],
    ...['interval:99', 'interval:86400001', 'interval:3000@0', 'interval:3000@61'],
    ...['interval:3000-24', 'interval:3000@', 'interval:1e3', 'interval:', 'interval:-3000'],
  ])('%j is no rule', (text) => {
    expect(parseDifficulty(text)).toBeNull();
  });

  it('of an interval always says the first bits, so that equal rules have equal texts', () => {
    expect(formatDifficulty(ruleOf('interval:3000'))).toBe('interval:3000@24');
    expect(formatDifficulty(ruleOf('interval2:3000'))).toBe('interval2:3000@24');
  });

  it('is read back as the same rule', () => {
    fc.assert(
      fc.property(rules, (rule) => {
        expect(parseDifficulty(formatDifficulty(rule))).toEqual(rule);
      }),
    );
  });
});

describe('a fixed difficulty', () => {
  it('never changes', () => {
    fc.assert(
      fc.property(bits, clocks, (fixed, times) => {
        expect(bitsAfter({ kind: 'fixed', bits: fixed }, times)).toBe(fixed);
      }),
    );
  });
});

describe('a range', () => {
  const rule = ruleOf('range:10-20');
  const bitsUnder = (tail: string): number =>
    bitsFor(rule, startDifficulty(rule), tail.padStart(64, '0') as Digest);

  it.each([
    ['00000000', 10],
    ['0000000a', 20],
    ['0000000b', 10],
    ['ffffffff', 13], // 4,294,967,295 mod 11 is 3.
    ['ffffffff00000001', 11],
  ])('takes its bits from the last 8 digits of the parent: %s gives %d', (tail, expected) => {
    expect(bitsUnder(tail)).toBe(expected);
  });

  it('is not changed by the blocks before the parent', () => {
    expect(fold(rule, timesOf(1, 1, 1, 1, 1, 1, 1, 1))).toEqual(startDifficulty(rule));
  });
});

describe('an interval', () => {
  const rule = ruleOf('interval:1000@24');
  const steady = [1000, 1000] as const;

  it.each<readonly [string, readonly number[], number]>([
    ['nothing is mined', [], 24],
    ['two blocks come at once', timesOf(0), 24],
    ['the 3rd comes at once', timesOf(0, 0), 26],
    ['the 3rd comes an eighth of an interval after the 1st', timesOf(100, 25), 26],
    ['the 3rd comes a little later than that', timesOf(100, 26), 24],
    ['the 3rd says it came before the 1st', timesOf(50, -500), 26],
    ['the 4th comes at once', timesOf(...steady, 0), 24],
    ['7 blocks come fast', timesOf(63, 63, 0, 0, 0, 0), 24],
    ['8 blocks take a quarter of their time', timesOf(...Array(7).fill(250)), 26],
    ['8 blocks take a little longer', timesOf(...Array(6).fill(250), 251), 25],
    ['8 blocks take half of their time', timesOf(...Array(7).fill(500)), 25],
    ['8 blocks take a little longer than that', timesOf(...Array(6).fill(500), 501), 24],
    ['8 blocks take their time', timesOf(...Array(7).fill(1000)), 24],
    ['8 blocks take almost twice their time', timesOf(...Array(6).fill(2000), 1999), 24],
    ['8 blocks take twice their time', timesOf(...Array(7).fill(2000)), 23],
    ['8 blocks take almost four times theirs', timesOf(...Array(6).fill(4000), 3999), 23],
    ['8 blocks take four times theirs', timesOf(...Array(7).fill(4000)), 22],
    ['8 blocks take a day', timesOf(...Array(7).fill(86_400_000)), 22],
    ['a clock jumps ahead once', timesOf(...steady, 1e9, 1000, 1000, 1000, 1000), 24],
    ['a clock jumps back once', timesOf(...steady, -1e9, 1000, 1000, 1000, 1000), 24],
  ])('when %s', (_, times, expected) => {
    expect(bitsAfter(rule, times)).toBe(expected);
  });

  it('is looked at again with the 16th block, by the 8 last Times alone', () => {
    const first = Array(8).fill(1000);
    expect(bitsAfter(rule, timesOf(...first, ...Array(6).fill(500)))).toBe(24);
    expect(bitsAfter(rule, timesOf(...first, ...Array(7).fill(500)))).toBe(25);
    // The gap between the 8th and the 9th belongs to neither window.
    expect(bitsAfter(rule, timesOf(...Array(7).fill(1000), 90_000, ...Array(7).fill(500)))).toBe(
      25,
    );
  });

  it('is corrected early only with the 3rd block, not with the 11th', () => {
    expect(bitsAfter(rule, timesOf(...Array(7).fill(1000), 1000, 0, 0))).toBe(24);
  });

  it('counts from the first block mined at new bits, not from the one that brought them', () => {
    // Blocks 1 to 3 change it. Were the 3rd counted again, the 5th would be the third at 26 bits.
    const changed = timesOf(0, 0);
    expect(fold(rule, changed)).toEqual({ bits: 26, count: 0, times: [] });
    expect(bitsAfter(rule, timesOf(0, 0, 0, 0))).toBe(26);
    expect(bitsAfter(rule, timesOf(0, 0, 0, 0, 0))).toBe(28);
  });

  it('counts on where a bound leaves nothing to change', () => {
    const hardest = ruleOf('interval:1000@60');
    expect(fold(hardest, timesOf(0, 0))).toMatchObject({ bits: 60, count: 3 });
    expect(fold(hardest, timesOf(0, 0, 0, 0, 0, 0, 0))).toMatchObject({ bits: 60, count: 8 });
    const easiest = ruleOf('interval:1000@1');
    expect(fold(easiest, timesOf(...Array(7).fill(4000)))).toMatchObject({ bits: 1, count: 8 });
  });

  it('changes by less than it wants where a bound is near, and that is a change', () => {
    expect(fold(ruleOf('interval:1000@59'), timesOf(0, 0))).toMatchObject({ bits: 60, count: 0 });
    const slow = timesOf(...Array(7).fill(4000));
    expect(fold(ruleOf('interval:1000@2'), slow)).toMatchObject({ bits: 1, count: 0 });
  });
});

describe('any rule under any clocks', () => {
  it('stays within 1 and 60, and moves by 2 bits at most', () => {
    fc.assert(
      fc.property(rules, clocks, (rule, times) => {
        let difficulty = startDifficulty(rule);
        for (const time of times) {
          const before = difficulty;
          difficulty = afterBlock(rule, difficulty, { time: time as UnixMs });
          expect(difficulty.bits).toBeGreaterThanOrEqual(1);
          expect(difficulty.bits).toBeLessThanOrEqual(60);
          expect(Math.abs(difficulty.bits - before.bits)).toBeLessThanOrEqual(2);
          expect(difficulty.times.length).toBeLessThanOrEqual(8);
        }
      }),
    );
  });

  it('depends on differences of Times, not on the date', () => {
    fc.assert(
      fc.property(rules, clocks, fc.integer({ min: 0, max: 1e12 }), (rule, times, later) => {
        const moved = times.map((time) => time + later);
        expect(bitsAfter(rule, moved)).toBe(bitsAfter(rule, times));
      }),
    );
  });

  it('survives being written down between any two blocks', () => {
    fc.assert(
      fc.property(rules, clocks, (rule, times) => {
        const revived = times.reduce(
          (difficulty, time) =>
            JSON.parse(
              JSON.stringify(afterBlock(rule, difficulty, { time: time as UnixMs })),
            ) as Difficulty,
          startDifficulty(rule),
        );
        expect(revived).toEqual(fold(rule, times));
      }),
    );
  });
});

describe('a network of real miners', () => {
  /** Even numbers between 0 and 1 from a seed, alike on every machine (mulberry32). */
  function diceOf(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  it.each([
    ['1 MH/s', 'interval', 1e6],
    ['30 MH/s', 'interval', 3e7],
    ['4 GH/s', 'interval', 4e9],
    ['1 MH/s', 'interval2', 1e6],
    ['30 MH/s', 'interval2', 3e7],
    ['4 GH/s', 'interval2', 4e9],
  ])('of %s settles near the %s', (_, kind, perSecond) => {
    const intervalMs = 3000;
    const rule = ruleOf(`${kind}:${intervalMs}@24`);
    const roll = diceOf(perSecond);
    let [difficulty, now, last, settledAt] = [startDifficulty(rule), 0, 0, 0];
    const [warmUp, blocks] = [200, 5000];
    for (let block = 0; block < blocks; block += 1) {
      if (block === warmUp) settledAt = now;
      const [time, waitedMs] = [Math.round(now) as UnixMs, Math.round(now) - last];
      const tries = -Math.log(1 - roll()) * 2 ** bitsFor(rule, difficulty, ANY_PARENT, waitedMs);
      difficulty = afterBlock(rule, difficulty, { time }, waitedMs);
      last = time;
      // The next challenge opens 100 ms after the one before, or later.
      now += Math.max((tries / perSecond) * 1000, 100);
    }
    const intervals = (now - settledAt) / (blocks - warmUp) / intervalMs;
    expect(intervals).toBeGreaterThan(1);
    expect(intervals).toBeLessThan(1.6);
  });
});
