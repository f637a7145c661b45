/** A journal that lasts as long as its process: what a peer without a data directory has. */

import type { Entry, Recovered } from '../domain/contract.ts';
import type { Block, Founding, Seal } from '../domain/message.ts';
import type { TransactionID } from '../domain/names.ts';
import type { Journal, Page } from './journal.ts';

export class MemoryJournal implements Journal {
  readonly #entries: Entry[] = [];
  readonly #blocks: Block[] = [];
  readonly #seals: Seal[] = [];
  #founding: Founding | null = null;

  recover(): Recovered {
    return { entries: [...this.#entries] };
  }

  record(entry: Entry): void {
    if (entry.kind === 'sealed') {
      this.#blocks.push(entry.block);
      this.#seals.push(entry.seal);
    }
    if (entry.kind === 'founded') this.#founding = entry.founding;
    this.#entries.push(entry);
  }

  page(from: TransactionID, bytes: number): Page | null {
    const blocks: Block[] = [];
    let room = bytes;
    for (let at: number = from; at < this.#blocks.length; at += 1) {
      const block = this.#blocks[at];
      const size = JSON.stringify([block, this.#seals[at]]).length;
      if (block === undefined || (size > room && blocks.length > 0)) break;
      room -= size;
      blocks.push(block);
    }
    return this.#sealedPage(blocks);
  }

  /** A page must end in a block with a seal of its own, which vouches for the others. */
  #sealedPage(blocks: Block[]): Page | null {
    for (;;) {
      const last = blocks.at(-1);
      if (last === undefined) return null;
      if (this.#sealOf(last).length > 0) return { blocks, seals: this.#sealsOf(blocks) };
      blocks.pop();
    }
  }

  #sealOf(block: Block): Seal {
    return this.#seals[block.transactionID] ?? [];
  }

  /** Of the last block, and of each that changes the roster. */
  #sealsOf(blocks: readonly Block[]): readonly Seal[] {
    const sealed = blocks.filter((block) => block.change !== undefined || block === blocks.at(-1));
    return sealed.map((block) => this.#sealOf(block));
  }

  founding(): Founding | null {
    return this.#founding;
  }

  /** The ledger as it stands, for tests and for people. */
  blocks(): readonly Block[] {
    return this.#blocks;
  }
}
