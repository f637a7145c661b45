import { describe, expect, it } from 'vitest';
import { Failovers } from '../../src/cli/chaos-failovers.ts';
import { hasFailed } from '../../src/cli/chaos-report.ts';
import { Sizes } from '../../src/cli/chaos-sizes.ts';
import type { Term } from '../../src/domain/names.ts';

const known = (term: number, at: number) => ({ term: term as Term, at });

describe('a failover', () => {
  it('is over when the last who is able to knows a later mandate', () => {
    const failovers = new Failovers();
    failovers.begin('killed', 3 as Term, 1_000);
    expect(failovers.look([known(4, 1_500), known(3, 900)])).toEqual([]);
    expect(failovers.look([known(4, 1_500), null])).toEqual([]);
    expect(failovers.look([known(4, 1_500), known(4, 1_700)])).toEqual([
      { loss: 'killed', ms: 700 },
    ]);
    expect(failovers.look([known(4, 1_500), known(4, 1_700)])).toEqual([]);
    expect(failovers.done).toHaveLength(1);
  });

  it('is none where the controller comes back before anybody follows it', () => {
    const failovers = new Failovers();
    failovers.begin('frozen', 3 as Term, 1_000);
    failovers.cameBack(3 as Term);
    expect(failovers.look([known(4, 1_500)])).toEqual([]);
  });

  it('is not timed where the broker is killed in its midst, or was just before', () => {
    const failovers = new Failovers();
    failovers.begin('killed', 3 as Term, 1_000);
    failovers.disturb(5_000);
    failovers.begin('killed', 3 as Term, 4_000);
    expect(failovers.look([known(4, 4_500)])).toEqual([]);
    expect(failovers.disturbed).toBe(2);
    failovers.begin('killed', 4 as Term, 6_000);
    expect(failovers.look([known(5, 6_100)])).toEqual([{ loss: 'killed', ms: 100 }]);
  });
});

describe('sizes', () => {
  it('are medians after the first minute and at the end, of processes that were there', () => {
    const sizes = new Sizes(0);
    for (const [at, bytes] of [
      [30_000, 900],
      [61_000, 100],
      [65_000, 300],
      [70_000, 120],
      [200_000, 180],
      [595_000, 150],
      [600_000, 132],
      [600_001, 90],
    ] as const)
      sizes.add(7, { at, bytes });
    sizes.add(8, { at: 600_000, bytes: 5 });
    const living = [
      { label: 'p1', pid: 7 },
      { label: 'p2', pid: 8 },
      { label: 'p3', pid: 9 },
    ];
    expect(sizes.compare(living)).toEqual([
      { label: 'p1', pid: 7, first: 120, last: 132, ratio: 1.1 },
    ]);
  });

  it('say nothing of a run that is over with its first minute', () => {
    const sizes = new Sizes(0);
    for (const at of [58_000, 62_000, 70_000]) sizes.add(7, { at, bytes: 100 });
    expect(sizes.compare([{ label: 'p1', pid: 7 }])).toEqual([]);
  });
});

it.each([
  [1.05, false],
  [1.11, true],
])('a process that became %d times as large fails the run: %s', (ratio, fails) => {
  const size = { label: 'p1', pid: 7, first: 100, last: 100 * ratio, ratio };
  expect(hasFailed({ violations: [], sizes: [size] })).toBe(fails);
});
