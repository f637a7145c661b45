/** A pool of mining threads that search together for a solution of one work. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { assert } from '../domain/assert.ts';
import type { Work } from '../domain/contract.ts';
import type { WorkID } from '../domain/names.ts';
import { afterDeath, type Death, MOST_DEATHS } from './death.ts';
import type { Lanes } from './lanes.ts';
import { NONCES, solutionOf } from './layout.ts';
import type { LaneData, Order, Report } from './order.ts';
import { NO_RATE, type Rate } from './rate.ts';
import {
  addNear,
  isExhausted,
  lanesLeft,
  noteLowest,
  noteTried,
  type Progress,
  rateLanes,
  type Search,
  startSearch,
  takeProgress,
} from './search.ts';

export type PoolEvents = {
  readonly onFound: (work: WorkID, solution: string) => void;
  readonly onSearched: (progress: Progress) => void;
};

export type PoolOptions = {
  /** 6 unless told otherwise. */
  readonly threads?: number;
  /** The first nonce of a work, 0 unless told otherwise, and how many it has: up to 2^52. */
  readonly from?: number;
  readonly nonces?: number;
  /** How threads share them (see `Lanes`): by steps unless told otherwise. */
  readonly deal?: Lanes['deal'];
  /** What the threads' kernels are made ready for before there is work; nothing unless told. */
  readonly warmUp?: LaneData['warmUp'];
  /** Starts a thread of `worker.ts`. */
  readonly startWorker?: (data: LaneData) => Worker;
  /** A thread died; another goes on behind the nonces of its lane that are counted. */
  readonly onReplaced?: (lane: number, tried: number) => void;
  /** A lane is given up because its thread died again and again; the others go on. */
  readonly onFailure?: (error: PoolError) => void;
};

/** The world's fault: `miner-not-built` (thrown by `createPool`) or `mining-thread-died`. */
export class PoolError extends Error {
  readonly code: 'miner-not-built' | 'mining-thread-died';

  constructor(code: PoolError['code'], sentence: string, cause?: unknown) {
    super(sentence, { cause });
    this.name = 'PoolError';
    this.code = code;
  }
}

/** Events come after the call that causes them has returned. After `close` there are none. */
export interface Pool {
  listen(events: PoolEvents): void;
  /** Starts the threads, which the first `mine` would do otherwise; they then wait for work. */
  start(): void;
  /** Replaces the work in hand; the work in hand again goes on where it is, behind a find too. */
  mine(work: Work): void;
  /** Stops searching, and keeps the work in hand. */
  rest(): void;
  /** Ends the threads. What is asked of a closed pool is ignored. */
  close(): Promise<void>;
}

const REPORT_MS = 1000;

/** A pool that has no thread yet. Throws a `PoolError` where the threads' file is missing. */
export function createPool(options: PoolOptions = {}): Pool {
  return new ThreadPool(options);
}

class ThreadPool implements Pool {
  readonly #lanes: Lanes;
  readonly #startWorker: (data: LaneData) => Worker;
  readonly #onReplaced: (lane: number, tried: number) => void;
  readonly #onFailure: (error: PoolError) => void;
  readonly #warmUp: LaneData['warmUp'];
  /** The number of the order in force (see `LaneData`). */
  readonly #number = new Int32Array(new SharedArrayBuffer(4));
  readonly #scanning: Int32Array<SharedArrayBuffer>;
  readonly #threads = new Map<number, Worker>();
  readonly #deaths = new Map<number, Death>();
  #events: PoolEvents | null = null;
  #search: Search | null = null;
  #searches = 0;
  /** Null while nobody searches. */
  #order: Order | null = null;
  #rates: readonly Rate[];
  #ratedAt = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #closed: Promise<void> | null = null;

  constructor(options: PoolOptions) {
    const { threads = 6, from = 0, nonces = NONCES - from, deal = 'steps' } = options;
    assert(Number.isInteger(threads) && threads > 0, 'A pool has a thread or more.');
    assert(Number.isInteger(from) && from >= 0, 'Nonces begin at 0 or later.');
    assert(Number.isInteger(nonces) && from + nonces <= NONCES, 'Nonces end below 2^52.');
    this.#lanes = { count: threads, from, nonces, deal };
    this.#startWorker = options.startWorker ?? starterOf(builtWorker());
    this.#onReplaced = options.onReplaced ?? (() => {});
    this.#onFailure = options.onFailure ?? (() => {});
    this.#warmUp = options.warmUp ?? null;
    this.#rates = new Array<Rate>(threads).fill(NO_RATE);
    this.#scanning = new Int32Array(new SharedArrayBuffer(4 * threads));
  }

  listen(events: PoolEvents): void {
    this.#events = events;
  }

  start(): void {
    if (this.#closed !== null) return;
    for (let lane = 0; lane < this.#lanes.count; lane += 1) {
      const isGivenUp = this.#deaths.get(lane)?.count === MOST_DEATHS;
      if (!this.#threads.has(lane) && !isGivenUp) this.#startThread(lane);
    }
  }

  mine(work: Work): void {
    if (this.#closed !== null) return;
    if (this.#search?.work.id !== work.id) this.rest();
    if (this.#order !== null) return;
    this.start();
    const search = this.#searchFor(work);
    const { held } = search;
    search.held = null;
    if (held === null) this.#putInForce(search);
    else queueMicrotask(() => this.#tellFound(search, held));
  }

  rest(): void {
    if (this.#order === null || this.#search === null) return;
    const search = this.#search;
    this.#stop(search);
    queueMicrotask(() => this.#tellProgress(search));
  }

  close(): Promise<void> {
    if (this.#closed !== null) return this.#closed;
    if (this.#search !== null) this.#stop(this.#search);
    const ends = [...this.#threads.values()].map((worker) => worker.terminate());
    this.#closed = Promise.all(ends).then(() => {});
    return this.#closed;
  }

  #searchFor(work: Work): Search {
    if (this.#search?.work.id === work.id) return this.#search;
    this.#searches += 1;
    this.#search = startSearch(this.#searches, work, this.#lanes);
    return this.#search;
  }

  #putInForce(search: Search): void {
    const number = this.#nextNumber();
    const { id, work, tried } = search;
    this.#order = { number, search: id, work, lanes: lanesLeft(search), tried: tried.buffer };
    for (const worker of this.#threads.values()) worker.postMessage(this.#order);
    Atomics.store(this.#number, 0, number);
    Atomics.notify(this.#number, 0);
    this.#ratedAt = performance.now();
    this.#timer = setInterval(() => {
      this.#measure(search);
      this.#tellProgress(search);
    }, REPORT_MS);
  }

  /** The order in force, if there is one, is so no more; its threads notice and fall asleep. */
  #stop(search: Search): void {
    if (this.#order === null) return;
    Atomics.store(this.#number, 0, this.#nextNumber());
    this.#order = null;
    clearInterval(this.#timer);
    this.#measure(search);
  }

  /** Even, and right even if a thread makes the present number odd in this moment. */
  #nextNumber(): number {
    return (Atomics.load(this.#number, 0) | 1) + 1;
  }

  #startThread(lane: number): void {
    const [inForce, scanning] = [this.#number.buffer, this.#scanning.buffer];
    const worker = this.#startWorker({ inForce, scanning, lane, warmUp: this.#warmUp });
    let cause: unknown;
    worker.on('message', (report: Report) => this.#hear(report));
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => {
      this.#threads.delete(lane);
      Atomics.store(this.#scanning, lane, 0);
      this.#replaceThread(lane, cause);
    });
    // A search keeps the process alive by the pool's timer, a thread alone never does. Listening to
    // messages would undo this, were it to come later.
    worker.unref();
    this.#threads.set(lane, worker);
    if (this.#order !== null) worker.postMessage(this.#order);
  }

  /** Its successor begins at the last nonce that the dead one has counted. */
  #replaceThread(lane: number, cause: unknown): void {
    if (this.#closed !== null) return;
    const search = this.#search?.id ?? 0;
    const tried = this.#search?.tried[lane] ?? 0n;
    const death = afterDeath(this.#deaths.get(lane), search, tried);
    const { count } = death;
    this.#deaths.set(lane, death);
    if (count < MOST_DEATHS) {
      this.#startThread(lane);
      this.#onReplaced(lane, Number(tried));
      return;
    }
    const sentence = `Mining thread ${lane} died ${count} times in a row; the others go on.`;
    this.#onFailure(new PoolError('mining-thread-died', sentence, cause));
  }

  #hear(report: Report): void {
    const search = this.#search;
    // A thread that was late with an older work.
    if (search === null || report.search !== search.id) return;
    switch (report.kind) {
      case 'near':
        addNear(search, report.nonces);
        return;
      case 'found':
        noteTried(search, report.lane, report.tried);
        this.#hearFound(search, report.nonce);
        return;
      case 'exhausted':
        search.exhausted.add(report.lane);
        if (!isExhausted(search) || this.#order === null) return;
        this.#stop(search);
        // Where there is a range, the lowest find is told now that nothing is left below it.
        if (search.work.range !== undefined && search.found !== null)
          this.#tellFound(search, search.found);
        else this.#tellProgress(search);
    }
  }

  #hearFound(search: Search, nonce: number): void {
    const goesOn = noteLowest(search, nonce);
    if (this.#order === null) {
      if (!goesOn && nonce !== search.found) search.held ??= nonce;
      return;
    }
    this.#stop(search);
    // Its thread died before it had counted the find, and another has found it again.
    if (goesOn || nonce === search.found) this.#putInForce(search);
    else this.#tellFound(search, nonce);
  }

  #measure(search: Search): void {
    const now = performance.now();
    this.#rates = rateLanes(search, this.#rates, now - this.#ratedAt);
    this.#ratedAt = now;
  }

  #tellFound(search: Search, nonce: number): void {
    if (this.#closed !== null || this.#search !== search) return;
    search.found = nonce;
    this.#events?.onFound(search.work.id, solutionOf(search.work, nonce));
    this.#tellProgress(search);
  }

  #tellProgress(search: Search): void {
    if (this.#closed !== null) return;
    this.#events?.onSearched(takeProgress(search, this.#rates));
  }
}

function starterOf(worker: URL): (data: LaneData) => Worker {
  // Options of the process (a loader, an inspector) are not for the threads.
  return (workerData) => new Worker(worker, { workerData, execArgv: [] });
}

/** The file that the threads run, built: they must find it from sources under test, too. */
function builtWorker(): URL {
  const url = new URL(import.meta.resolve('#miner-worker'));
  const path = fileURLToPath(url);
  if (existsSync(path)) return url;
  throw new PoolError('miner-not-built', `There is no ${path}; "npm run build" makes it.`);
}
