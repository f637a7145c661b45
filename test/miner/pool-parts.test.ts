import { afterEach, expect, it } from 'vitest';
import { zerosOf } from '../../src/miner/candidates.ts';
import { workOf } from '../contracts/kernel.ts';
import { closeAll, until, watch } from './watch-pool.ts';

const IMPOSSIBLE = 60;

afterEach(closeAll);

it('deals parts that begin anywhere, and rates each thread', async () => {
  const { pool, reports, found } = watch({
    threads: 3,
    from: 90,
    nonces: 10_001,
    deal: 'parts',
    warmUp: { algorithm: 'sha1', nonceForm: 'decimal' },
  });
  pool.mine(workOf('parts:', IMPOSSIBLE, { algorithm: 'sha1', nonceForm: 'decimal' }));
  await until(() => expect(reports.at(-1)?.exhausted).toBe(true));
  const last = reports.at(-1);
  expect(last?.tried).toBe(10_001);
  expect(last?.perThread).toHaveLength(3);
  for (const rate of last?.perThread ?? []) expect(rate).toBeGreaterThan(0);
  expect(last?.perThread.reduce((sum, each) => sum + each, 0)).toBe(last?.perSecond);
  expect(found).toHaveLength(0);
});

it('has few threads take more lanes than they are, one after another', async () => {
  const form = { algorithm: 'sha256', nonceForm: 'decimal' } as const;
  const options = { threads: 2, lanes: 7, nonces: 10_001, deal: 'parts' } as const;
  const { pool, reports, workers } = watch(options);
  pool.mine(workOf('lanes:', IMPOSSIBLE, form));
  await until(() => expect(reports.at(-1)?.exhausted).toBe(true));
  expect(reports.at(-1)?.tried).toBe(10_001);
  expect(reports.at(-1)?.perThread).toHaveLength(7);
  expect(workers).toHaveLength(2);
});

it('tells each near miss if it is asked to, and a few at a time otherwise', async () => {
  const work = workOf('near:', 12, { algorithm: 'sha256', nonceForm: 'decimal' });
  // Near are those of 8 to 11 bits: as many as the kernel tells in pieces of a lane.
  const nonces = 1_500;
  const expected = Array.from({ length: nonces }, (_, nonce) => nonce).filter((nonce) => {
    const zeros = zerosOf(work, nonce);
    return zeros >= 8 && zeros < 12;
  });
  expect(expected.length).toBeGreaterThan(4);
  const all = watch({ threads: 1, lanes: 15, nonces, deal: 'parts', tellsAllNear: true });
  const few = watch({ threads: 1, lanes: 15, nonces, deal: 'parts' });
  for (const { pool, reports } of [all, few]) {
    pool.mine(work);
    await until(() => expect(reports.at(-1)?.exhausted).toBe(true));
  }
  const near = ({ reports }: typeof all): number[] => reports.flatMap((it) => it.near.map(Number));
  expect(near(all)).toEqual(expected);
  expect(expected).toEqual(expect.arrayContaining(near(few)));
});
