/** One block after another, mined by a pool: what `sortition mine` does, whoever is told of it. */

import { createHash } from 'node:crypto';
import { assert } from '../domain/assert.ts';
import type { Work } from '../domain/contract.ts';
import type { TransactionID, WorkID } from '../domain/names.ts';
import type { Algorithm } from '../domain/quest.ts';
import { zeroBits } from '../ledger/block.ts';
import { type Lanes, laneOf } from '../miner/lanes.ts';
import { createPool, type Pool } from '../miner/pool.ts';
import type { Progress } from '../miner/search.ts';

export type Plan = {
  readonly algorithm: Algorithm;
  /** Zero bits that the digest must begin with. */
  readonly bits: number;
  /** The first nonce, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  readonly workers: number;
};

export type Crewing = {
  /** One for each worker unless said otherwise; fewer take over the parts that are left. */
  readonly threads?: number;
  /** Tells each near miss, not a few at a time. */
  readonly tellsAllNear?: boolean;
};

/** A nonce, the worker whose part it is in (from 1 on), and its digest. */
export type Try = { readonly nonce: number; readonly worker: number; readonly digest: string };

export type Sum = { readonly tried: number; readonly elapsedMs: number };

export type Outcome = Sum &
  (
    | ({ readonly kind: 'found' } & Try)
    | { readonly kind: 'exhausted' }
    | { readonly kind: 'stopped' }
  );

/** How fast it goes, in hashes a second: in all and for each worker. */
export type Pace = Sum & { readonly perSecond: number; readonly perWorker: readonly number[] };

export type Listener = {
  readonly onProgress: (pace: Pace) => void;
  /** One hexadecimal zero short. */
  readonly onNear: (near: Try) => void;
};

/** The digest of a block and a nonce in plain decimal, as one text, in hexadecimal. */
export function digestOf(algorithm: Algorithm, block: string, nonce: number): string {
  const name = algorithm === 'sha1' ? 'sha1' : 'sha256';
  const once = createHash(name).update(`${block}${nonce}`);
  return algorithm === 'sha256d'
    ? createHash('sha256').update(once.digest()).digest('hex')
    : once.digest('hex');
}

/** Workers that wait, and search one block at a time. Throws a `PoolError`. */
export class Mine {
  readonly #plan: Plan;
  readonly #lanes: Lanes;
  readonly #pool: Pool;
  #blocks = 0;
  #isStopped = false;
  #fail: (error: Error) => void = () => {};

  /** `tell` hears that fewer workers run than were wanted; their parts are mined all the same. */
  constructor(plan: Plan, tell: (sentence: string) => void, crewing: Crewing = {}) {
    const { from, to, workers } = plan;
    const { threads = workers, tellsAllNear = false } = crewing;
    this.#plan = plan;
    this.#lanes = { count: workers, from, nonces: to - from, deal: 'parts' };
    const { count: lanes, ...nonces } = this.#lanes;
    this.#pool = createPool({
      threads,
      lanes,
      tellsAllNear,
      ...nonces,
      onFailure: (error) => {
        if (error.shortage.running === 0) this.#fail(error);
        else tell(error.message);
      },
    });
  }

  /** Searches once; rejects with a `PoolError` if no worker runs. */
  mine(block: string, { onNear, onProgress }: Listener): Promise<Outcome> {
    const { algorithm, bits } = this.#plan;
    const work = workOf(this.#blocks, block, this.#plan);
    this.#blocks += 1;
    const start = performance.now();
    const tryOf = (nonce: number): Try => ({
      nonce,
      worker: laneOf(this.#lanes, nonce) + 1,
      digest: digestOf(algorithm, block, nonce),
    });
    let found: number | null = null;
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      const hear = ({ near, tried, perSecond, perThread, exhausted }: Progress): void => {
        const sum = { tried, elapsedMs: Math.round(performance.now() - start) };
        for (const nonce of near) onNear(tryOf(Number(nonce)));
        if (found !== null) {
          const hit = tryOf(found);
          assert(zeroBits(hit.digest) >= bits, 'A find has the zeros that were asked for.');
          resolve({ kind: 'found', ...hit, ...sum });
        } else if (exhausted) resolve({ kind: 'exhausted', ...sum });
        else if (this.#isStopped) resolve({ kind: 'stopped', ...sum });
        else onProgress({ ...sum, perSecond, perWorker: perThread });
      };
      this.#pool.listen({
        // A report follows each find at once.
        onFound: (_, solution) => {
          found = Number(solution);
        },
        onSearched: hear,
      });
      if (this.#isStopped) resolve({ kind: 'stopped', tried: 0, elapsedMs: 0 });
      else this.#pool.mine(work);
    });
  }

  /** The search in hand ends as `stopped`, and so does each one after it. */
  stop(): void {
    this.#isStopped = true;
    this.#pool.rest();
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

function workOf(number: number, header: string, { algorithm, bits }: Plan): Work {
  const [id, transactionID] = [`mine ${number}` as WorkID, number as TransactionID];
  return { id, transactionID, algorithm, nonceForm: 'decimal', header, bits };
}
