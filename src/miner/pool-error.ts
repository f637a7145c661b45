/** What the world does to a pool of threads, as errors. */

import { MOST_DEATHS } from './death.ts';

/** How many threads run of those that were wanted, and why not all of them do. */
export type Shortage = {
  readonly running: number;
  readonly wanted: number;
  /** `died` again and again, or what the system says to one more: `EAGAIN`, `EMFILE`. */
  readonly reason: string;
  readonly cause: unknown;
};

/**
 * The world's fault: `miner-not-built` (thrown by `createPool`), `mining-thread-died` or
 * `mining-threads-refused`, each with how many run and why not all do.
 */
export class PoolError extends Error {
  readonly code: 'miner-not-built' | 'mining-thread-died' | 'mining-threads-refused';
  readonly shortage: Omit<Shortage, 'cause'>;

  constructor(code: PoolError['code'], sentence: string, { cause, ...shortage }: Shortage) {
    super(sentence, { cause });
    this.name = 'PoolError';
    this.code = code;
    this.shortage = shortage;
  }
}

/** The error that tells how many threads run, and why not all of them do. */
export function errorOf(shortage: Shortage): PoolError {
  const { running, wanted, reason } = shortage;
  const left = running === 0 ? 'none runs' : `${running} of ${wanted} run`;
  if (reason === 'died') {
    const sentence = `A mining thread died ${MOST_DEATHS} times in a row; ${left}.`;
    return new PoolError('mining-thread-died', sentence, shortage);
  }
  const sentence = `The system allows no more mining threads (${reason}); ${left}.`;
  return new PoolError('mining-threads-refused', sentence, shortage);
}

/** The threads' file is missing. */
export function notBuilt(path: string): PoolError {
  const none = { running: 0, wanted: 0, reason: 'ENOENT', cause: undefined };
  return new PoolError('miner-not-built', `There is no ${path}; "npm run build" makes it.`, none);
}
