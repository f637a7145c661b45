/** A pool of mining threads that search together for a solution of one work. */

import type { Worker } from 'node:worker_threads';
import { assert } from '../domain/assert.ts';
import type { Work } from '../domain/contract.ts';
import type { WorkID } from '../domain/names.ts';
import { Crew, starterOfBuilt } from './crew.ts';
import { MOST_NEAR } from './kernel.ts';
import { type Lanes, shareLanes } from './lanes.ts';
import { NONCES, solutionOf } from './layout.ts';
import { NO_THREAD, type Order, type Report, type SharedOrder, type ThreadData } from './order.ts';
import { errorOf, type PoolError, type Shortage } from './pool-error.ts';
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
  /** Into how many lanes the nonces are cut: more than threads, or, unless told, as many. */
  readonly lanes?: number;
  /** The first nonce of a work, 0 unless told otherwise, and how many it has: up to 2^52. */
  readonly from?: number;
  readonly nonces?: number;
  /** How threads share them (see `Lanes`): by steps unless told otherwise. */
  readonly deal?: Lanes['deal'];
  /** Tells each near miss, not a few at a time. */
  readonly tellsAllNear?: boolean;
  /** What the threads' kernels are made ready for before there is work; nothing unless told. */
  readonly warmUp?: ThreadData['warmUp'];
  /** Starts a thread of `worker.ts`. */
  readonly startWorker?: (data: ThreadData) => Worker;
  /** A thread died; another goes on behind the nonces of its lane that are counted. */
  readonly onReplaced?: (lane: number, tried: number) => void;
  /** Fewer threads run than were asked for, or none: those that do take over all lanes. */
  readonly onFailure?: (error: PoolError) => void;
};

/** Events come after the call that causes them has returned. After `close` there are none. */
export interface Pool {
  listen(events: PoolEvents): void;
  /**
   * Starts the threads, which the first `mine` would do otherwise; they then wait for work. Tries
   * those again that the system refused.
   */
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
  readonly #nearMost: number;
  readonly #crew: Crew;
  readonly #onFailure: (error: PoolError) => void;
  /** The number of the order in force (see `ThreadData`). */
  readonly #number = new Int32Array(new SharedArrayBuffer(4));
  readonly #scanning: Int32Array<SharedArrayBuffer>;
  #events: PoolEvents | null = null;
  #search: Search | null = null;
  #searches = 0;
  /** There is work, and no thread. */
  #isShort = false;
  /** Null while nobody searches. */
  #order: SharedOrder | null = null;
  #rates: readonly Rate[];
  #ratedAt = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #closed: Promise<void> | null = null;

  constructor(options: PoolOptions) {
    const { threads = 6, from = 0, nonces = NONCES - from, deal = 'steps' } = options;
    const { lanes: count = threads, tellsAllNear = false } = options;
    assert(Number.isInteger(threads) && threads > 0, 'A pool has a thread or more.');
    assert(Number.isInteger(from) && from >= 0, 'Nonces begin at 0 or later.');
    assert(Number.isInteger(nonces) && from + nonces <= NONCES, 'Nonces end below 2^52.');
    assert(count >= threads, 'Each thread has a lane.');
    this.#lanes = { count, from, nonces, deal };
    this.#nearMost = tellsAllNear ? Number.POSITIVE_INFINITY : MOST_NEAR;
    const { startWorker = starterOfBuilt(), warmUp = null } = options;
    this.#onFailure = options.onFailure ?? (() => {});
    this.#rates = new Array<Rate>(count).fill(NO_RATE);
    this.#scanning = new Int32Array(new SharedArrayBuffer(4 * threads));
    const data = { inForce: this.#number.buffer, scanning: this.#scanning.buffer, warmUp };
    this.#crew = new Crew({
      count: threads,
      startThread: (place) => this.#employ(place, startWorker({ ...data, place })),
      onReport: (report) => this.#hear(report),
      progressOf: (place) => this.#progressOf(place),
      // Its successor begins at the last nonce that the dead one has counted.
      onReplaced: (place) =>
        options.onReplaced?.(this.#laneOf(place), Number(this.#progressOf(place).tried)),
      onLost: (place) => Atomics.store(this.#scanning, place, NO_THREAD),
      onShort: (shortage) => this.#fail(shortage),
    });
  }

  listen(events: PoolEvents): void {
    this.#events = events;
  }

  start(): void {
    if (this.#closed !== null) return;
    this.#crew.start();
    if (this.#isShort && this.#search !== null) this.#putInForce(this.#search);
    else this.#share();
  }

  mine(work: Work): void {
    if (this.#closed !== null) return;
    if (this.#search?.work.id !== work.id) this.rest();
    if (this.#order !== null) return;
    if (!this.#crew.hasStarted) this.start();
    const search = this.#searchFor(work);
    const { held } = search;
    search.held = null;
    if (held === null) this.#putInForce(search);
    else queueMicrotask(() => this.#tellFound(search, held));
  }

  rest(): void {
    this.#isShort = false;
    if (this.#order === null || this.#search === null) return;
    const search = this.#search;
    this.#stop(search);
    queueMicrotask(() => this.#tellProgress(search));
  }

  close(): Promise<void> {
    if (this.#closed !== null) return this.#closed;
    if (this.#search !== null) this.#stop(this.#search);
    this.#closed = this.#crew.close();
    return this.#closed;
  }

  #searchFor(work: Work): Search {
    if (this.#search?.work.id === work.id) return this.#search;
    this.#searches += 1;
    this.#search = startSearch(this.#searches, work, this.#lanes, this.#nearMost);
    return this.#search;
  }

  #putInForce(search: Search): void {
    const { threads } = this.#crew;
    this.#isShort = threads.size === 0;
    if (this.#isShort) return;
    const number = this.#nextNumber();
    const { id, work, tried } = search;
    search.dealt = this.#deal(search);
    this.#order = { number, search: id, work, lanes: lanesLeft(search), tried: tried.buffer };
    for (const [place, worker] of threads) this.#post(place, worker, this.#order);
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

  #post(place: number, worker: Worker, order: SharedOrder): void {
    worker.postMessage({ ...order, lane: this.#laneOf(place) } satisfies Order);
  }

  #laneOf(place: number): number {
    return this.#search?.dealt.get(place) ?? place;
  }

  /** A thread that has just been started. */
  #employ(place: number, worker: Worker): Worker {
    Atomics.store(this.#scanning, place, 0);
    if (this.#order !== null) this.#post(place, worker, this.#order);
    return worker;
  }

  #progressOf(place: number): { readonly search: number; readonly tried: bigint } {
    const search = this.#search;
    return { search: search?.id ?? 0, tried: search?.tried[this.#laneOf(place)] ?? 0n };
  }

  #fail(shortage: Shortage): void {
    if (this.#closed !== null) return;
    if (shortage.running === 0) this.rest();
    else this.#share();
    this.#onFailure(errorOf(shortage));
  }

  /** Who has come to the end of its lane takes over one that is without a thread. */
  #share(): void {
    const search = this.#search;
    if (this.#order === null || search === null) return;
    const dealt = this.#deal(search);
    if ([...dealt].every(([place, lane]) => search.dealt.get(place) === lane)) return;
    this.#stop(search);
    this.#putInForce(search);
  }

  #deal({ dealt, exhausted }: Search): ReadonlyMap<number, number> {
    return shareLanes(this.#lanes.count, [...this.#crew.threads.keys()], dealt, exhausted);
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
        if (this.#order === null) return;
        if (!isExhausted(search)) {
          this.#share();
          return;
        }
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
