/** Transactions that wait for a block, in the order of their arrival; plain data. */

import type { Hasher } from '../domain/crypto.ts';
import type { ClientID, Instant } from '../domain/names.ts';
import type { Accounts } from '../domain/standing.ts';
import { type Batch, type Fault, type Transaction, textOf } from '../domain/transaction.ts';
import { accountIn, accountOf, amountOf, apply, type Draft, draftOf } from './account.ts';
import { batchMost } from './batch.ts';
import { leftFor, newRates, type Rates, takeOne } from './rate.ts';

/** A transaction with what is computed of it, which everybody who looks at it needs. */
export type Arrival = {
  readonly transaction: Transaction;
  /** Its one text. */
  readonly text: string;
  /** The account of its sender. */
  readonly account: ClientID;
};

export type Pending = Arrival & {
  /** Whether it was handed to this very peer, which looks after it. */
  isOurs: boolean;
  /** When anybody last said it. */
  saidAt: Instant;
};

export type Mempool = {
  /** In the order of arrival. */
  pending: Pending[];
  /** The same by account and nonce: one for each. */
  readonly byPlace: Record<string, Pending>;
  readonly rates: Rates;
};

/** So many wait in all; when one more comes, the one that came first has to go. */
export const pendingMost = 5_000;

/** So many of one sender wait: nonces this far ahead of the ledger, and no further. */
export const pendingOfSender = 100;

export function newMempool(): Mempool {
  return { pending: [], byPlace: {}, rates: newRates() };
}

export function arrivalOf(transaction: Transaction, hasher: Hasher): Arrival {
  const account = accountOf(transaction.sender, hasher);
  return { transaction, text: textOf(transaction), account };
}

/** Why a transaction may not come in: what is cheaper to ask than its signature. Null if it may. */
export function problemOfArrival(
  mempool: Mempool,
  { transaction, account }: Arrival,
  accounts: Accounts,
  at: Instant,
): Fault | null {
  const { balance, nonce: next } = accountIn(accounts, account);
  const { nonce } = transaction;
  if (nonce < next) return nonceFault(`its nonce is ${nonce} where ${next} comes next`);
  if (nonce >= next + pendingOfSender)
    return nonceFault(`its nonce is ${nonce}, too far from ${next}, which comes next`);
  if (mempool.byPlace[placeOf(account, nonce)] !== undefined)
    return nonceFault(`another transaction with the nonce ${nonce} came first`);
  const amount = amountOf(transaction);
  const promised = amount === 0 ? 0 : promisedBy(mempool, account, next);
  if (amount + promised > balance) {
    const problem = `it sends ${amount} where ${Math.max(0, balance - promised)} are left`;
    return { code: 'INVALID_BALANCE', problem };
  }
  if (leftFor(mempool.rates, account, at) < 1)
    return { code: 'TOO_MANY', problem: 'its sender sends too many at a time' };
  return null;
}

/** The same transaction, if it waits already. */
export function findPending(mempool: Mempool, arrival: Arrival): Pending | null {
  const { account, transaction, text } = arrival;
  const pending = mempool.byPlace[placeOf(account, transaction.nonce)];
  return pending !== undefined && pending.text === text ? pending : null;
}

/**
 * Takes a transaction in that has no problem and whose signature holds. Answers with the one that
 * had to make room: the one that came first.
 */
export function addPending(
  mempool: Mempool,
  { transaction, text, account }: Arrival,
  by: { readonly isOurs: boolean; readonly at: Instant },
): Pending | null {
  takeOne(mempool.rates, account, by.at);
  const evicted = mempool.pending.length >= pendingMost ? (mempool.pending.shift() ?? null) : null;
  if (evicted !== null) forget(mempool, evicted);
  const pending: Pending = { transaction, text, account, isOurs: by.isOurs, saidAt: by.at };
  mempool.pending.push(pending);
  mempool.byPlace[placeOf(account, transaction.nonce)] = pending;
  return evicted;
}

export type Dropped = { readonly pending: Pending; readonly fault: Fault };

/**
 * After a block: drops what is in it, and what can be in none any more. Answers with the latter:
 * another one has their nonce, or took their money.
 */
export function dropSpent(mempool: Mempool, accounts: Accounts, batch: Batch): readonly Dropped[] {
  const inside = new Set(batch);
  const dropped: Dropped[] = [];
  const left: Pending[] = [];
  for (const pending of mempool.pending) {
    const fault = faultAfterBlock(pending, accounts);
    if (fault === null) {
      left.push(pending);
      continue;
    }
    forget(mempool, pending);
    if (!inside.has(pending.text)) dropped.push({ pending, fault });
  }
  mempool.pending = left;
  return dropped;
}

function faultAfterBlock({ account, transaction }: Pending, accounts: Accounts): Fault | null {
  const { balance, nonce: next } = accountIn(accounts, account);
  const { nonce } = transaction;
  if (nonce < next) return nonceFault(`another transaction has the nonce ${nonce} in the ledger`);
  const amount = amountOf(transaction);
  // With a later nonce, money may still come in between.
  if (nonce > next || amount <= balance) return null;
  return { code: 'INVALID_BALANCE', problem: `it sends ${amount} where the balance is ${balance}` };
}

/**
 * The batch of the next block: in the order of arrival, each sender's by nonce, as far as there is
 * room. What cannot be in it yet (a nonce is missing, or money) goes on waiting.
 */
export function nextBatch(mempool: Mempool, accounts: Accounts, hasher: Hasher): Batch {
  const filling: Filling = { batch: [], room: batchMost, draft: draftOf(accounts) };
  /** Those that came before the one with the nonce before theirs. */
  const early = new Set<Pending>();
  for (const pending of mempool.pending) {
    let next: Pending | null = pending;
    while (next !== null) {
      if (!tryPut(filling, next, hasher)) {
        early.add(next);
        break;
      }
      const follower = followerOf(mempool, next);
      next = follower !== null && early.delete(follower) ? follower : null;
    }
    if (filling.room < leastText) break;
  }
  return filling.batch;
}

/** No transaction is shorter. */
const leastText = 250;

type Filling = { readonly batch: string[]; room: number; readonly draft: Draft };

function tryPut(filling: Filling, { text, transaction }: Pending, hasher: Hasher): boolean {
  if (text.length > filling.room) return false;
  if (apply(filling.draft, transaction, hasher) !== null) return false;
  filling.batch.push(text);
  filling.room -= text.length;
  return true;
}

function followerOf(mempool: Mempool, { account, transaction }: Pending): Pending | null {
  return mempool.byPlace[placeOf(account, transaction.nonce + 1)] ?? null;
}

function promisedBy(mempool: Mempool, account: ClientID, next: number): number {
  let sum = 0;
  for (let nonce = next; nonce < next + pendingOfSender; nonce += 1) {
    const pending = mempool.byPlace[placeOf(account, nonce)];
    if (pending !== undefined) sum += amountOf(pending.transaction);
  }
  return sum;
}

function forget(mempool: Mempool, { account, transaction }: Pending): void {
  delete mempool.byPlace[placeOf(account, transaction.nonce)];
}

function placeOf(account: ClientID, nonce: number): string {
  return `${account} ${nonce}`;
}

function nonceFault(problem: string): Fault {
  return { code: 'INVALID_NONCE', problem };
}
