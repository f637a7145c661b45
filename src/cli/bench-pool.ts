/** Measures a pool: how fast its threads start and stop, and what many do against one. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { assert } from '../domain/assert.ts';
import type { Work } from '../domain/contract.ts';
import type { TransactionID, WorkID } from '../domain/names.ts';
import type { ThreadData } from '../miner/order.ts';
import { createPool, type Pool } from '../miner/pool.ts';

/** Milliseconds, round by round. */
export type Turns = { readonly startMs: readonly number[]; readonly stopMs: readonly number[] };

/** Hashes a second, round by round. */
export type Together = { readonly one: readonly number[]; readonly all: readonly number[] };

const SCANNING = 1;
const IDLE = 0;
const ROUND_MS = 20;
/** A thread that takes longer is taken for dead. */
const MOST_MS = 10_000;

const WORK: Work = {
  id: 'bench' as WorkID,
  transactionID: 0 as TransactionID,
  algorithm: 'sha256',
  header: `sortition:12:${'0'.repeat(128)}:`,
  // So hard that nothing is found.
  bits: 60,
};

/**
 * Has `threads` threads go to work and rest again, so many `rounds`. A start is over when the last
 * of them scans, a stop when the last of them has ceased to.
 */
export async function measureTurns(threads: number, rounds: number): Promise<Turns> {
  const opened = openPool(threads);
  const { pool, scanning } = opened;
  const [startMs, stopMs]: [number[], number[]] = [[], []];
  try {
    await goToWork(opened);
    for (let round = 0; round < rounds; round += 1) {
      await sleep(ROUND_MS);
      stopMs.push(timed(() => pool.rest(), scanning(), SCANNING));
      await sleep(ROUND_MS);
      startMs.push(timed(() => pool.mine(WORK), scanning(), IDLE));
    }
  } finally {
    await pool.close();
  }
  return { startMs, stopMs };
}

/** What one thread and what `threads` threads do, in turns of `turnMs`. */
export async function measureTogether(
  threads: number,
  rounds: number,
  turnMs: number,
): Promise<Together> {
  const opened = [openPool(1), openPool(threads)] as const;
  const pools = [opened[0].pool, opened[1].pool] as const;
  const together: { one: number[]; all: number[] } = { one: [], all: [] };
  try {
    for (const each of opened) await goToWork(each);
    for (const pool of pools) await rateOfTurn(pool, 0, turnMs);
    for (let round = 1; round <= rounds; round += 1) {
      together.one.push(await rateOfTurn(pools[0], round, turnMs));
      together.all.push(await rateOfTurn(pools[1], round, turnMs));
    }
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
  }
  return together;
}

type Opened = { readonly pool: Pool; readonly scanning: () => Int32Array };

/** The first start takes as long as threads take to be made. */
async function goToWork({ pool, scanning }: Opened): Promise<void> {
  pool.mine(WORK);
  for (let waited = 0; scanning().includes(IDLE); waited += ROUND_MS) {
    assert(waited < MOST_MS, 'Threads come to work within seconds.');
    await sleep(ROUND_MS);
  }
}

function openPool(threads: number): Opened {
  let scanning: Int32Array = new Int32Array(threads);
  const url = new URL(import.meta.resolve('#miner-worker'));
  const pool = createPool({
    threads,
    // Fewer threads than were asked for would be another figure.
    onFailure: (error) => {
      throw error;
    },
    startWorker: (workerData: ThreadData) => {
      scanning = new Int32Array(workerData.scanning);
      return new Worker(url, { workerData, execArgv: [] });
    },
  });
  return { pool, scanning: () => scanning };
}

/** Milliseconds from `act` until no flag is `before` any more. It blocks, and so takes no core. */
function timed(act: () => void, flags: Int32Array, before: number): number {
  const start = performance.now();
  act();
  for (const lane of flags.keys()) {
    const said = Atomics.wait(flags, lane, before, MOST_MS);
    assert(said !== 'timed-out', 'Threads start and stop within seconds.');
  }
  return performance.now() - start;
}

/** Searches a work of its own for `ms`; hashes a second. */
async function rateOfTurn(pool: Pool, round: number, ms: number): Promise<number> {
  let tried = 0;
  pool.listen({
    onFound: () => {},
    onSearched: (progress) => {
      tried = progress.tried;
    },
  });
  const start = performance.now();
  pool.mine({ ...WORK, id: `bench ${round}` as WorkID });
  await sleep(ms);
  const elapsedMs = performance.now() - start;
  pool.rest();
  // The last report comes after the call.
  await sleep(ROUND_MS);
  return (tried / elapsedMs) * 1000;
}
