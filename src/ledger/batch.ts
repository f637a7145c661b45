/** Batches: the transactions that one block carries, and what makes a batch the next one. */

import type { Hasher } from '../domain/crypto.ts';
import type { Accounts, Books, Recent } from '../domain/standing.ts';
import { type Batch, readText } from '../domain/transaction.ts';
import { apply, draftOf } from './account.ts';

/** In characters of its transactions, which are bytes: they are of ASCII alone. */
export const batchMost: number = 24 * 1024;

export type Applied =
  | { readonly accounts: Accounts; readonly recent: Recent; readonly problem: null }
  | { readonly accounts: null; readonly problem: string };

/** The books after the batch of the next block, or what is wrong with it, signatures aside. */
export function applyBatch(books: Books, batch: Batch, hasher: Hasher): Applied {
  const { accounts, recent } = books;
  if (batch.length === 0) return { accounts, recent, problem: null };
  if (sizeOf(batch) > batchMost)
    return { accounts: null, problem: `its batch has ${sizeOf(batch)} bytes` };
  const draft = draftOf(books);
  for (const [index, text] of batch.entries()) {
    const transaction = readText(text);
    const problem =
      transaction === null ? 'it cannot be read' : apply(draft, transaction, hasher)?.problem;
    if (problem !== undefined)
      return { accounts: null, problem: `transaction ${index + 1} of its batch: ${problem}` };
  }
  return { accounts: draft.accounts, recent: draft.said.recent, problem: null };
}

export function sizeOf(batch: Batch): number {
  return batch.reduce((sum, text) => sum + text.length, 0);
}
