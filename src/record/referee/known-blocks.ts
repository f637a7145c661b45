/** The blocks of a network that were said, and which of them are sealed. */

import type { Block } from '../../domain/message.ts';
import type { Digest } from '../../domain/names.ts';
import { LatestDigests } from '../latest-digests.ts';
import { Latest } from './latest.ts';

/** Blocks wait for what they hang on, of which a page has some hundred. */
const BLOCKS_KEPT = 10_000;
/** Nothing waits for a block that the ledger has passed; this many still tell who won them. */
const PASSED_KEPT = 1_000;
/** Four days of blocks each 3 s: so long a second winner of one of them is noticed. */
const SEALED_KEPT = 100_000;

export class KnownBlocks {
  /** All blocks that were said, sealed or not. */
  readonly #blocks = new Latest<Digest, Block>(BLOCKS_KEPT);
  /** By number. */
  readonly #sealed = new LatestDigests(SEALED_KEPT);
  #height = 0;
  #count = 0;

  /** How many are known to be sealed. */
  get count(): number {
    return this.#count;
  }

  /** How many are kept whole. */
  get whole(): number {
    return this.#blocks.size;
  }

  /** Digest of what is sealed under this number; null if nothing is known to be. */
  digestAt(number: number): Digest | null {
    return this.#sealed.get(number);
  }

  /** What is sealed under this number; null where it is not known, or no longer. */
  blockAt(number: number): Block | null {
    const digest = this.digestAt(number);
    return digest === null ? null : (this.#blocks.get(digest) ?? null);
  }

  /** An old block that is said once more is nothing new. */
  add(block: Block, digest: Digest): void {
    const { transactionID } = block;
    const isOld = transactionID < this.#height - PASSED_KEPT;
    if (!isOld || this.digestAt(transactionID) !== digest) this.#blocks.set(digest, block);
  }

  /** What is sealed vouches for all that it hangs on. */
  seal(number: number, digest: Digest): void {
    let [at, known]: [number, Digest] = [number, digest];
    while (this.digestAt(at) === null) {
      this.#sealed.add(at, known);
      this.#count += 1;
      const block = this.#blocks.get(known);
      if (block === undefined || at === 0) return;
      [at, known] = [at - 1, block.parent];
    }
  }

  /** The ledger stands at this height now, one block higher than before. */
  pass(height: number): void {
    this.#height = height;
    const old = height - PASSED_KEPT - 1;
    const digest = old < 0 ? null : this.digestAt(old);
    if (digest !== null) this.#blocks.delete(digest);
  }
}
