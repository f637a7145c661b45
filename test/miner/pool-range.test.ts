import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Work } from '../../src/domain/contract.ts';
import { workOf, zerosOf } from '../contracts/kernel.ts';
import { closeAll, until, type Watched, watch } from './watch-pool.ts';

vi.setConfig({ testTimeout: 240_000 });
afterEach(closeAll);

const form = { algorithm: 'sha256d', nonceForm: 'decimal' } as const;

function ranged(header: string, bits: number, from: number, to: number, nearBits = 8): Work {
  return { ...workOf(header, bits, form), range: { from, to, nearBits } };
}

/** All that a range holds, nonce by nonce, up to its lowest find. */
function truth(work: Work): { found: number | null; near: number[] } {
  const near: number[] = [];
  const { from, to, nearBits } = work.range ?? { from: 0, to: 0, nearBits: 0 };
  for (let nonce = from; nonce < to; nonce += 1) {
    const zeros = zerosOf(work, nonce);
    if (zeros >= work.bits) return { found: nonce, near };
    if (zeros >= nearBits) near.push(nonce);
  }
  return { found: null, near };
}

const isOver = ({ reports }: Watched): boolean => reports.some(({ exhausted }) => exhausted);

const nearOf = ({ reports }: Watched): number[] =>
  reports.flatMap(({ near }) => near.map(Number)).sort((a, b) => a - b);

describe('a pool with a range of its own', () => {
  it('tries all of it, and tells every near miss', async () => {
    const watched = watch({ threads: 3 });
    const work = ranged('nothing:', 40, 12_345, 60_000);
    watched.pool.mine(work);
    await until(() => expect(isOver(watched)).toBe(true));
    expect(watched.found).toEqual([]);
    expect(nearOf(watched)).toEqual(truth(work).near);
    expect(watched.reports.at(-1)?.tried).toBe(60_000 - 12_345);
  });

  it('finds the lowest whoever is first, and tells it when no lower one is left', async () => {
    const watched = watch({ threads: 4 });
    for (let round = 0; round < 10; round += 1) {
      const work = ranged(`round ${round}:`, 11, 500 * round, 40_000 + 500 * round);
      const { found, near } = truth(work);
      watched.found.length = 0;
      watched.reports.length = 0;
      watched.pool.mine(work);
      await until(() => expect(isOver(watched)).toBe(true));
      expect(watched.found).toEqual([{ work: work.id, solution: String(found) }]);
      const below = nearOf(watched).filter((nonce) => nonce < (found ?? Number.POSITIVE_INFINITY));
      expect(below).toEqual(near);
    }
  });

  it('goes on after a rest, and takes the next range as other work', async () => {
    const watched = watch({ threads: 2 });
    const work = ranged('rests:', 45, 0, 300_000, 16);
    watched.pool.mine(work);
    await until(() => expect(watched.orders.length).toBeGreaterThan(0));
    watched.pool.rest();
    watched.pool.mine(work);
    await until(() => expect(isOver(watched)).toBe(true));
    expect(watched.reports.at(-1)?.tried).toBe(300_000);
    watched.reports.length = 0;
    const next = { ...ranged('rests:', 45, 300_000, 300_001), id: `${work.id} 2` } as Work;
    watched.pool.mine(next);
    await until(() => expect(isOver(watched)).toBe(true));
    expect(watched.reports.at(-1)).toMatchObject({ work: next.id, tried: 1 });
  });
});
