/** A pool under test: what it tells, and the threads, orders and counts behind it. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, vi } from 'vitest';
import type { Order, ThreadData } from '../../src/miner/order.ts';
import { createPool, type Pool, type PoolOptions } from '../../src/miner/pool.ts';
import type { Progress } from '../../src/miner/search.ts';
import { workOf } from '../contracts/kernel.ts';

/** Threads have the lowest priority: beside a busy loop they get a hundredth of a core. */
export const PATIENCE = { timeout: 120_000, interval: 5 };

type Found = { readonly work: string; readonly solution: string };
export type Watched = {
  readonly pool: Pool;
  readonly found: Found[];
  readonly reports: Progress[];
  /** Every thread that was started, in order. */
  readonly workers: Worker[];
  /** Every order that was posted to a thread, in order. */
  readonly orders: Order[];
  /** Per thread started, where the number of the order in force stands. */
  readonly inForce: Int32Array[];
  /** Threads that died and were replaced, in order. */
  readonly replaced: { readonly lane: number; readonly tried: number }[];
  readonly failures: Error[];
};

const pools: Pool[] = [];

/** Ends the threads of all pools that are watched. */
export async function closeAll(): Promise<void> {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
}

/** A thread as the pool starts it. */
export function startBuilt(workerData: ThreadData): Worker {
  const url = new URL(import.meta.resolve('#miner-worker'));
  if (!existsSync(fileURLToPath(url))) throw new Error('Run "npm run build" before this test.');
  return new Worker(url, { workerData, execArgv: [] });
}

/** Makes a pool, and writes down what goes into it and comes out of it. */
export function watch(options: PoolOptions): Watched {
  const { startWorker = startBuilt } = options;
  const found: Found[] = [];
  const reports: Progress[] = [];
  const workers: Worker[] = [];
  const orders: Order[] = [];
  const inForce: Int32Array[] = [];
  const replaced: { readonly lane: number; readonly tried: number }[] = [];
  const failures: Error[] = [];
  const pool = createPool({
    ...options,
    onReplaced: (lane, tried) => replaced.push({ lane, tried }),
    onFailure: (error) => failures.push(error),
    startWorker: (data) => {
      const worker = startWorker(data);
      inForce.push(new Int32Array(data.inForce));
      const post = worker.postMessage.bind(worker);
      worker.postMessage = (order: Order) => {
        orders.push(order);
        post(order);
      };
      workers.push(worker);
      return worker;
    },
  });
  pools.push(pool);
  pool.listen({
    onFound: (work, solution) => found.push({ work, solution }),
    onSearched: (report) => reports.push(report),
  });
  return { pool, found, reports, workers, orders, inForce, replaced, failures };
}

/** Waits for a condition, not for a time. */
export const until = (condition: () => void): Promise<void> => vi.waitFor(condition, PATIENCE);

/** Nonces tried, lane by lane, of the work that was last posted to the threads. */
export function lastCounts({ orders }: Watched): number[] {
  const tried = orders.at(-1)?.tried;
  return tried === undefined ? [] : [...new BigInt64Array(tried)].map(Number);
}

/** Gets the threads going, and forgets what they found. */
export async function warmUp({ pool, found }: Watched): Promise<void> {
  pool.mine(workOf('warm up:', 1));
  await until(() => expect(found).toHaveLength(1));
  found.length = 0;
}

/** Blocks until a thread has stopped the others, which it does after it has posted its find. */
export function awaitUnheardFind({ inForce }: Watched): void {
  const number = inForce[0];
  assert(number !== undefined);
  const start = performance.now();
  while (Atomics.load(number, 0) % 2 === 0) {
    assert(performance.now() - start < PATIENCE.timeout, 'No thread finds anything.');
  }
}

/** Lets other events happen, without waiting for time to pass. */
export const turn = (): Promise<void> => new Promise(setImmediate);
