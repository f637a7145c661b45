/** A journal that lasts as long as its process: what a peer without a data directory has. */

import type { Entry, Recovered } from '../domain/contract.ts';
import type { Block, Founding, Seal } from '../domain/message.ts';
import type { TransactionID } from '../domain/names.ts';
import { type Batch, emptyBatch } from '../domain/transaction.ts';
import type { Journal, Page } from './journal.ts';
import { PageMaker } from './page-maker.ts';

export class MemoryJournal implements Journal {
  readonly #entries: Entry[] = [];
  readonly #blocks: Block[] = [];
  readonly #seals: Seal[] = [];
  readonly #batches: Batch[] = [];
  #founding: Founding | null = null;

  recover(): Recovered {
    return { entries: [...this.#entries] };
  }

  record(entries: readonly Entry[]): void {
    for (const entry of entries) this.#keep(entry);
  }

  #keep(entry: Entry): void {
    if (entry.kind === 'sealed') {
      this.#blocks.push(entry.block);
      this.#seals.push(entry.seal);
      this.#batches.push(entry.batch ?? emptyBatch);
    }
    if (entry.kind === 'founded') this.#founding = entry.founding;
    this.#entries.push(entry);
  }

  page(from: TransactionID, bytes: number): Page | null {
    const maker = new PageMaker(bytes);
    for (let at: number = from; at < this.#blocks.length; at += 1) {
      const block = this.#blocks[at];
      if (block === undefined || !maker.add(block, this.#seals[at] ?? [], this.#batches[at])) break;
    }
    return maker.finish();
  }

  founding(): Founding | null {
    return this.#founding;
  }

  /** The ledger as it stands, for tests and for people. */
  blocks(): readonly Block[] {
    return this.#blocks;
  }

  /** The batch of each block, empty ones among them. */
  batches(): readonly Batch[] {
    return this.#batches;
  }
}
