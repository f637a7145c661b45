/** Puts together a page of the ledger: as much as there is room for, and proven to its end. */

import type { Block, Seal } from '../domain/message.ts';
import { type Batch, emptyBatch } from '../domain/transaction.ts';
import type { Page } from './journal.ts';

type Sealed = { readonly block: Block; readonly seal: Seal; readonly batch: Batch };

export class PageMaker {
  readonly #sealed: Sealed[] = [];
  #room: number;

  /** Of at most so many bytes as JSON, save for a single block that is longer. */
  constructor(bytes: number) {
    this.#room = bytes;
  }

  /** Takes the next block with its seal, which may be empty; false if there is no room left. */
  add(block: Block, seal: Seal, batch: Batch = emptyBatch): boolean {
    const size = JSON.stringify([block, seal, batch]).length;
    if (size > this.#room && this.#sealed.length > 0) return false;
    this.#room -= size;
    this.#sealed.push({ block, seal, batch });
    return true;
  }

  /** A page must end in a block with a seal of its own, which vouches for the others. */
  finish(): Page | null {
    const end = this.#sealed.findLastIndex(({ seal }) => seal.length > 0);
    if (end === -1) return null;
    const sealed = this.#sealed.slice(0, end + 1);
    const isNeeded = (block: Block, index: number): boolean =>
      block.change !== undefined || index === end;
    const batches = sealed.map(({ batch }) => batch).filter((batch) => batch.length > 0);
    return {
      blocks: sealed.map(({ block }) => block),
      seals: sealed.filter(({ block }, index) => isNeeded(block, index)).map(({ seal }) => seal),
      ...(batches.length > 0 && { batches }),
    };
  }
}
