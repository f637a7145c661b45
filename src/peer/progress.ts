/** Whether the work goes on under the controller that we obey, and whether it governs justly. */

import type { Hasher } from '../domain/crypto.ts';
import type { Block, Solution } from '../domain/message.ts';
import type { Instant } from '../domain/names.ts';
import type { Chain } from '../domain/standing.ts';
import type { Batch, Transaction } from '../domain/transaction.ts';
import { idleHeartbeats } from '../election/suspicion.ts';
import { questTurnMs } from '../lease/quest.ts';
import { accountIn, accountOf, FRESH, rankIn } from '../ledger/account.ts';
import { batchMost, sizeOf } from '../ledger/batch.ts';
import { digestOf, openingOf, zeroBits } from '../ledger/block.ts';
import { parseChange } from '../ledger/change.ts';
import type { Mempool, Pending } from '../ledger/mempool.ts';
import { nextBatch } from '../ledger/next-batch.ts';
import { controllerOf } from './presence.ts';
import { presentQuest } from './quests.ts';
import { hasChanged, type Work, workIn } from './signs.ts';
import type { Obeyed, State } from './state.ts';
import type { Step } from './step.ts';

/** A miner says its solution every 2 s until it is sealed; this long after it, it counts. */
const stillSaidMs = 5_000;

/** In heartbeats: a member that was heard so lately lives. */
const livelyHeartbeats = 1.5;

/** Blocks that may leave a transaction out; and the time, in which it is said again six times. */
const leftOutBlocks = 8;
const leftOutMs = 60_000;

/** Something has moved since `before`, as `workIn` told it. */
export function noteProgress({ state, now }: Step, before: Work): void {
  const { obeyed } = state;
  if (obeyed === null) return;
  const { blocks, searched } = workIn(state);
  const isBlockwise = hasChanged(before.blocks, blocks);
  if (isBlockwise) obeyed.blocksAt = now.at;
  // It falls where a quest is forgotten, or a lease lapses: that is no work.
  if (isBlockwise || searched > before.searched) obeyed.progressAt = now.at;
}

/** A solution for the open challenge that the controller is to propose; the first one will do. */
export function rememberSolution(step: Step, { clientID, solution, ...said }: Solution): void {
  const { state, now, hasher } = step;
  const { challenge, heardSolution: known, memory } = state;
  if (known !== null) {
    if (known.miner === clientID && known.solution === solution) known.lastAt = now.at;
    if (step.since(known.lastAt) < stillSaidMs) return;
  }
  if (challenge === null || said.transactionID !== memory.height) return;
  const opening = openingOf(challenge.message);
  const { reward } = said;
  const block = { ...opening, clientID, solution, ...(reward !== undefined && { reward }) };
  if (zeroBits(digestOf(block, hasher)) < opening.challenge) return;
  const firstAt = (now.at - (state.obeyed?.solvedMs ?? 0)) as Instant;
  state.heardSolution = { miner: clientID, solution, firstAt, lastAt: now.at };
}

/**
 * A block ends the wait for a solution of its height. But a change of the roster is no answer to a
 * miner: for the next solution less time is left, though a heartbeat at least.
 */
export function endWait(step: Step, { change }: Block): void {
  const { obeyed, heardSolution: heard, settings } = step.state;
  step.state.heardSolution = null;
  if (obeyed === null) return;
  const mostMs = (idleHeartbeats - 1) * settings.heartbeatMs;
  if (change === undefined) obeyed.solvedMs = 0;
  else if (heard !== null && step.since(heard.lastAt) < stillSaidMs)
    obeyed.solvedMs = Math.min(step.since(heard.firstAt), mostMs);
}

/** Since when we may call the controller idle: later than it is where we did so in vain. */
export function idleSince(step: Step): Instant | null {
  const since = waitingSince(step);
  const { obeyed } = step.state;
  if (since === null || obeyed === null) return null;
  return Math.max(since, obeyed.patientUntil) as Instant;
}

/**
 * Since when something waits for the controller in vain; null if nothing does. It may be another
 * one's duty to us only as far as we would do it ourselves: our settings are not its own.
 */
export function waitingSince(step: Step): Instant | null {
  const { state } = step;
  const { obeyed, link, office } = state;
  if (obeyed === null || office !== null || controllerOf(state) === null) return null;
  const begun = Math.max(obeyed.at, link.since) as Instant;
  if (isNeglectful(step)) return begun;
  const solved = sinceSolved(step);
  // A challenge that is made easier meanwhile is no answer to a miner that has solved it.
  if (solved !== null) return Math.max(begun, solved) as Instant;
  const since = Math.max(begun, workedAt(step, obeyed)) as Instant;
  // Most of the time something has just gone on: what follows is asked seldom.
  if (step.since(since) < state.settings.heartbeatMs) return null;
  const isOpeningDue = presentQuest(step) === null && wouldOpen(step);
  return state.proposal !== null || isOpeningDue || isOfferIgnored(step) ? since : null;
}

/**
 * When the work last went on. A lease is no answer to a block that waits for its seal; and leases
 * alone, which may be recorded ones of quests that all have forgotten, are none beyond their turn.
 */
function workedAt(step: Step, { progressAt, blocksAt }: Obeyed): number {
  if (step.state.proposal !== null) return blocksAt;
  const turnEndsAt = blocksAt + questTurnMs;
  return progressAt > turnEndsAt && wouldOpen(step) ? turnEndsAt : progressAt;
}

/**
 * A mined block is appended: a transaction that could have been in it, and for which it had room,
 * was left out once more. Those of fresh keys may wait, and so may what makes new accounts.
 */
export function countLeftOut({ state, now, hasher }: Step, batch: Batch): void {
  const { obeyed, mempool, memory } = state;
  const { chain } = memory;
  if (obeyed === null || chain === null || mempool.pending.length === 0) return;
  const room = batchMost - sizeOf(batch);
  const isLeftOut = ({ ahead, rank, text, transaction }: Pending): boolean =>
    ahead === 0 && rank !== FRESH && text.length <= room && isPlain(transaction, chain, hasher);
  const { leftOut } = obeyed;
  if (
    leftOut !== null &&
    mempool.pending.some((one) => one.text === leftOut.text && isLeftOut(one))
  ) {
    leftOut.blocks += 1;
    return;
  }
  const left = mempool.pending.find(isLeftOut);
  obeyed.leftOut = left === undefined ? null : { text: left.text, blocks: 1, since: now.at };
}

/** Whether its sender has what it takes, and it makes no new account. */
function isPlain(transaction: Transaction, { accounts }: Chain, hasher: Hasher): boolean {
  const { balance } = accountIn(accounts, accountOf(transaction.sender, hasher));
  if (!('to' in transaction)) return true;
  const isKnown = rankIn(accounts, accountOf(transaction.to, hasher)) !== FRESH;
  return isKnown && transaction.amount <= balance;
}

/** A transaction is left out too long for our controller to have only missed it. */
function isNeglectful(step: Step): boolean {
  const { leftOut } = step.state.obeyed ?? { leftOut: null };
  if (leftOut === null || leftOut.blocks < leftOutBlocks) return false;
  return step.since(leftOut.since) >= leftOutMs && isWaiting(step.state.mempool, leftOut.text);
}

function isWaiting({ pending }: Mempool, wanted: string): boolean {
  return pending.some(({ text }) => text === wanted);
}

/** Since when a solution, ours or another's, is said again and again, and nothing is proposed. */
function sinceSolved(step: Step): Instant | null {
  const { proposal, heardSolution: heard } = step.state;
  if (proposal !== null || heard === null) return null;
  return step.since(heard.lastAt) < stillSaidMs ? heard.firstAt : null;
}

/** No challenge is open, and we would open one in its place if there were no quest. */
function wouldOpen(step: Step): boolean {
  const { challenge, proposal, memory, settings, mempool, behind } = step.state;
  const { chain } = memory;
  if (challenge !== null || proposal !== null || chain === null || behind !== null) return false;
  if (settings.challenges > 0 && chain.mined >= settings.challenges) return false;
  if (settings.mineWhen !== 'transactions') return true;
  return nextBatch(mempool, chain, step.hasher).length > 0;
}

/** There is a quest, and no challenge before it: we offer ourselves for it, and get nothing. */
function isOfferIgnored(step: Step): boolean {
  const { offered, held, challenge, settings } = step.state;
  if (challenge !== null || offered === null) return false;
  const isFree = (held?.ranges.length ?? 0) === 0;
  const isOffering = isFree && presentQuest(step)?.id === offered.quest;
  return isOffering && step.since(offered.at) < settings.heartbeatMs;
}

/** We are admitted: from now on we watch over the controller, which we had no need to before. */
export function beginWatch({ state, now, self }: Step, block: Block): void {
  const change = block.change === undefined ? null : parseChange(block.change);
  if (change?.kind !== 'admit' || change.member.clientID !== self) return;
  if (state.obeyed !== null) state.obeyed.heardAt = now.at;
}

/**
 * A removal that the controller proposed is sealed: was its member here a moment ago? Whether the
 * block is valid never depends on that, or not all would judge alike. But we trust this controller
 * no more, and call an election: it has removed one member, and not one after another.
 */
export function judgeRemoval(step: Step, block: Block): void {
  const { obeyed, acquaintances, settings } = step.state;
  const change = block.change === undefined ? null : parseChange(block.change);
  if (change?.kind !== 'remove' || obeyed === null) return;
  if (block.clientID !== controllerOf(step.state) || block.clientID === change.clientID) return;
  const { gone = null, heardAt = null } = acquaintances[change.clientID] ?? {};
  const isHere = gone === null && heardAt !== null;
  if (isHere && step.since(heardAt) < livelyHeartbeats * settings.heartbeatMs)
    obeyed.isUnjust = true;
}

/** Another removal by a controller that we trust no more; its successor's would count. */
export function isDistrusted({ obeyed }: State, { change }: Block): boolean {
  return (
    obeyed?.isUnjust === true && change !== undefined && parseChange(change)?.kind === 'remove'
  );
}
