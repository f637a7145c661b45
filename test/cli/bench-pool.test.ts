import { expect, it } from 'vitest';
import { measureTogether, measureTurns } from '../../src/cli/bench-pool.ts';
import { percentileOf } from '../../src/cli/bench-report.ts';

it('each stop and each start is measured', async () => {
  const { startMs, stopMs } = await measureTurns(2, 3);
  for (const values of [startMs, stopMs]) {
    expect(values).toHaveLength(3);
    for (const ms of values) expect(ms).toBeGreaterThan(0);
  }
});

it('one thread and all of them take turns', async () => {
  const { one, all } = await measureTogether(2, 2, 100);
  expect([one.length, all.length]).toEqual([2, 2]);
  for (const rate of [...one, ...all]) expect(rate).toBeGreaterThanOrEqual(0);
  expect(percentileOf(all, 99)).toBeLessThan(1e9);
});

it.each([
  [[], Number.NaN],
  [[7], 7],
  [Array.from({ length: 50 }, (_, index) => 50 - index), 50],
  [Array.from({ length: 200 }, (_, index) => index + 1), 198],
])('the 99th percentile of values is one of them', (values, percentile) => {
  expect(percentileOf(values, 99)).toBe(percentile);
});
