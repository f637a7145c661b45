/** Mempools for tests, in which ann and bob own something, and what goes into them. */

import { expect } from 'vitest';
import type { Instant } from '../../src/domain/names.ts';
import type { Accounts } from '../../src/domain/standing.ts';
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
import { nodeHasher } from '../../src/node/crypto.ts';
import { texts, type Wallet, wallet } from './wallet.ts';

export const ann: Wallet = wallet('ann');
export const bob: Wallet = wallet('bob');
/** Both own 100. */
export const rich: Accounts = [ann, bob].reduce(
  (accounts, { account }) => credit(accounts, account, 100),
  noAccounts,
);

const instant = (at: number): Instant => at as Instant;

/** Takes a transaction in as a peer does; answers with why not, or how many had to go for it. */
export function offer(
  mempool: Mempool,
  transaction: Transaction,
  accounts = rich,
  at = 0,
  isOurs = false,
): string {
  const arrival = arrivalOf(transaction, nodeHasher);
  if (findPending(mempool, arrival) !== null) return 'known';
  const fault = problemOfArrival(mempool, arrival, accounts, instant(at));
  if (fault !== null) return fault.code;
  const evicted = addPending(mempool, arrival, accounts, { isOurs, at: instant(at) });
  return evicted.length === 0 ? 'taken' : `taken for ${evicted.length}`;
}

/** Accounts in which each of these has signed one message. */
export function used(people: readonly Wallet[]): Accounts {
  let accounts = rich;
  for (let from = 0; from < people.length; from += 80) {
    const said = people.slice(from, from + 80).map((who) => who.say('x', 0));
    accounts = seal(accounts, texts(...said));
  }
  return accounts;
}

export function filled(...transactions: readonly Transaction[]): Mempool {
  const mempool = newMempool();
  for (const transaction of transactions) expect(offer(mempool, transaction)).toBe('taken');
  return mempool;
}

export function batchOf(mempool: Mempool, accounts = rich): Batch {
  return nextBatch(mempool, accounts, nodeHasher);
}

export function seal(accounts: Accounts, batch: Batch): Accounts {
  const { accounts: after, problem } = applyBatch(accounts, batch, nodeHasher);
  if (after === null) expect.fail(problem);
  return after;
}
