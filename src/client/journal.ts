/** A peer's memory as the driver sees it. */

import type { Entry, Recovered } from '../domain/contract.ts';
import type { Genesis } from '../domain/genesis.ts';
import type { Block, Founding, Seal } from '../domain/message.ts';
import type { TransactionID } from '../domain/names.ts';
import type { Batch } from '../domain/transaction.ts';

/**
 * Consecutive blocks with the seals of the last and of each block that changes the roster, and the
 * batches of those that carry one; none of these where no block does.
 */
export type Page = {
  readonly blocks: readonly Block[];
  readonly seals: readonly Seal[];
  readonly batches?: readonly Batch[];
};

export interface Journal {
  /**
   * What was recorded when the journal was opened, in an order in which it adds up. Entries that
   * later ones have overtaken may be left out, and seals, which only `page` gives.
   */
  recover(): Recovered;
  /**
   * In one piece, durable when it returns or when its promise resolves. Where it fails, all of the
   * entries may have been kept, or none; those to be recorded next begin with the same ones again.
   */
  record(entries: readonly Entry[]): void | Promise<void>;
  /** Blocks from `from` on, at most `bytes` as JSON or a single one; null where there are none. */
  page(from: TransactionID, bytes: number): Page | null | Promise<Page | null>;
  founding(): Founding | null | Promise<Founding | null>;
  /** What accounts begin with; null where they begin with nothing, or there is no founding. */
  genesis(): Genesis | null | Promise<Genesis | null>;
}
