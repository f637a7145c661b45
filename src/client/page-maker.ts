/** Puts together a page of the ledger: as much as there is room for, and proven to its end. */

import type { Block, Seal } from '../domain/message.ts';
import { type Batch, emptyBatch } from '../domain/transaction.ts';
import type { Page } from './journal.ts';

type Sealed = { readonly block: Block; readonly seal: Seal; readonly batch: Batch };

export class PageMaker {
  readonly #sealed: Sealed[] = [];
  readonly #room: number;
  /** Bytes of what is there, without the seal with which a page may end. */
  #size = 0;

  /** Of at most so many bytes as JSON, save for a single block that is longer. */
  constructor(bytes: number) {
    this.#room = bytes;
  }

  /** Takes the next block with its seal, which may be empty; false if there is no room left. */
  add(block: Block, seal: Seal, batch: Batch = emptyBatch): boolean {
    const proof = sizeOf(seal);
    const size = sizeOf(block) + sizeOf(batch);
    if (this.#size + size + proof > this.#room && this.#sealed.length > 0) return false;
    // Only these travel wherever they stand; of the others, the last one alone.
    this.#size += size + (block.change === undefined ? 0 : proof);
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

/** With the comma that follows it; what is empty does not travel. */
function sizeOf(content: object): number {
  return Array.isArray(content) && content.length === 0 ? 0 : JSON.stringify(content).length + 1;
}
