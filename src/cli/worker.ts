/** `sortition worker`: searches nonces for Masters that ask over TCP, one after another. */

import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { PoolError } from '../miner/pool-error.ts';
import type { Searcher, SearchOutcome } from '../node/worker/server.ts';
import { WorkerServer } from '../node/worker/server.ts';
import { Ending } from './ending.ts';
import { Mine, type Plan } from './mine-run.ts';
import { goOnWithoutOutput } from './output.ts';
import { difficultyOf, type PuzzleValues, puzzleSettings } from './puzzle-settings.ts';
import { remark } from './remark.ts';
import { addSettings, preferTyped, readSettings, type Settings } from './setting.ts';
import { place, whole } from './values.ts';
import { Wishes } from './wishes.ts';
import { WorkerTeller } from './worker-teller.ts';

type Values = Omit<PuzzleValues, 'algorithm'> & {
  readonly listen: { readonly host: string; readonly port: number };
  readonly to: number;
  readonly threads: number | null;
  readonly json: boolean;
};

/** What the nonces end before, as the course has it. */
export const COURSE_NONCES = 100_000_000;
const MOST_THREADS = 256;
/** Unless said otherwise, even where there are fewer cores: more ranges advance at a time. */
const LEAST_USUAL_THREADS = 16;

const { zeros, bits } = puzzleSettings('sha256');

const settings: Settings<Values> = {
  listen: {
    flags: '--listen <where>',
    help: 'where Masters connect: a port of this machine, or host:port; 0 for any that is free',
    fallback: '6780',
    ...place,
  },
  zeros,
  bits,
  to: {
    flags: '--to <nonce>',
    help: 'the nonce behind the last one; the first one is 0',
    fallback: String(COURSE_NONCES),
    ...whole(1, COURSE_NONCES),
  },
  threads: {
    flags: '--threads <count>',
    help: 'threads at most, which share the ranges (default: one a core, and 16 at least)',
    fallback: null,
    ...whole(1, MOST_THREADS),
  },
  json: { flags: '--json', help: 'tell everything as JSON, an object a line' },
};

export function createWorkerCommand(): Command {
  const command = new Command('worker').description(
    'search nonces for Masters that ask over TCP ("BLOCK WORKERS"), until one says 0',
  );
  return addSettings(command, settings).action(() =>
    serve(preferTyped(command, readSettings(command, settings), ['zeros', 'bits'])),
  );
}

/** Resolves when a Master, or somebody else, wished us to end; throws what ended it otherwise. */
async function serve(values: Values): Promise<void> {
  goOnWithoutOutput();
  const bits = difficultyOf({ ...values, algorithm: 'sha256' });
  const usual = Math.max(availableParallelism(), LEAST_USUAL_THREADS);
  const mines = new Mines({ to: values.to, bits }, values.threads ?? Math.min(usual, MOST_THREADS));
  const teller = new WorkerTeller(values.json);
  const server = new WorkerServer(mines.search, (fact) => teller.say(fact));
  const ending = new Ending();
  try {
    const { host, port } = values.listen;
    const opened = await server.listen(host, port);
    teller.say({ kind: 'listening', host, port: opened });
    new Wishes(() => ending.leave()).watchOutput();
    void server.shutDown.then(() => ending.leave());
    await ending.come;
  } finally {
    await server.close();
    await mines.close();
  }
  teller.say({ kind: 'ended' });
}

/** Threads that wait for the next request, as long as that wants as many workers. */
class Mines {
  readonly #goal: Pick<Plan, 'to' | 'bits'>;
  readonly #threads: number;
  #mine: Mine;
  #workers = 1;

  /** Throws a `PoolError` where the threads' file is missing. */
  constructor(goal: Pick<Plan, 'to' | 'bits'>, threads: number) {
    this.#goal = goal;
    this.#threads = threads;
    this.#mine = this.#open();
  }

  readonly search: Searcher = async ({ block, workers }, onNear, stop) => {
    if (workers !== this.#workers) await this.#replace(workers);
    const mine = this.#mine;
    const onStop = (): void => mine.stop();
    stop.addEventListener('abort', onStop, { once: true });
    try {
      if (stop.aborted) return { kind: 'stopped' };
      const outcome = await mine.mine(block, { onNear, onProgress: () => {} });
      if (outcome.kind === 'stopped') await this.#replace(workers);
      return outcome;
    } catch (error) {
      await this.#replace(workers);
      return failureOf(error);
    } finally {
      stop.removeEventListener('abort', onStop);
    }
  };

  close(): Promise<void> {
    return this.#mine.close();
  }

  /** A new pool for this number of workers: one that was stopped does not start again. */
  async #replace(workers: number): Promise<void> {
    await this.#mine.close();
    this.#workers = workers;
    this.#mine = this.#open();
  }

  #open(): Mine {
    const workers = this.#workers;
    const plan: Plan = { algorithm: 'sha256', ...this.#goal, from: 0, workers };
    const threads = Math.min(workers, this.#threads);
    return new Mine(plan, remark, { threads, tellsAllNear: true });
  }
}

function failureOf(error: unknown): SearchOutcome {
  if (!(error instanceof PoolError)) throw error;
  return { kind: 'failed', problem: error.message };
}
