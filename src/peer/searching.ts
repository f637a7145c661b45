/** The miner's half: what to search, what to do with a find, and why a peer is idle. */

import type { Event, Work } from '../domain/contract.ts';
import type { Idle } from '../domain/idle.ts';
import type { Challenge, Result } from '../domain/message.ts';
import type { Refusal } from '../domain/refusal.ts';
import { openingOf, openingText, workOf, zeroBits } from '../ledger/block.ts';
import { problemOfOpening } from '../ledger/chain.ts';
import { fallBehind, isCatchingUp } from './asking.ts';
import { findLeased, hearLeasedSearched, leasedWork, noteLease } from './holding.ts';
import { isInRoster, presentRoster } from './memory.ts';
import { controllerOf, countKnown, isOfTermToCome } from './presence.ts';
import { presentQuest } from './quests.ts';
import type { State } from './state.ts';
import type { Step } from './step.ts';

const solveMs = 2_000;

/** Takes the controller's challenge; one that comes before we can judge it waits until we can. */
export function hearChallenge(step: Step, challenge: Challenge): Refusal | null {
  const { state } = step;
  const { chain, rules } = state.memory;
  const isEarly = chain === null || isOfTermToCome(state, challenge.term);
  const isBelievable = chain === null || isInRoster(state.memory, challenge.clientID);
  if (isBelievable && (isEarly || challenge.transactionID > chain.height)) {
    const pending = state.pendingChallenge;
    if (pending === null || pending.term <= challenge.term) state.pendingChallenge = challenge;
  }
  if (isEarly) return null;
  if (challenge.term !== state.memory.term || challenge.clientID !== controllerOf(state))
    return { code: 'not-the-controller', term: challenge.term };
  if (challenge.transactionID > chain.height) {
    fallBehind(step, challenge.transactionID);
    return null;
  }
  if (challenge.transactionID < chain.height)
    return { code: 'stale-transaction', transactionID: challenge.transactionID };
  const problem = problemOfOpening(openingOf(challenge), chain, rules);
  if (problem !== null) return { code: 'wrong-block', problem };
  if (isOvertaken(state, challenge))
    return { code: 'stale-transaction', transactionID: challenge.transactionID };
  takeChallenge(step, challenge);
  return null;
}

/** In a term, a later opening of the same number takes the place of an earlier one, for good. */
function isOvertaken({ challenge: taken }: State, challenge: Challenge): boolean {
  if (taken === null || taken.message.term !== challenge.term) return false;
  return challenge.time <= taken.message.time && !isSameOpening(taken.message, challenge);
}

function isSameOpening(one: Challenge, other: Challenge): boolean {
  return openingText(openingOf(one)) === openingText(openingOf(other));
}

/** Looks again at a challenge that came before its mandate, its network or its parent. */
export function reconsiderChallenge(step: Step): void {
  const { pendingChallenge: pending, memory } = step.state;
  if (pending === null || pending.clientID !== controllerOf(step.state)) return;
  if (pending.transactionID > memory.height && pending.term === memory.term) return;
  step.state.pendingChallenge = null;
  // By now it may be over; then it is nobody's fault.
  hearChallenge(step, pending);
}

/** Whether `later` is what `earlier` has become when its controller made it easier. */
function isReopening(earlier: Challenge, later: Challenge): boolean {
  const isSame = earlier.term === later.term && earlier.transactionID === later.transactionID;
  return isSame && earlier.time < later.time;
}

function takeChallenge(step: Step, challenge: Challenge): void {
  const { state } = step;
  const before = state.challenge;
  const isSame = before !== null && isSameOpening(before.message, challenge);
  // Said again: nothing is moved by it.
  if (isSame && before.message.term === challenge.term) return;
  const work = workOf(openingOf(challenge), step.self, state.settings.rewardKey);
  state.challenge = { message: challenge, work, heardAt: isSame ? before.heardAt : step.now.at };
  // The new controller would have proposed what was accepted; so nothing is, and we search on.
  if (state.proposal !== null && state.proposal.term < challenge.term) state.proposal = null;
  // What we solved before it was made easier still counts for the same controller.
  const isEasier = before !== null && isReopening(before.message, challenge);
  if (state.solved !== null && state.solved.work.id !== work.id && !isEasier) state.solved = null;
  if (!isSame) state.isExhausted = false;
  if (!isSame || before?.message.term !== challenge.term) noteChallenge(step, challenge);
}

function noteChallenge(step: Step, challenge: Challenge): void {
  step.note({
    kind: 'challenge',
    term: challenge.term,
    transactionID: challenge.transactionID,
    bits: challenge.challenge,
    expected: 2 ** challenge.challenge,
    preimage: openingText(openingOf(challenge)),
  });
}

/** A thread has found digits: they are checked, told, said, and said again until it is sealed. */
export function find(step: Step, found: Extract<Event, { kind: 'found' }>): void {
  const { state } = step;
  const { mining } = state;
  if (mining?.id === found.work && mining.range !== undefined) {
    findLeased(step, found);
    return;
  }
  // Finds for work that is over come in now and then: the threads had not heard yet.
  if (mining === null || mining.id !== found.work || state.solved !== null) return;
  const digest = step.hasher.sha256(mining.header + found.solution);
  if (zeroBits(digest) < mining.bits) return;
  const { transactionID } = mining;
  step.note({ kind: 'found', transactionID, solution: found.solution, digest });
  state.solved = { work: mining, solution: found.solution };
  saySolution(step);
}

/** Says our solution again, until its number is sealed. */
export function saySolution(step: Step): void {
  const { solved, settings, memory } = step.state;
  step.cancel('solve');
  if (solved === null) return;
  const isObserver = !isInRoster(memory, step.self);
  step.say({
    kind: 'solution',
    clientID: step.self,
    transactionID: solved.work.transactionID,
    solution: solved.solution,
    ...(isObserver ? { publicKey: settings.self.publicKey } : {}),
    ...(settings.rewardKey === undefined ? {} : { reward: settings.rewardKey }),
  });
  step.alarm('solve', solveMs);
}

/** The controller refused a solution: where it can never count any more, we search on. */
export function hearRefusedSolution(
  step: Step,
  result: Extract<Result, { result: 0 }>,
): Refusal | null {
  const { solved } = step.state;
  if (result.controllerID !== controllerOf(step.state))
    return { code: 'not-the-controller', term: step.state.memory.term };
  if (result.clientID !== step.self) return null;
  const isOurs =
    solved?.work.transactionID === result.transactionID && solved.solution === result.solution;
  step.note({
    kind: 'solution-refused',
    transactionID: result.transactionID,
    miner: result.clientID,
    solution: result.solution,
    reason: result.reason,
    isOwn: true,
  });
  if (isOurs && result.reason === 'invalid') {
    step.state.solved = null;
    step.cancel('solve');
  }
  return null;
}

export function hearSearched(step: Step, report: Extract<Event, { kind: 'searched' }>): void {
  const { state } = step;
  const { mining, challenge } = state;
  if (mining === null || mining.id !== report.work) return;
  if (mining.range !== undefined) {
    hearLeasedSearched(step, report);
    return;
  }
  if (challenge === null) return;
  state.hashRate = report.perSecond;
  if (report.exhausted) state.isExhausted = true;
  const { transactionID } = mining;
  for (const solution of report.near) step.note({ kind: 'near', transactionID, solution });
  step.note({
    kind: 'progress',
    transactionID,
    tried: report.tried,
    perSecond: report.perSecond,
    expected: 2 ** mining.bits,
    elapsedMs: step.since(challenge.heardAt),
  });
}

/** Brings the miner in line with what there is to search. */
export function refreshWork(step: Step): void {
  const { state } = step;
  const work = workToDo(state);
  if (work?.id === state.mining?.id) return;
  state.mining = work;
  if (work?.range !== undefined) noteLease(step);
  // Shows nobody anything, and need not wait until the disk has what ended it.
  if (work === null) step.actFirst({ kind: 'rest' });
  else step.act({ kind: 'mine', work });
}

function workToDo(state: State): Work | null {
  const { challenge, settings } = state;
  const leased = leasedWork(state);
  if (leased !== null) return leased;
  if (challenge === null || !settings.mines || whyIdle(state) !== null) return null;
  return challenge.work;
}

/** Why nothing is searched at the moment; null if something is. Being offline is no reason. */
function whyIdle(state: State): Idle | null {
  const { memory, challenge } = state;
  if (state.link.isLeaving) return { reason: 'leaving' };
  if (state.backlog !== null) return { reason: 'journal' };
  if (state.isPaused) return { reason: 'paused' };
  if (memory.network === null) return { reason: 'founding' };
  if (state.office !== null && (presentRoster(memory)?.members.length ?? 0) > 1)
    return { reason: 'governing' };
  if (leasedWork(state) !== null) return null;
  if (state.behind !== null && isCatchingUp(state))
    return { reason: 'behind', height: memory.height, of: state.behind.target };
  if (challenge === null || challenge.message.transactionID !== memory.height)
    return { reason: 'no-challenge' };
  if (state.solved !== null) return { reason: 'solved' };
  if (state.proposal !== null) return { reason: 'proposed', miner: state.proposal.block.clientID };
  return state.isExhausted ? { reason: 'exhausted' } : null;
}

/** Tells people once why we are idle, whenever the reason changes. */
export function tellIdle(step: Step): void {
  const idle = whyIdleInWords(step);
  if (isSame(idle, step.state.toldIdle)) return;
  step.state.toldIdle = idle;
  if (idle !== null) step.note({ kind: 'idle', idle });
}

function isSame(one: Idle | null, other: Idle | null): boolean {
  if (one === null || one.reason !== other?.reason) return one === other;
  // How far we are changes with each page; `syncing` tells that.
  if (one.reason === 'behind') return true;
  const facts: Readonly<Record<string, unknown>> = other;
  return Object.entries(one).every(([name, fact]) => facts[name] === fact);
}

/** The same with the deeper reasons that people want to hear. */
function whyIdleInWords(step: Step): Idle | null {
  const { state } = step;
  const { memory, behind, settings } = state;
  const idle = whyIdle(state);
  if (idle === null || idle.reason === 'paused' || idle.reason === 'journal') return idle;
  if (state.naming?.answeredAt != null) return { reason: 'name-in-use' };
  if (!state.link.isConnected) return { reason: 'disconnected' };
  if (memory.network === null) return whyUnfounded(step);
  if (isWaiting(state)) return whyWaiting(step, idle);
  if (idle.reason !== 'no-challenge') return idle;
  if (behind !== null) return { reason: 'behind', height: memory.height, of: behind.target };
  if (settings.challenges > 0 && (memory.chain?.mined ?? 0) >= settings.challenges)
    return { reason: 'finished' };
  const hasController = controllerOf(state) !== null;
  return hasController ? idle : { reason: 'no-controller', term: memory.term };
}

/** Work from elsewhere may be searched for meanwhile, or be missing, too. */
function whyWaiting(step: Step, otherwise: Idle): Idle {
  const { sourcing } = step.state;
  if (sourcing === null) return { reason: 'no-transactions' };
  const isInVain = sourcing.attempts + sourcing.rejections > 0;
  return isInVain && presentQuest(step) === null ? { reason: 'no-work' } : otherwise;
}

/** Whether we are the controller, and open nothing for want of transactions. */
function isWaiting({ office, settings, memory }: State): boolean {
  if (settings.mineWhen !== 'transactions' || !office?.isGoverning) return false;
  const isOver = settings.challenges > 0 && (memory.chain?.mined ?? 0) >= settings.challenges;
  return office.opening === null && office.proposed === null && !isOver;
}

function whyUnfounded(step: Step): Idle {
  const { heardNetwork, settings, pendingMandate, deadMandateUntil } = step.state;
  if (heardNetwork !== null) return { reason: 'learning', network: heardNetwork.digest };
  if (settings.isQuiet === true) return { reason: 'no-network' };
  const known = countKnown(step);
  if (known < settings.peers) return { reason: 'peers-missing', known, wanted: settings.peers };
  const isWaiting = deadMandateUntil !== null && step.now.at < deadMandateUntil;
  if (!isWaiting || pendingMandate === null) return { reason: 'founding' };
  return { reason: 'old-mandate', controller: pendingMandate.mandate.clientID };
}
