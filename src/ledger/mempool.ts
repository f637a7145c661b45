/** Transactions that wait for a block: who gets in, and who goes when it is full; plain data. */

import type { Hasher } from '../domain/crypto.ts';
import type { ClientID, Instant } from '../domain/names.ts';
import type { Accounts, Books } from '../domain/standing.ts';
import {
  type Batch,
  type Fault,
  isPlain,
  type Transaction,
  textOf,
} from '../domain/transaction.ts';
import { accountIn, accountOf, amountOf, FRESH, FUNDED, type Rank, rankIn } from './account.ts';
import { leftFor, newRates, type Rates, takeOne } from './rate.ts';
import { faultOfRepeat } from './recent.ts';

/** A transaction with what is computed of it, which everybody who looks at it needs. */
export type Arrival = {
  readonly transaction: Transaction;
  /** Its one text. */
  readonly text: string;
  /** The account of its sender. */
  readonly account: ClientID;
};

export type Pending = Arrival & {
  /** Whether it was handed to this very peer, which looks after it and keeps it. */
  isOurs: boolean;
  /** Of its sender, as of the last block; of a fresh key where it has no nonce. */
  rank: Rank;
  /** How many transactions of its sender's, of its kind, come first: below `pendingOfSender`. */
  ahead: number;
  /** When anybody last said it. */
  saidAt: Instant;
};

export type Mempool = {
  /** In the order of arrival. */
  pending: Pending[];
  /** The same by account and nonce, or message where there is no nonce: one for each. */
  readonly byPlace: Record<string, Pending>;
  /** How many without a nonce wait of each sender that has any. */
  readonly plain: Record<ClientID, number>;
  /** How many of them are ours. */
  ours: number;
  readonly rates: Rates;
};

/** The most that wait in all; when one more comes, some that were not handed to us have to go. */
export const pendingMost = 5_000;

/** How many go at a time, as to choose them takes a look at all. */
export const evictedAtOnce = 100;

/**
 * The most of our own that we keep where one of this rank comes: others need room, and what
 * costs nothing must leave some to what does. One that comes then has no more rights than others.
 */
const oursMost: Readonly<Record<Rank, number>> = { 0: 1_250, 1: 2_500, 2: 3_750 };

/** So many of one sender wait: nonces this far ahead, no further; and as many without a nonce. */
export const pendingOfSender = 100;

export function newMempool(): Mempool {
  return { pending: [], byPlace: {}, plain: {}, ours: 0, rates: newRates() };
}

export function arrivalOf(transaction: Transaction, hasher: Hasher): Arrival {
  const account = accountOf(transaction.sender, hasher);
  return { transaction, text: textOf(transaction), account };
}

/** Why a transaction may not come in: what is cheaper to ask than its signature. Null if it may. */
export function problemOfArrival(
  mempool: Mempool,
  arrival: Arrival,
  books: Books,
  at: Instant,
): Fault | null {
  const { account } = arrival;
  const fault = problemOfTurn(mempool, arrival, books);
  if (fault !== null) return fault;
  if (leftFor(mempool.rates, account, at) < 1)
    return { code: 'TOO_MANY', problem: 'its sender sends too many at a time' };
  if (!hasRoom(mempool, rankOfArrival(books.accounts, arrival)))
    return { code: 'NO_ROOM', problem: `${pendingMost} wait already that go before it` };
  return null;
}

/** Its sender's; but what has no nonce costs nothing, whoever says it. */
export function rankOfArrival(accounts: Accounts, { transaction, account }: Arrival): Rank {
  return isPlain(transaction) ? FRESH : rankIn(accounts, account);
}

/** What the ledger, and what waits of the same sender, has against it. */
function problemOfTurn(
  mempool: Mempool,
  { transaction, account }: Arrival,
  { accounts, recent, height }: Books,
): Fault | null {
  const isTaken = mempool.byPlace[placeOf(account, transaction)] !== undefined;
  if (isPlain(transaction)) {
    const fault = faultOfRepeat(recent, account, transaction.message, height);
    if (fault !== null) return fault;
    if (isTaken) return { code: 'REPEATED', problem: 'its sender has said the same, which waits' };
    if ((mempool.plain[account] ?? 0) < pendingOfSender) return null;
    const problem = `${pendingOfSender} of its sender wait already that have no nonce`;
    return { code: 'TOO_MANY', problem };
  }
  const { balance, nonce: next } = accountIn(accounts, account);
  const { nonce } = transaction;
  if (nonce < next) return nonceFault(`its nonce is ${nonce} where ${next} comes next`);
  if (nonce >= next + pendingOfSender)
    return nonceFault(`its nonce is ${nonce}, too far from ${next}, which comes next`);
  if (isTaken) return nonceFault(`another transaction with the nonce ${nonce} came first`);
  const amount = amountOf(transaction);
  const promised = amount === 0 ? 0 : promisedBy(mempool, account, next);
  if (amount + promised > balance) {
    const problem = `it sends ${amount} where ${Math.max(0, balance - promised)} are left`;
    return { code: 'INVALID_BALANCE', problem };
  }
  return null;
}

function hasRoom({ pending }: Mempool, rank: Rank): boolean {
  return pending.length < pendingMost || pending.some((one) => !one.isOurs && one.rank <= rank);
}

/** The same transaction, if it waits already. */
export function findPending(mempool: Mempool, arrival: Arrival): Pending | null {
  const { account, transaction, text } = arrival;
  const pending = mempool.byPlace[placeOf(account, transaction)];
  return pending !== undefined && pending.text === text ? pending : null;
}

/**
 * Takes a transaction in that has no problem and whose signature holds. Answers with those that had
 * to make room.
 */
export function addPending(
  mempool: Mempool,
  arrival: Arrival,
  accounts: Accounts,
  by: { readonly isOurs: boolean; readonly at: Instant },
): readonly Pending[] {
  const { account, transaction, text } = arrival;
  takeOne(mempool.rates, account, by.at);
  const evicted = mempool.pending.length >= pendingMost ? evict(mempool) : [];
  const rank = rankOfArrival(accounts, arrival);
  const waiting = mempool.plain[account] ?? 0;
  const ahead = isPlain(transaction)
    ? waiting
    : transaction.nonce - accountIn(accounts, account).nonce;
  const saidAt = by.at;
  const pending: Pending = { transaction, text, account, isOurs: false, rank, ahead, saidAt };
  mempool.pending.push(pending);
  mempool.byPlace[placeOf(account, transaction)] = pending;
  if (isPlain(transaction)) mempool.plain[account] = waiting + 1;
  if (by.isOurs) adopt(mempool, pending);
  return evicted;
}

/** From now on we look after it, if we do not look after too many. */
export function adopt(mempool: Mempool, pending: Pending): void {
  if (pending.isOurs || mempool.ours >= oursMost[pending.rank]) return;
  pending.isOurs = true;
  mempool.ours += 1;
}

/**
 * Of those that are not ours, the ones of the lowest rank that are farthest from their turn: so
 * a sender that has most waiting loses most. Of equals those go that came first.
 */
function evict(mempool: Mempool): readonly Pending[] {
  const others = mempool.pending.filter(({ isOurs }) => !isOurs);
  const lowest = others.reduce((rank, one) => (one.rank < rank ? one.rank : rank), FUNDED);
  const byDistance: Pending[][] = Array.from({ length: pendingOfSender }, () => []);
  for (const one of others) if (one.rank === lowest) byDistance[one.ahead]?.push(one);
  const evicted = new Set(byDistance.reverse().flat().slice(0, evictedAtOnce));
  for (const one of evicted) forget(mempool, one);
  mempool.pending = mempool.pending.filter((one) => !evicted.has(one));
  return [...evicted];
}

export type Dropped = { readonly pending: Pending; readonly fault: Fault };

/**
 * After a block: drops what is in it, and what can be in none any more. Answers with the latter:
 * another one has their nonce, or took their money, or said the same.
 */
export function dropSpent(mempool: Mempool, books: Books, batch: Batch): readonly Dropped[] {
  const inside = new Set(batch);
  const dropped: Dropped[] = [];
  const left: Pending[] = [];
  const plain: Record<ClientID, number> = {};
  for (const pending of mempool.pending) {
    const { transaction, account } = pending;
    const fault = faultAfterBlock(pending, books);
    if (fault === null) {
      pending.rank = rankOfArrival(books.accounts, pending);
      const before = plain[account] ?? 0;
      if (isPlain(transaction)) plain[account] = before + 1;
      pending.ahead = isPlain(transaction)
        ? before
        : transaction.nonce - accountIn(books.accounts, account).nonce;
      left.push(pending);
      continue;
    }
    forget(mempool, pending);
    if (!inside.has(pending.text)) dropped.push({ pending, fault });
  }
  mempool.pending = left;
  return dropped;
}

function faultAfterBlock({ transaction, account }: Pending, books: Books): Fault | null {
  if (isPlain(transaction))
    return faultOfRepeat(books.recent, account, transaction.message, books.height);
  const { balance, nonce: next } = accountIn(books.accounts, account);
  const { nonce } = transaction;
  if (nonce < next) return nonceFault(`another transaction has the nonce ${nonce} in the ledger`);
  const amount = amountOf(transaction);
  // With a later nonce, money may still come in between.
  if (nonce > next || amount <= balance) return null;
  return { code: 'INVALID_BALANCE', problem: `it sends ${amount} where the balance is ${balance}` };
}

/** What its sender has waiting with the next nonce. */
export function followerOf(mempool: Mempool, { account, transaction }: Pending): Pending | null {
  if (isPlain(transaction)) return null;
  return mempool.byPlace[placeOfNonce(account, transaction.nonce + 1)] ?? null;
}

function promisedBy(mempool: Mempool, account: ClientID, next: number): number {
  let sum = 0;
  for (let nonce = next; nonce < next + pendingOfSender; nonce += 1) {
    const pending = mempool.byPlace[placeOfNonce(account, nonce)];
    if (pending !== undefined) sum += amountOf(pending.transaction);
  }
  return sum;
}

function forget(mempool: Mempool, { account, transaction, isOurs }: Pending): void {
  if (isOurs) mempool.ours -= 1;
  delete mempool.byPlace[placeOf(account, transaction)];
  if (!isPlain(transaction)) return;
  const left = (mempool.plain[account] ?? 0) - 1;
  if (left > 0) mempool.plain[account] = left;
  else delete mempool.plain[account];
}

/** Quoted, as a message may be all digits. */
function placeOf(account: ClientID, transaction: Transaction): string {
  return isPlain(transaction)
    ? `${account} "${transaction.message}"`
    : placeOfNonce(account, transaction.nonce);
}

function placeOfNonce(account: ClientID, nonce: number): string {
  return `${account} ${nonce}`;
}

function nonceFault(problem: string): Fault {
  return { code: 'INVALID_NONCE', problem };
}
