/** Which of the transactions that wait the next block carries: each sender has its turn. */

import type { Hasher } from '../domain/crypto.ts';
import type { ClientID } from '../domain/names.ts';
import type { Books } from '../domain/standing.ts';
import { type Batch, isPlain, type Transaction } from '../domain/transaction.ts';
import {
  accountOf,
  apply,
  type Draft,
  draftOf,
  FRESH,
  FUNDED,
  type Rank,
  rankIn,
  USED,
} from './account.ts';
import { batchMost } from './batch.ts';
import { followerOf, type Mempool, type Pending } from './mempool.ts';

/** The share of a batch for what makes accounts: it costs nothing, and they are kept for ever. */
export const newcomersMost: number = batchMost / 4;

/** As much is left to those who have a history and no balance, before funded senders take it. */
const leftToUsed = batchMost / 4;

type Filling = {
  readonly batch: string[];
  room: number;
  newcomersRoom: number;
  readonly draft: Draft;
  readonly hasher: Hasher;
  /** Of each that waits, the one of its sender that comes next. */
  readonly followerOf: (pending: Pending) => Pending | null;
};

/**
 * Senders who own something go first, then those who have a history, then fresh keys; in each of
 * these, one transaction of each sender in turn, in the order in which they came. What
 * cannot be in it yet (a nonce is missing, or money) goes on waiting.
 */
export function nextBatch(mempool: Mempool, books: Books, hasher: Hasher): Batch {
  const draft = draftOf(books);
  const plain = plainTurns(mempool);
  const filling: Filling = {
    batch: [],
    room: batchMost,
    newcomersRoom: newcomersMost,
    draft,
    hasher,
    followerOf: (pending) => plain.followers.get(pending) ?? followerOf(mempool, pending),
  };
  /** What comes next of each sender of a rank. */
  const firstOf = (of: Rank): readonly Pending[] =>
    mempool.pending.filter(
      (one) =>
        one.rank === of && (isPlain(one.transaction) ? plain.first.has(one) : one.ahead === 0),
    );
  const funded = fill(filling, firstOf(FUNDED), leftToUsed);
  fill(filling, firstOf(USED), 0);
  fill(filling, funded, 0);
  fill(filling, firstOf(FRESH), 0);
  return filling.batch;
}

type Turns = {
  readonly first: ReadonlySet<Pending>;
  readonly followers: ReadonlyMap<Pending, Pending>;
};

/** Without a nonce, those of one sender follow one another as they came. */
function plainTurns({ pending }: Mempool): Turns {
  const first = new Set<Pending>();
  const followers = new Map<Pending, Pending>();
  const last = new Map<ClientID, Pending>();
  for (const one of pending) {
    if (!isPlain(one.transaction)) continue;
    const before = last.get(one.account);
    if (before === undefined) first.add(one);
    else followers.set(before, one);
    last.set(one.account, one);
  }
  return { first, followers };
}

/**
 * Round after round, until none of them has anything that fits beside what is `spared`. Answers
 * with what could not be in it.
 */
function fill(filling: Filling, first: readonly Pending[], spared: number): readonly Pending[] {
  const left: Pending[] = [];
  let round = first;
  while (round.length > 0) {
    const following: Pending[] = [];
    for (const pending of round) {
      const isIn = tryPut(filling, pending, spared);
      const next = isIn ? filling.followerOf(pending) : null;
      if (next !== null) following.push(next);
      if (!isIn) left.push(pending);
    }
    round = following;
  }
  return left;
}

function tryPut(filling: Filling, pending: Pending, spared: number): boolean {
  const { batch, draft, hasher } = filling;
  const { text, transaction, rank } = pending;
  if (text.length > filling.room - spared) return false;
  const isNewcomers = rank === FRESH || makesAccount(draft, transaction, hasher);
  if (isNewcomers && text.length > filling.newcomersRoom) return false;
  if (apply(draft, transaction, hasher) !== null) return false;
  batch.push(text);
  filling.room -= text.length;
  if (isNewcomers) filling.newcomersRoom -= text.length;
  return true;
}

/** Whether it pays a key that has no account yet. */
function makesAccount({ accounts }: Draft, transaction: Transaction, hasher: Hasher): boolean {
  return 'to' in transaction && rankIn(accounts, accountOf(transaction.to, hasher)) === FRESH;
}
