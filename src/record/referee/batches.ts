/** Judges what blocks carry: batches of transactions, signed, in order, and covered by balances. */

import type { Hasher, Verifier } from '../../domain/crypto.ts';
import { type Enveloped, senderOf } from '../../domain/message.ts';
import type { Digest } from '../../domain/names.ts';
import { type Batch, readText } from '../../domain/transaction.ts';
import { carriesBatch } from '../../ledger/block.ts';
import { merkleRoot } from '../../ledger/merkle.ts';
import { isSigned } from '../../wire/transaction.ts';
import type { Ledger, Ledgers } from './ledgers.ts';
import type { Society } from './society.ts';
import { type Charge, charge, type Judge, type Said } from './testimony.ts';

type Rooted = { readonly root: Digest; readonly batch: Batch };

export class BatchJudge implements Judge {
  readonly #society: Society;
  readonly #ledgers: Ledgers;
  readonly #hasher: Hasher;
  readonly #verifier: Verifier;

  constructor(society: Society, ledgers: Ledgers, hasher: Hasher, verifier: Verifier) {
    this.#society = society;
    this.#ledgers = ledgers;
    this.#hasher = hasher;
    this.#verifier = verifier;
  }

  judge({ message, isRepeat }: Said): Charge | null {
    if (isRepeat) return null;
    const problem = this.#problemOfBatches(message) ?? this.#problemOfUse(message);
    if (problem === null) return null;
    return charge('trueBatch', senderOf(message), `says a ${message.kind} ${problem}`);
  }

  /** What is wrong with batches that a message brings along; null if nothing is. */
  #problemOfBatches(message: Enveloped): string | null {
    const roots = this.#rootsIn(message);
    if (roots === null) return 'that has not one batch for each block that carries one';
    for (const { root, batch } of roots) {
      if (merkleRoot(batch, this.#hasher) !== root) return 'that its Root is not the root of';
      const forged = batch.findIndex((text) => !this.#isSigned(text));
      if (forged >= 0) return `whose transaction ${forged + 1} is not signed by its sender`;
    }
    return null;
  }

  /** Whether the batch of a challenge, or of a block, can come next. */
  #problemOfUse(message: Enveloped): string | null {
    const use = message.kind === 'challenge' ? message : 'block' in message ? message.block : null;
    if (use === null || ('change' in use && use.change !== undefined)) return null;
    const problem = this.#ledgerOf(message)?.problemOfBatch(use) ?? null;
    return problem === null
      ? null
      : `for ${use.transactionID} whose batch does not apply: ${problem}`;
  }

  #isSigned(text: string): boolean {
    const transaction = readText(text);
    return transaction !== null && isSigned(transaction, this.#verifier);
  }

  learn({ message }: Said): void {
    const ledger = this.#ledgerOf(message);
    for (const { root, batch } of this.#rootsIn(message) ?? []) ledger?.hearOfBatch(root, batch);
  }

  /** Null where an answer does not have one for each of its blocks that carry any. */
  #rootsIn(message: Enveloped): readonly Rooted[] | null {
    if (message.kind === 'batch') return [{ root: message.root, batch: message.transactions }];
    if (message.kind !== 'answer' || !('blocks' in message)) return [];
    const batches = message.batches ?? [];
    const carrying = message.blocks.filter((block) => carriesBatch(block, this.#hasher));
    if (carrying.length !== batches.length) return null;
    return carrying.map(({ root }, index) => ({ root, batch: batches[index] ?? [] }));
  }

  #ledgerOf(message: Enveloped): Ledger | null {
    const network = this.#society.networkOf(senderOf(message));
    return network === null ? null : this.#ledgers.of(network);
  }
}
