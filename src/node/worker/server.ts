/** A Worker: listens for Masters, and serves their requests one after another. */

import { createServer, type Server, type Socket } from 'node:net';
import { listenAt } from '../listening.ts';
import { errorText, notFoundText, SHUTTING_DOWN, successText } from './answer.ts';
import { Master, type Patience, USUAL_PATIENCE } from './master.ts';
import type { Request, Search } from './request.ts';

/** The most Masters that may be connected at once. */
const MASTERS_MOST = 64;

/** A digest that lacks one hex digit of zeros, or none. */
export type Hit = { readonly worker: number; readonly nonce: number; readonly digest: string };

export type SearchOutcome =
  | ({ readonly kind: 'found'; readonly elapsedMs: number } & Hit)
  | { readonly kind: 'exhausted'; readonly elapsedMs: number }
  | { readonly kind: 'stopped' }
  /** No search is possible; a sentence. */
  | { readonly kind: 'failed'; readonly problem: string };

/** Searches until it has an outcome, or `stop` says that it is not wanted any more. */
export type Searcher = (
  search: Search,
  onNear: (near: Hit) => void,
  stop: AbortSignal,
) => Promise<SearchOutcome>;

/** What happens, in its order. */
export type WorkerFact =
  /** It waits until others are served: how many, is `ahead`. */
  | ({ readonly kind: 'waiting'; readonly from: string; readonly ahead: number } & Search)
  | ({ readonly kind: 'searching'; readonly from: string } & Search)
  | ({ readonly kind: 'near' } & Hit)
  | ({ readonly kind: 'found'; readonly from: string; readonly elapsedMs: number } & Hit)
  | ({ readonly kind: 'exhausted'; readonly from: string; readonly elapsedMs: number } & Search)
  /** It waits for no answer any more; null if it had not asked anything. */
  | { readonly kind: 'hung-up'; readonly from: string; readonly block: string | null }
  | { readonly kind: 'refused' | 'failed'; readonly from: string; readonly problem: string }
  | { readonly kind: 'shutting-down'; readonly from: string };

/** A request that waits or is served; one that was lost is in no queue and stops. */
type Job = {
  readonly master: Master;
  /** Null asks for the end. */
  readonly search: Search | null;
  readonly stop: AbortController;
};

export class WorkerServer {
  readonly #searcher: Searcher;
  readonly #tell: (fact: WorkerFact) => void;
  readonly #patience: Patience;
  readonly #server: Server;
  readonly #masters = new Set<Master>();
  /** The first one is being served. */
  readonly #jobs: Job[] = [];
  #isEnding = false;
  #onShutDown: () => void = () => {};
  /** Resolves once a Master has ended us. */
  readonly shutDown: Promise<void> = new Promise((resolve) => {
    this.#onShutDown = resolve;
  });

  constructor(
    searcher: Searcher,
    tell: (fact: WorkerFact) => void,
    patience: Patience = USUAL_PATIENCE,
  ) {
    this.#searcher = searcher;
    this.#tell = tell;
    this.#patience = patience;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#welcome(socket));
  }

  /** As `listenAt`. */
  listen(host: string, port: number): Promise<number> {
    return listenAt(this.#server, host, port);
  }

  /** Stops what is searched, and tells all that still wait. */
  async close(): Promise<void> {
    this.#isEnding = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const { stop } of this.#jobs.splice(0)) stop.abort();
    for (const master of this.#masters) master.answer(errorText('this worker has been ended.'));
    await closed;
  }

  #welcome(socket: Socket): void {
    const master = new Master(socket, this.#patience, {
      onRequest: (_, request) => this.#hear(master, request),
      onLost: (_, why) => this.#lose(master, why),
      onGone: () => this.#masters.delete(master),
    });
    const isFull = this.#masters.size >= MASTERS_MOST;
    this.#masters.add(master);
    if (isFull) this.#refuse(master, `comes while ${MASTERS_MOST} others are connected`);
  }

  #hear(master: Master, request: Request): void {
    if (request.kind === 'fault') {
      this.#refuse(master, request.problem);
      return;
    }
    const search = request.kind === 'shutdown' ? null : request;
    const ahead = this.#jobs.length;
    this.#jobs.push({ master, search, stop: new AbortController() });
    if (ahead === 0) void this.#serveAll();
    else if (search !== null) this.#tell({ ...search, kind: 'waiting', from: master.from, ahead });
  }

  #refuse(master: Master, problem: string): void {
    this.#tell({ kind: 'refused', from: master.from, problem });
    master.answer(errorText(`the request ${problem}.`));
  }

  #lose(master: Master, why: 'hung-up' | 'talkative'): void {
    const at = this.#jobs.findIndex((job) => job.master === master);
    const job = this.#jobs[at];
    if (why === 'talkative')
      this.#refuse(master, 'was followed by more: it must come in one piece');
    else if (!this.#isEnding)
      this.#tell({ kind: 'hung-up', from: master.from, block: job?.search?.block ?? null });
    job?.stop.abort();
    // The first one leaves when its search has ended.
    if (at > 0) this.#jobs.splice(at, 1);
  }

  async #serveAll(): Promise<void> {
    for (let job = this.#jobs[0]; job !== undefined && !this.#isEnding; job = this.#jobs[0]) {
      if (job.search === null) {
        this.#shutDown(job.master);
        return;
      }
      await this.#serve(job.master, job.search, job.stop.signal);
      if (this.#jobs[0] === job) this.#jobs.shift();
    }
  }

  async #serve(master: Master, search: Search, stop: AbortSignal): Promise<void> {
    const { from } = master;
    if (stop.aborted) return;
    this.#tell({ ...search, kind: 'searching', from });
    const onNear = (near: Hit): void => this.#tell({ ...near, kind: 'near' });
    const outcome = await this.#searcher(search, onNear, stop);
    // A find that no Master waits for is of no use.
    if (stop.aborted) return;
    switch (outcome.kind) {
      case 'found':
        this.#tell({ ...outcome, from });
        master.answer(successText(outcome.worker, outcome.nonce, outcome.elapsedMs));
        return;
      case 'exhausted':
        this.#tell({ ...search, ...outcome, from });
        master.answer(notFoundText(search.workers));
        return;
      case 'failed':
        this.#tell({ ...outcome, from });
        master.answer(errorText(outcome.problem));
        return;
      case 'stopped':
        return;
    }
  }

  #shutDown(master: Master): void {
    this.#isEnding = true;
    this.#tell({ kind: 'shutting-down', from: master.from });
    master.answer(SHUTTING_DOWN);
    this.#onShutDown();
  }
}
