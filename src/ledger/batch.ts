/** Batches: the transactions that one block carries, and what makes a batch the next one. */

import type { Hasher } from '../domain/crypto.ts';
import type { Accounts } from '../domain/standing.ts';
import { type Batch, readText } from '../domain/transaction.ts';
import { apply, draftOf } from './account.ts';

/** In characters of its transactions, which are bytes: they are of ASCII alone. */
export const batchMost: number = 24 * 1024;

export type Applied =
  | { readonly accounts: Accounts; readonly problem: null }
  | { readonly accounts: null; readonly problem: string };

/** The accounts after a batch, or what is wrong with it. Signatures are not checked here. */
export function applyBatch(accounts: Accounts, batch: Batch, hasher: Hasher): Applied {
  if (batch.length === 0) return { accounts, problem: null };
  if (sizeOf(batch) > batchMost)
    return { accounts: null, problem: `its batch has ${sizeOf(batch)} bytes` };
  const draft = draftOf(accounts);
  for (const [index, text] of batch.entries()) {
    const transaction = readText(text);
    const problem =
      transaction === null ? 'it cannot be read' : apply(draft, transaction, hasher)?.problem;
    if (problem !== undefined)
      return { accounts: null, problem: `transaction ${index + 1} of its batch: ${problem}` };
  }
  return { accounts: draft.accounts, problem: null };
}

export function sizeOf(batch: Batch): number {
  return batch.reduce((sum, text) => sum + text.length, 0);
}
