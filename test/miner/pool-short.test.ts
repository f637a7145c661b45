/** A system that allows fewer threads than a pool wants, at once or as they begin. */

import { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Work } from '../../src/domain/contract.ts';
import type { ThreadData } from '../../src/miner/order.ts';
import { workOf } from '../contracts/kernel.ts';
import { closeAll, startBuilt, turn, until, watch } from './watch-pool.ts';

const IMPOSSIBLE = 60;
const NONCES = 50_000;

vi.setConfig({ testTimeout: 20_000 });
afterEach(closeAll);

const refusal = (message: string): Error =>
  Object.assign(new Error(message), { code: 'ERR_WORKER_INIT_FAILED' });

/** As Node has it for a user who may have no more threads (`ulimit -u`). */
function refuseAtOnce(): Worker {
  throw refusal('EAGAIN');
}

/** As Node has it for a process that may open no more files (`ulimit -n`). */
function refuseLater(): Worker {
  const worker = new EventEmitter();
  setImmediate(() => {
    worker.emit('error', refusal('Worker initialization failure: EMFILE'));
    worker.emit('exit', 1);
  });
  const nothing = () => {};
  const terminate = () => Promise.resolve(1);
  return Object.assign(worker, { unref: nothing, postMessage: nothing, terminate }) as never;
}

const dieAtOnce = (): Worker => new Worker('throw new Error("no use");', { eval: true });

/** Starts the threads at the first places; what comes for the others? */
const firstOnly =
  (count: number, other: () => Worker) =>
  (data: ThreadData): Worker =>
    data.place < count ? startBuilt(data) : other();

const ways = [
  ['refused at once', refuseAtOnce, 'The system allows no more mining threads (EAGAIN)'],
  ['refused as they begin', refuseLater, 'The system allows no more mining threads (EMFILE)'],
  ['dying again and again', dieAtOnce, 'A mining thread died 3 times in a row'],
] as const;

describe.each(ways)('with threads %s, a pool', (_, other, sentence) => {
  it.each(['steps', 'parts'] as const)(
    'tries all nonces with those that run, dealt in %s, and says how many',
    async (deal) => {
      const { pool, reports, failures } = watch({
        threads: 5,
        nonces: NONCES,
        deal,
        startWorker: firstOnly(2, other),
      });
      pool.mine(workOf('short:', IMPOSSIBLE));
      await until(() => expect(reports.at(-1)?.exhausted).toBe(true));
      expect(reports.at(-1)?.tried).toBe(NONCES);
      await until(() => expect(failures.at(-1)?.message).toBe(`${sentence}; 2 of 5 run.`));
    },
  );

  it('tries all of a range and tells each near miss once', async () => {
    const form = { algorithm: 'sha256d', nonceForm: 'decimal' } as const;
    const range = { from: 0, to: NONCES, nearBits: 8 };
    const work: Work = { ...workOf('short range:', IMPOSSIBLE, form), range };
    const all = watch({ threads: 1 });
    all.pool.mine(work);
    const short = watch({ threads: 4, startWorker: firstOnly(1, other) });
    short.pool.mine(work);
    const near = ({ reports }: typeof all): number[] =>
      reports.flatMap((report) => report.near.map(Number)).sort((a, b) => a - b);
    for (const { reports } of [all, short])
      await until(() => expect(reports.at(-1)?.exhausted).toBe(true));
    expect(near(short)).toEqual(near(all));
  });

  it('says that none runs, and searches nothing', async () => {
    const { pool, reports, failures } = watch({ threads: 2, startWorker: other });
    pool.mine(workOf('none:', IMPOSSIBLE));
    await until(() => expect(failures.at(-1)?.message).toBe(`${sentence}; none runs.`));
    expect(reports.every(({ tried }) => tried === 0)).toBe(true);
  });
});

it.each([
  ['at once', refuseAtOnce],
  ['as they begin', refuseLater],
])('threads refused %s are told in one sentence, not one each', async (_, refuse) => {
  const { pool, failures } = watch({ threads: 6, startWorker: firstOnly(1, refuse) });
  pool.start();
  await until(() => expect(failures).toHaveLength(1));
  for (let count = 0; count < 20; count += 1) await turn();
  expect(failures).toHaveLength(1);
});

it('threads that were refused are asked for again by a start, and not by each work', async () => {
  let [room, asked] = [0, 0];
  const watched = watch({
    threads: 3,
    startWorker: (data) => {
      asked += 1;
      return data.place < room ? startBuilt(data) : refuseAtOnce();
    },
  });
  const { pool, found, failures } = watched;
  pool.mine(workOf('first:', 8));
  pool.mine(workOf('second:', 8));
  await until(() => expect(failures).toHaveLength(1));
  expect(asked).toBe(3);
  room = 3;
  pool.mine(workOf('third:', 8));
  pool.start();
  await until(() => expect(found.map(({ work }) => work)).toEqual([workOf('third:', 8).id]));
  expect(failures).toHaveLength(1);
});
