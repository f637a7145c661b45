import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Miner } from '../../src/client/miner.ts';
import type { Work } from '../../src/domain/contract.ts';
import { STEP, solutionOf } from '../../src/miner/layout.ts';
import { createPool } from '../../src/miner/pool.ts';
import { prepareSha256 } from '../../src/miner/sha256-kernel.ts';
import { workOf, zerosOfText } from '../contracts/kernel.ts';
import {
  awaitUnheardFind,
  closeAll,
  lastCounts,
  PATIENCE,
  turn,
  until,
  warmUp,
  watch,
} from './watch-pool.ts';

const execFileText = promisify(execFile);
const IMPOSSIBLE = 60;

vi.setConfig({ testTimeout: 240_000 });
afterEach(closeAll);

describe('a pool', () => {
  it('is a miner as the driver sees one', async () => {
    const miner: Miner = createPool({ threads: 1 });
    const work = workOf('a miner:', 4);
    const solution = await new Promise<string>((resolve) => {
      miner.listen({ onFound: (_, found) => resolve(found), onSearched: () => {} });
      miner.mine(work);
    });
    expect(zerosOfText(work.header + solution)).toBeGreaterThanOrEqual(4);
    await miner.close();
  });

  it('finds a solution that anyone can check', async () => {
    const { pool, found, reports } = watch({ threads: 3 });
    const work = workOf('check me:', 12);
    pool.mine(work);
    await until(() => expect(found).toHaveLength(1));
    expect(found[0]?.work).toBe(work.id);
    expect(zerosOfText(work.header + found[0]?.solution)).toBeGreaterThanOrEqual(12);
    expect(reports.at(-1)).toMatchObject({ work: work.id, exhausted: false });
    expect(reports.at(-1)?.tried).toBeGreaterThan(0);
    expect(reports.at(-1)?.perSecond).toBeGreaterThan(0);
  });

  it.each(['found', 'resting'])('stops all threads when %s', async (reason) => {
    const watched = watch({ threads: 3 });
    const { pool, found } = watched;
    pool.mine(workOf('stops:', reason === 'found' ? 12 : IMPOSSIBLE));
    if (reason === 'found') await until(() => expect(found).toHaveLength(1));
    else await until(() => expect(Math.min(...lastCounts(watched))).toBeGreaterThan(0));
    pool.rest();
    await until(async () => {
      const before = lastCounts(watched);
      for (let count = 0; count < 100; count += 1) await turn();
      expect(lastCounts(watched)).toEqual(before);
    });
  });

  it('starts no thread before the first work, unless asked, and keeps them', async () => {
    const { pool, workers, found } = watch({ threads: 2 });
    expect(workers).toHaveLength(0);
    pool.start();
    expect(workers).toHaveLength(2);
    for (let round = 1; round <= 5; round += 1) {
      pool.mine(workOf(`kept ${round}:`, 8));
      await until(() => expect(found).toHaveLength(round));
    }
    expect(workers).toHaveLength(2);
  });

  it('goes on with the same work, after a rest, too', async () => {
    const watched = watch({ threads: 1 });
    const { pool, orders } = watched;
    const work = workOf('the same:', IMPOSSIBLE);
    const tried = (): number => lastCounts(watched)[0] ?? 0;
    pool.mine(work);
    await until(() => expect(tried()).toBeGreaterThan(2 * STEP));
    pool.mine({ ...work });
    expect(orders).toHaveLength(1);
    pool.rest();
    const before = tried();
    pool.mine(work);
    expect(orders).toHaveLength(2);
    expect(tried()).toBeGreaterThanOrEqual(before);
    await until(() => expect(tried()).toBeGreaterThan(before + 2 * STEP));
  });

  it('searches on behind a find where it is given the same work again', async () => {
    const { pool, found } = watch({ threads: 2, nonces: 4 * STEP });
    const work = workOf('several:', 11);
    const kernel = prepareSha256(work);
    const all = new Set<string>();
    for (let nonce = 0; nonce < 4 * STEP; ) {
      const scan = kernel.scan(nonce, 4 * STEP - nonce);
      if (scan.found !== null) all.add(solutionOf(work, scan.found));
      nonce += scan.tried;
    }
    expect(all.size).toBeGreaterThan(2);
    for (let count = 1; count <= all.size; count += 1) {
      pool.mine(work);
      await until(() => expect(found).toHaveLength(count));
    }
    expect(new Set(found.map(({ solution }) => solution))).toEqual(all);
  });

  it('tells how far it came with a work that it leaves, and begins anew with another', async () => {
    const watched = watch({ threads: 1 });
    const { pool, reports } = watched;
    pool.mine(workOf('one:', IMPOSSIBLE));
    await until(() => expect(lastCounts(watched)[0]).toBeGreaterThan(0));
    pool.mine(workOf('other:', IMPOSSIBLE));
    expect(lastCounts(watched)).toEqual([0]);
    await turn();
    expect(reports.at(-1)).toMatchObject({ work: workOf('one:', IMPOSSIBLE).id });
    expect(reports.at(-1)?.tried).toBeGreaterThan(0);
    await until(() => expect(lastCounts(watched)[0]).toBeGreaterThan(0));
  });

  it('never tells a find of a work that it has left', async () => {
    const watched = watch({ threads: 3 });
    const { pool, found } = watched;
    await warmUp(watched);
    for (let round = 0; round < 20; round += 1) {
      pool.mine(workOf(`left ${round}:`, 8));
      awaitUnheardFind(watched);
      pool.mine(workOf(`hard ${round}:`, IMPOSSIBLE));
      for (let count = 0; count < 5; count += 1) await turn();
      expect(found).toHaveLength(0);
    }
  });

  it('tells no find while it rests, and tells it when it goes on', async () => {
    const watched = watch({ threads: 1 });
    const { pool, found, orders } = watched;
    await warmUp(watched);
    const work = workOf('rests:', 8);
    pool.mine(work);
    awaitUnheardFind(watched);
    pool.rest();
    for (let count = 0; count < 5; count += 1) await turn();
    expect(found).toHaveLength(0);

    const before = orders.length;
    pool.mine(work);
    expect(found).toHaveLength(0);
    await turn();
    expect(found).toHaveLength(1);
    expect(zerosOfText(work.header + found[0]?.solution)).toBeGreaterThanOrEqual(8);
    expect(orders).toHaveLength(before);
  });

  it('tells no find of a work that it left while resting', async () => {
    const watched = watch({ threads: 1 });
    const { pool, found } = watched;
    await warmUp(watched);
    const work = workOf('rests:', 8);
    pool.mine(work);
    awaitUnheardFind(watched);
    pool.rest();
    await turn();
    pool.mine(work);
    pool.mine(workOf('other:', IMPOSSIBLE));
    for (let count = 0; count < 5; count += 1) await turn();
    expect(found).toHaveLength(0);
  });

  it('reports about once a second, with near misses, and nothing while it rests', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const { pool, reports } = watch({ threads: 2 });
      const work: Work = workOf('progress:', 24);
      pool.mine(work);
      await until(() => {
        vi.advanceTimersByTime(1000);
        expect(reports.some(({ near }) => near.length > 0)).toBe(true);
      });
      for (const solution of reports.flatMap(({ near }) => near)) {
        const zeros = zerosOfText(work.header + solution);
        expect(zeros).toBeGreaterThanOrEqual(20);
        expect(zeros).toBeLessThan(24);
      }
      const tried = reports.map((report) => report.tried);
      expect(tried).toEqual(tried.toSorted((a, b) => a - b));
      pool.rest();
      await Promise.resolve();
      const { length } = reports;
      vi.advanceTimersByTime(5000);
      expect(reports).toHaveLength(length);
    } finally {
      vi.useRealTimers();
    }
  });

  it('says so once when all nonces are tried', async () => {
    const { pool, reports, found } = watch({ threads: 3, nonces: 10 * STEP + 5 });
    pool.mine(workOf('exhausted:', IMPOSSIBLE));
    await until(() => expect(reports.at(-1)?.exhausted).toBe(true));
    expect(reports.at(-1)?.tried).toBe(10 * STEP + 5);
    expect(reports.filter(({ exhausted }) => exhausted)).toHaveLength(1);
    expect(found).toHaveLength(0);
  });

  // Each is the only solution among its nonces, near the end of lane 1 of 2.
  it.each([
    { header: 'dies 3:', nonce: 3_954_844, algorithm: 'sha256', nonceForm: 'padded-hex' },
    { header: 'dies 50:', nonce: 4_086_849, algorithm: 'sha1', nonceForm: 'decimal' },
  ] as const)(
    'replaces threads that die, and leaves out none of their nonces: $algorithm',
    async ({ header, nonce, ...form }) => {
      const watched = watch({ threads: 2, nonces: 2 ** 22 });
      const { pool, found, workers, replaced, failures } = watched;
      const work = workOf(header, 22, form);
      pool.mine(work);
      let worker = workers[1];
      for (let killed = 0; killed < 3 && found.length === 0; killed += 1) {
        const before = lastCounts(watched)[1] ?? 0;
        await until(() => expect(lastCounts(watched)[1]).toBeGreaterThan(before));
        await worker?.terminate();
        worker = workers.at(-1);
      }
      await until(() => expect(found).toHaveLength(1));
      expect(found[0]?.solution).toBe(solutionOf(work, nonce));
      expect(workers.length).toBeGreaterThan(2);
      expect(replaced).toHaveLength(workers.length - 2);
      for (const each of replaced) {
        expect(each).toEqual({ lane: 1, tried: expect.any(Number) });
        expect(each.tried).toBeGreaterThan(0);
      }
      expect(failures).toHaveLength(0);
    },
  );

  it('gives a lane up whose thread dies again and again in one place', async () => {
    const { pool, failures, workers } = watch({
      threads: 1,
      startWorker: () => new Worker('throw new Error("no use");', { eval: true }),
    });
    pool.mine(workOf('fails:', 10));
    await until(() => expect(failures).toHaveLength(1));
    expect(failures[0]).toMatchObject({
      code: 'mining-thread-died',
      cause: expect.objectContaining({ message: 'no use' }),
    });
    pool.rest();
    pool.mine(workOf('fails again:', 10));
    expect(workers).toHaveLength(3);
  });

  it('closed, leaves no thread, tells nothing more and takes no work', async () => {
    const { pool, found, reports, workers } = watch({ threads: 3 });
    const exits = vi.fn();
    pool.mine(workOf('closed:', 12));
    for (const worker of workers) worker.once('exit', exits);
    await pool.close();
    expect(exits).toHaveBeenCalledTimes(3);
    const told = [found.length, reports.length];
    pool.mine(workOf('after:', 8));
    await pool.close();
    expect(workers).toHaveLength(3);
    expect([found.length, reports.length]).toEqual(told);
  });

  it.each(['start()', 'mine(work); pool.rest()'])(
    'keeps no process alive that has nothing to search, after %s',
    async (calls) => {
      const built = new URL('../../dist/src/miner/pool.js', import.meta.url);
      const program = `
        import { createPool } from ${JSON.stringify(built)};
        const work = ${JSON.stringify(workOf('alive:', IMPOSSIBLE))};
        const pool = createPool({ threads: 2 });
        pool.${calls};`;
      const options = { timeout: PATIENCE.timeout };
      const run = execFileText(process.execPath, ['--input-type=module', '-e', program], options);
      await expect(run).resolves.toEqual({ stdout: '', stderr: '' });
    },
  );

  it('refuses to have no threads', () => {
    expect(() => createPool({ threads: 0 })).toThrow('A pool has a thread or more.');
    expect(() => createPool({ threads: 1.5 })).toThrow('A pool has a thread or more.');
    expect(() => createPool({ from: 2 ** 52, nonces: 1 })).toThrow('Nonces end below 2^52.');
  });
});
