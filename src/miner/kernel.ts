/** What a kernel is: a bounded search of a piece of the nonces, which knows no network. */

import type { Work } from '../domain/contract.ts';

/** What a scan brought. Nonces, which `solutionOf` turns into solutions. */
export type Scan = {
  /** The lowest nonce of the piece that solves the work. */
  readonly found: number | null;
  /**
   * Nonces that miss by `NEAR_BITS` at most: the lowest of them, up to `MOST_NEAR`. Where the work
   * has a range, all that have the zeros which it asks of a near miss.
   */
  readonly near: readonly number[];
  /** Nonces tried: all of the piece, or those up to and with `found`. */
  readonly tried: number;
};

/** A kernel that is prepared for one work. */
export interface Kernel {
  /** Tries the nonces from `from` on, `count` in all; the last one is below `NONCES`. */
  scan(from: number, count: number): Scan;
}

/** Makes a kernel ready for `work`: whatever is alike for all nonces is computed here. */
export type Prepare = (work: Work) => Kernel;

/** A digest that lacks so many bits, or fewer, is worth showing to people. */
export const NEAR_BITS = 4;

/** One scan tells no more near misses than this. */
export const MOST_NEAR = 4;

const WARM_UP_NONCES = 2 ** 14;
/** As hard as works come, so that nothing is found. */
const WARM_UP_BITS = 60;

/**
 * Makes V8 compile a kernel as well as it can, for works that are like `work` and nonces about
 * `from`: it notices within some thousand nonces that it is worth it, and compiles aside. Measured:
 * WebAssembly is at its best 5 to 30 ms after its first nonce, TypeScript after 200.
 */
export function warmUp(prepare: Prepare, work: Work, from = 0): void {
  prepare({ ...work, bits: WARM_UP_BITS }).scan(from, WARM_UP_NONCES);
}
