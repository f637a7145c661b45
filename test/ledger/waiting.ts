/** Mempools for tests, in which ann and bob own something, and what goes into them. */

import { expect } from 'vitest';
import type { Instant, TransactionID } from '../../src/domain/names.ts';
import type { Books } from '../../src/domain/standing.ts';
import type { Batch, Transaction } from '../../src/domain/transaction.ts';
import { credit, noAccounts } from '../../src/ledger/account.ts';
import { applyBatch } from '../../src/ledger/batch.ts';
import {
  addPending,
  arrivalOf,
  findPending,
  type Mempool,
  newMempool,
  problemOfArrival,
} from '../../src/ledger/mempool.ts';
import { nextBatch } from '../../src/ledger/next-batch.ts';
import { nothingRecent } from '../../src/ledger/recent.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { texts, type Wallet, wallet } from './wallet.ts';

export const ann: Wallet = wallet('ann');
export const bob: Wallet = wallet('bob');
/** Both own 100. */
export const rich: Books = {
  height: 0 as TransactionID,
  accounts: [ann, bob].reduce(
    (accounts, { account }) => credit(accounts, account, 100),
    noAccounts,
  ),
  recent: nothingRecent,
};

const instant = (at: number): Instant => at as Instant;

/** Takes a transaction in as a peer does; answers with why not, or how many had to go for it. */
export function offer(
  mempool: Mempool,
  transaction: Transaction,
  books = rich,
  at = 0,
  isOurs = false,
): string {
  const arrival = arrivalOf(transaction, nodeHasher);
  if (findPending(mempool, arrival) !== null) return 'known';
  const fault = problemOfArrival(mempool, arrival, books, instant(at));
  if (fault !== null) return fault.code;
  const evicted = addPending(mempool, arrival, books.accounts, { isOurs, at: instant(at) });
  return evicted.length === 0 ? 'taken' : `taken for ${evicted.length}`;
}

/** Books in which each of these has signed one message. */
export function used(people: readonly Wallet[]): Books {
  let books = rich;
  for (let from = 0; from < people.length; from += 80) {
    const said = people.slice(from, from + 80).map((who) => who.say('x', 0));
    books = seal(books, texts(...said));
  }
  return books;
}

export function filled(...transactions: readonly Transaction[]): Mempool {
  const mempool = newMempool();
  for (const transaction of transactions) expect(offer(mempool, transaction)).toBe('taken');
  return mempool;
}

export function batchOf(mempool: Mempool, books = rich): Batch {
  return nextBatch(mempool, books, nodeHasher);
}

/** The books after a block with this batch, in which nobody wins anything. */
export function seal(books: Books, batch: Batch): Books {
  const applied = applyBatch(books, batch, nodeHasher);
  if (applied.accounts === null) expect.fail(applied.problem);
  const { accounts, recent } = applied;
  return { height: (books.height + 1) as TransactionID, accounts, recent };
}
