/** The threads of a pool: started, replaced where they die, and counted. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterDeath, type Death, MOST_DEATHS } from './death.ts';
import type { Report, ThreadData } from './order.ts';
import { notBuilt, type Shortage } from './pool-error.ts';

export type CrewOptions = {
  readonly count: number;
  /** Starts the thread at a place, from 0 on; throws where the system refuses. */
  readonly startThread: (place: number) => Worker;
  readonly onReport: (report: Report) => void;
  /** Where the thread at a place is: in which search, and how many nonces of its lane are tried. */
  readonly progressOf: (place: number) => { readonly search: number; readonly tried: bigint };
  readonly onReplaced: (place: number) => void;
  /** No thread is at this place any more, or for the time being. */
  readonly onLost: (place: number) => void;
  /** Fewer run than were wanted, and no further one is about to start. */
  readonly onShort: (shortage: Shortage) => void;
};

export class Crew {
  readonly #options: CrewOptions;
  readonly #threads = new Map<number, Worker>();
  readonly #deaths = new Map<number, Death>();
  /** Places whose thread may still turn out to be refused. */
  readonly #starting = new Set<number>();
  #untold: Pick<Shortage, 'reason' | 'cause'> | null = null;
  #hasStarted = false;
  #isClosed = false;

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  /** Whether a start was tried: refused threads are not asked for again with each work. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** The threads that are there, by their places. */
  get threads(): ReadonlyMap<number, Worker> {
    return this.#threads;
  }

  /** Starts the threads that are missing, except where they died again and again. */
  start(): void {
    this.#hasStarted = true;
    for (let place = 0; place < this.#options.count; place += 1) {
      const isGivenUp = this.#deaths.get(place)?.count === MOST_DEATHS;
      if (!this.#threads.has(place) && !isGivenUp) this.#start(place);
    }
    queueMicrotask(() => this.#tellShortage());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#threads.values()].map((worker) => worker.terminate()));
  }

  /** False where the system allows no further thread. */
  #start(place: number): boolean {
    let worker: Worker;
    try {
      worker = this.#options.startThread(place);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#miss(place, { reason: reasonOf(error), cause: error });
      return false;
    }
    let cause: unknown;
    worker.on('message', this.#options.onReport);
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('online', () => this.#settle(place));
    worker.on('exit', () => {
      this.#threads.delete(place);
      if (!this.#isClosed) this.#replace(place, cause);
      this.#settle(place);
    });
    // A search keeps the process alive by the pool's timer, a thread alone never does. Listening to
    // messages would undo this, were it to come later.
    worker.unref();
    this.#threads.set(place, worker);
    this.#starting.add(place);
    return true;
  }

  #settle(place: number): void {
    this.#starting.delete(place);
    this.#tellShortage();
  }

  #replace(place: number, cause: unknown): void {
    if (isRefusal(cause)) {
      this.#miss(place, { reason: reasonOf(cause), cause });
      return;
    }
    const { search, tried } = this.#options.progressOf(place);
    const death = afterDeath(this.#deaths.get(place), search, tried);
    this.#deaths.set(place, death);
    if (death.count === MOST_DEATHS) this.#miss(place, { reason: 'died', cause });
    else if (this.#start(place)) this.#options.onReplaced(place);
  }

  #miss(place: number, why: Pick<Shortage, 'reason' | 'cause'>): void {
    this.#untold = why;
    this.#options.onLost(place);
  }

  /** One word for all that were refused, once it is known who was not. */
  #tellShortage(): void {
    if (this.#untold === null || this.#starting.size > 0 || this.#isClosed) return;
    const [running, wanted] = [this.#threads.size, this.#options.count];
    const why = this.#untold;
    this.#untold = null;
    if (running < wanted) this.#options.onShort({ running, wanted, ...why });
  }
}

/** Too many threads or processes (at once), or too many open files (as it begins). */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_INIT_FAILED';
}

/** `Worker initialization failure: EMFILE`, or the code alone. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /\bE[A-Z]+$/.exec(message)?.[0] ?? message;
}

/** Starts threads of the file as it is built. Throws a `PoolError` where it is missing. */
export function starterOfBuilt(): (data: ThreadData) => Worker {
  const worker = builtWorker();
  // Options of the process (a loader, an inspector) are not for the threads.
  return (workerData) => new Worker(worker, { workerData, execArgv: [] });
}

/** The file that the threads run, built: they must find it from sources under test, too. */
function builtWorker(): URL {
  const url = new URL(import.meta.resolve('#miner-worker'));
  const path = fileURLToPath(url);
  if (existsSync(path)) return url;
  throw notBuilt(path);
}
