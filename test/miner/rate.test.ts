import { expect, it } from 'vitest';
import { afterSearch, NO_RATE, perSecondOf, type Rate } from '../../src/miner/rate.ts';

/** The rate after so many seconds at `perSecond`. */
function run(rate: Rate, perSecond: number, seconds: number): Rate {
  let [now, left] = [rate, seconds];
  for (; left > 0; left -= 1) now = afterSearch(now, perSecond, 1000);
  return now;
}

it('a steady search has its rate from the first second on', () => {
  expect(perSecondOf(NO_RATE)).toBe(0);
  expect(perSecondOf(run(NO_RATE, 1_000_000, 1))).toBe(1_000_000);
  expect(perSecondOf(run(NO_RATE, 1_000_000, 100))).toBe(1_000_000);
});

it('what is long ago is forgotten', () => {
  const slowed = run(run(NO_RATE, 8_000_000, 60), 2_000_000, 2);
  expect(perSecondOf(slowed)).toBeGreaterThan(3_000_000);
  expect(perSecondOf(run(slowed, 2_000_000, 10))).toBeLessThan(2_100_000);
});

it('many short searches make one rate', () => {
  let rate = NO_RATE;
  for (let search = 0; search < 100; search += 1) rate = afterSearch(rate, 3000, 3);
  expect(perSecondOf(rate)).toBe(1_000_000);
});
