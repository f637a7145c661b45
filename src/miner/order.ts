/** What the pool and its threads say to one another. */

import type { Work } from '../domain/contract.ts';
import type { Lanes } from './lanes.ts';

/**
 * What a thread knows from its start.
 *
 * `inForce` holds one Int32, the number of the order in force, which each thread reads between two
 * pieces. The pool's orders have even numbers; who finds a solution makes the number odd, and so
 * stops the other threads without waiting for the pool. `scanning` holds an Int32 for each thread:
 * 1 while it scans, `NO_THREAD` where none is.
 */
export type ThreadData = {
  readonly inForce: SharedArrayBuffer;
  readonly scanning: SharedArrayBuffer;
  /** Of the thread in its pool, from 0 on; its lane is named by each order. */
  readonly place: number;
  /** What work will be like: its kernel is warmed up before there is any. */
  readonly warmUp: Pick<Work, 'algorithm' | 'nonceForm'> | null;
};

/** In place of the flag of a thread that is not there: no other waits for it. */
export const NO_THREAD = -1;

/** Search for a solution of `work`, while `number` is in force. */
export type SharedOrder = {
  readonly number: number;
  /** Names the search: it outlives pauses, which take a new order each. */
  readonly search: number;
  readonly work: Work;
  /** How the nonces of this work are dealt. */
  readonly lanes: Lanes;
  /**
   * For each lane, as BigInt64, how many of its nonces are tried. Each search has a buffer of its
   * own, so that a thread that is late spoils no other search.
   */
  readonly tried: SharedArrayBuffer;
};

/** As one thread gets it: `lane` is what it tries. */
export type Order = SharedOrder & { readonly lane: number };

/** What a thread tells. Rates cost no message: they stand in `tried`. */
export type Report =
  | {
      readonly kind: 'found';
      readonly search: number;
      readonly nonce: number;
      readonly lane: number;
      /** What the thread will count for its lane next, the find included. */
      readonly tried: number;
    }
  | { readonly kind: 'near'; readonly search: number; readonly nonces: readonly number[] }
  /** The lane has no nonce left. */
  | { readonly kind: 'exhausted'; readonly search: number; readonly lane: number };
