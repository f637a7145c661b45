import { afterEach, expect, it } from 'vitest';
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
