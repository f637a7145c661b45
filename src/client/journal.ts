/** A peer's memory as the driver sees it. */

import type { Entry, Recovered } from '../domain/contract.ts';
import type { Block, Founding, Seal } from '../domain/message.ts';
import type { TransactionID } from '../domain/names.ts';

/** Consecutive blocks with the seals of the last and of each block that changes the roster. */
export type Page = { readonly blocks: readonly Block[]; readonly seals: readonly Seal[] };

export interface Journal {
  recover(): Recovered;
  /** Durable when it returns, or when its promise resolves. */
  record(entry: Entry): void | Promise<void>;
  /** Blocks from `from` on, at most `bytes` as JSON; null where there are none. */
  page(from: TransactionID, bytes: number): Page | null | Promise<Page | null>;
  founding(): Founding | null | Promise<Founding | null>;
}
