/** L2: who acknowledges a block has its batch on its disk. */

import type { Hasher } from '../../domain/crypto.ts';
import type { Block } from '../../domain/message.ts';
import type { ClientID, Digest } from '../../domain/names.ts';
import type { Batch } from '../../domain/transaction.ts';
import { merkleRoot } from '../../ledger/merkle.ts';
import type { Checker, Fact, Watcher } from './fact.ts';
import { short } from './networks.ts';

export function heldBatch(hasher: Hasher): Checker {
  return {
    name: 'L2',
    states: 'Who acknowledges a block holds its batch durably.',
    begin: () => new HeldBatch(hasher),
  };
}

class HeldBatch implements Watcher {
  readonly #hasher: Hasher;
  /** What each peer recorded last before an acknowledgement. */
  readonly #accepted = new Map<ClientID, Digest>();

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  see(fact: Fact): string | null {
    if (fact.kind === 'recorded' && fact.entry.kind === 'accepted') {
      const { block, batch = [], digest } = fact.entry;
      if (!this.#isWhole(block, batch))
        return `${short(fact.by)} accepts a block without its batch.`;
      this.#accepted.set(fact.by, digest);
    }
    if (fact.kind !== 'said' || fact.message.kind !== 'acknowledgement') return null;
    const { digest, transactionID } = fact.message;
    return this.#accepted.get(fact.by) === digest
      ? null
      : `${short(fact.by)} acknowledges block ${transactionID}, which is not on its disk.`;
  }

  #isWhole(block: Block, batch: Batch): boolean {
    return block.change === undefined
      ? merkleRoot(batch, this.#hasher) === block.root
      : batch.length === 0;
  }
}
