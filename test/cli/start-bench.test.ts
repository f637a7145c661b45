/** What a bench reports is what it measured. */

import { expect, test } from 'vitest';
import { describeFindings, medianOf, meetsTarget, worstOf } from '../../src/cli/bench-report.ts';

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect(medianOf([3, 1, 2])).toBe(2);
  expect(medianOf([4, 1, 2, 3])).toBe(2.5);
  expect(medianOf([])).toBeNaN();
});

test('the worst is the longest', () => {
  expect(worstOf([3, 10, 2])).toBe(10);
  expect(worstOf([])).toBeNaN();
});

const findings = {
  bench: 'election',
  broker: 'aedes',
  scenario: 'last-late',
  what: 'something',
  values: [80, 100, 90],
  failures: [],
  target: { medianMs: 95, worstMs: 99 },
};

test('a target is met where median and worst are within it and nothing failed', () => {
  expect(meetsTarget(findings)).toBe(false);
  const within = { ...findings, target: { medianMs: 95, worstMs: 100 } };
  expect(meetsTarget(within)).toBe(true);
  expect(meetsTarget({ ...within, failures: ['no luck'] })).toBe(false);
  expect(meetsTarget({ ...within, values: [] })).toBe(false);
});

test('findings are told with each value and each failure', () => {
  expect(describeFindings({ ...findings, failures: ['no luck'] })).toEqual([
    'aedes, last-late (something):',
    '  median 90 ms, worst 100 ms, of 3 (target median 95 ms, worst 99 ms: MISSED)',
    '  80 100 90',
    '  failed: no luck',
  ]);
});
