/** Takes transactions in, and sees to it that all peers have those that wait. */

import { assert } from '../domain/assert.ts';
import type { Hasher } from '../domain/crypto.ts';
import type { Instant } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { type Batch, type Fault, isPlain, type Transaction } from '../domain/transaction.ts';
import { accountIn, FRESH } from '../ledger/account.ts';
import {
  type Arrival,
  addPending,
  adopt,
  arrivalOf,
  dropSpent,
  findPending,
  type Pending,
  pendingMost,
  problemOfArrival,
  rankOfArrival,
} from '../ledger/mempool.ts';
import { faultOfRepeat } from '../ledger/recent.ts';
import type { State } from './state.ts';
import type { Step } from './step.ts';

/** Those handed to us are said again after so long, if nobody said them meanwhile. */
const oursMs = 5_000;

/** The others, in case whoever looked after them is gone. */
const theirsMs = 30_000;

/** So many at a time: brokers drop what comes in larger bursts. */
const mostAtATime = 50;

/** People hear of evictions so often. */
const tellMs = 1_000;

/** `known` waits already; null is welcome; `fresh` is, too, from a sender without an account. */
type Judgement = 'known' | 'fresh' | Refusal | null;

/** What would become of a transaction, its signature aside. */
export function judgeTransaction(
  state: State,
  transaction: Transaction,
  at: Instant,
  hasher: Hasher,
): Judgement {
  return judgeArrival(state, arrivalOf(transaction, hasher), at);
}

function judgeArrival(state: State, arrival: Arrival, at: Instant): Judgement {
  const { chain } = state.memory;
  if (chain === null)
    return { code: 'untimely-transaction', problem: 'this peer knows no network yet' };
  if (findPending(state.mempool, arrival) !== null) return 'known';
  const { transaction, account } = arrival;
  const over = isPlain(transaction)
    ? faultOfRepeat(chain.recent, account, transaction.message, chain.height)
    : null;
  if (over !== null) return { code: 'untimely-transaction', problem: over.problem };
  const { nonce } = accountIn(chain.accounts, account);
  if (!isPlain(transaction) && transaction.nonce < nonce) {
    const problem = `its nonce is ${transaction.nonce} where ${nonce} comes next`;
    return { code: 'untimely-transaction', problem };
  }
  const fault = problemOfArrival(state.mempool, arrival, chain, at);
  if (fault === null) return rankOfArrival(chain.accounts, arrival) === FRESH ? 'fresh' : null;
  if (fault.code === 'NO_ROOM') return { code: 'untimely-transaction', problem: fault.problem };
  return { code: 'bad-transaction', fault: fault.code, problem: fault.problem };
}

/** One that somebody passes on; its signature holds. */
export function hearTransaction(step: Step, transaction: Transaction): Refusal | null {
  const { state, now } = step;
  const arrival = arrivalOf(transaction, step.hasher);
  const known = findPending(state.mempool, arrival);
  if (known !== null) {
    known.saidAt = now.at;
    return null;
  }
  const verdict = judgeArrival(state, arrival, now.at);
  if (verdict !== null && verdict !== 'fresh') return verdict === 'known' ? null : verdict;
  take(step, arrival, false);
  return null;
}

/** Why a transaction cannot be sent through us, its signature aside; null if it can. */
export function problemOfSending(
  state: State,
  transaction: Transaction,
  at: Instant,
  hasher: Hasher,
): Fault | null {
  return problemOfHandingIn(state, arrivalOf(transaction, hasher), at);
}

function problemOfHandingIn(state: State, arrival: Arrival, at: Instant): Fault | null {
  const { chain } = state.memory;
  if (chain === null) return notReady('this peer knows no network yet');
  const isSilent = state.backlog !== null || state.naming !== null;
  if (!state.link.isConnected || isSilent || state.link.isLeaving)
    return notReady('this peer is cut off, or cannot write, or is on its way out');
  if (findPending(state.mempool, arrival) !== null) return null;
  return problemOfArrival(state.mempool, arrival, chain, at);
}

/** One that is handed to us: from now on we look after it, if we can, until it is in the ledger. */
export function send(step: Step, transaction: Transaction): Fault | null {
  const { state, now, hasher } = step;
  const arrival = arrivalOf(transaction, hasher);
  const fault = problemOfHandingIn(state, arrival, now.at);
  if (fault !== null) return fault;
  const known = findPending(state.mempool, arrival);
  if (known === null) take(step, arrival, true);
  else adopt(state.mempool, known);
  if (known === null) step.say({ kind: 'transaction', transaction });
  return null;
}

function notReady(problem: string): Fault {
  return { code: 'NOT_READY', problem };
}

function take(step: Step, arrival: Arrival, isOurs: boolean): void {
  const { state } = step;
  const { chain } = state.memory;
  assert(chain !== null, 'Nothing is taken in without a ledger.');
  const by = { isOurs, at: step.now.at };
  const evicted = addPending(state.mempool, arrival, chain.accounts, by);
  const last = evicted.at(-1);
  if (last !== undefined) {
    const count = (state.evicted?.count ?? 0) + evicted.length;
    state.evicted = { count, last: last.transaction };
    step.alarmBy('evictions', tellMs);
  }
  passOnSoon(step);
}

/** Says what had to go lately. */
export function tellEvictions(step: Step): void {
  const { evicted } = step.state;
  step.state.evicted = null;
  if (evicted === null) return;
  const { sender, nonce = null } = evicted.last;
  step.note({ kind: 'evicted', count: evicted.count, sender, nonce, waiting: pendingMost });
}

/** Takes out what a block carries, and what it makes impossible, of which people hear. */
export function takeOut(step: Step, batch: Batch): void {
  const { memory, mempool } = step.state;
  if (memory.chain === null) return;
  const dropped = dropSpent(mempool, memory.chain, batch);
  const ours = dropped.filter(({ pending }) => pending.isOurs);
  const first = ours[0] ?? dropped[0];
  if (first === undefined) return;
  const { sender, nonce = null } = first.pending.transaction;
  const facts = { count: dropped.length, ours: ours.length, sender, nonce };
  step.note({ kind: 'dropped', ...facts, fault: first.fault.code });
}

export function passOnSoon(step: Step): void {
  if (step.state.mempool.pending.length > 0 && !step.isSet('pass-on'))
    step.alarm('pass-on', step.jitter(oursMs, 2 * oursMs));
}

/** Says again what has not been said for long: the broker, or a peer, may have lost it. */
export function passOn(step: Step): void {
  const { mempool } = step.state;
  const isDue = ({ isOurs, saidAt }: Pending): boolean =>
    step.since(saidAt) >= (isOurs ? oursMs : theirsMs);
  // Ours first, and accounts before fresh keys, of which there may be any number.
  const due = mempool.pending.filter(isDue);
  due.sort((a, b) => Number(b.isOurs) - Number(a.isOurs) || b.rank - a.rank);
  for (const { transaction } of due.slice(0, mostAtATime))
    step.say({ kind: 'transaction', transaction });
  passOnSoon(step);
}
