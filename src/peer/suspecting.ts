/** Watches over the controller, and calls an election when it is gone (PROTOCOL 6.1, 6.2). */

import type { Commitment, Heartbeat, Reveal } from '../domain/message.ts';
import type { Instant } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { isMember } from '../domain/roster.ts';
import { boothOf, isOpen } from '../election/booth.ts';
import {
  idleHeartbeats,
  judge,
  judgeLife,
  type Verdict,
  type Watch,
} from '../election/suspicion.ts';
import { controllerRecord } from './acquainting.ts';
import { answerSoon } from './answering.ts';
import {
  beginElection,
  closePhase,
  joinElection,
  keepCommitment,
  keepReveal,
  phaseMs,
} from './electing.ts';
import { isInRoster, presentRoster } from './memory.ts';
import { idleSince, waitingSince } from './progress.ts';
import type { Step } from './step.ts';
import { leaveElection } from './terms.ts';

/** In heartbeats: nobody suspects so soon after it came back itself. */
const settleHeartbeats = 1.2;

/** Who only heard reveals leaves those who speak so much time to finish. */
const listenMs = 2_000;

/** An election under a roster that has changed since is over: its votes would not add up. */
export function leaveOldElection(step: Step): void {
  const { election, memory } = step.state;
  const roster = presentRoster(memory);
  if (election === null || election.isFounding || roster === null) return;
  if (election.roster.digest !== roster.digest) leaveElection(step);
}

/** Calls an election if there is reason to; else sets the alarm for when there may be one. */
export function suspect(step: Step): void {
  const { state, now } = step;
  const roster = presentRoster(state.memory);
  step.cancel('suspect');
  if (roster === null || !isMember(roster, step.self)) return;
  if (!state.link.isConnected || state.link.isLeaving || state.office !== null) return;
  if (state.election !== null || step.isSet('elect')) return;
  const settledAt = state.link.since + settleMs(step);
  const verdict = judgeController(step);
  const until = verdict.kind === 'wait' ? verdict.until : now.at;
  if (verdict.kind === 'suspect' && now.at >= settledAt) {
    beginElection(step, roster, verdict.why);
  } else {
    step.alarm('suspect', Math.max(until, settledAt) - now.at);
  }
}

/** The first connection of all has nothing to settle: nobody was heard before it. */
function settleMs(step: Step): number {
  const { link, settings } = step.state;
  return link.isFirst ? 0 : settleHeartbeats * settings.heartbeatMs;
}

function judgeController(step: Step): Verdict {
  return judge(watchOf(step));
}

function watchOf(step: Step): Watch {
  const { state, now } = step;
  const { obeyed, memory, settings } = state;
  const isOfTerm = obeyed !== null && obeyed.term === memory.term;
  const record = controllerRecord(step);
  const jitterMs = obeyed?.jitterMs ?? 0;
  return {
    now: now.at,
    heartbeatMs: settings.heartbeatMs,
    jitterMs,
    termWithoutSince: isOfTerm ? null : state.termSince,
    heardAt: obeyed?.heardAt ?? (0 as Instant),
    gone: record?.gone ?? null,
    goneAt: record?.goneAt ?? now.at,
    hasSteppedDown: isOfTerm && obeyed.hasSteppedDown,
    isRemoved: isOfTerm && !isInRoster(memory, obeyed.controllerID),
    obeyedAt: obeyed?.at ?? now.at,
    isConfirmed: obeyed?.isConfirmed ?? true,
    isUnjust: isOfTerm && obeyed.isUnjust,
    idleSince: idleSince(step),
  };
}

/** Called in vain again and again, as others need not wait for what we do, we wait so long. */
const longestPatienceMs = 600_000;

/**
 * Gives up an election that too few want, of a controller that lives: it is given time again, and
 * twice as much each time.
 */
export function withdraw(step: Step): void {
  const { election, obeyed, settings } = step.state;
  if (election === null || obeyed === null || election.isFounding) return;
  if (step.since(election.begunAt) < phaseMs || election.phase !== 'commit') return;
  if (judgeLife(watchOf(step)).kind === 'suspect' || judgeController(step).kind === 'wait') return;
  const usualMs = idleHeartbeats * settings.heartbeatMs;
  const moreMs = Math.min(longestPatienceMs, usualMs * (2 ** Math.min(obeyed.vain, 10) - 1));
  obeyed.patientUntil = (step.now.at + moreMs) as Instant;
  obeyed.vain += 1;
  obeyed.leftOut = null;
  obeyed.isUnjust = false;
  leaveElection(step);
}

/** After a term was given up: goes on, if there is still reason to. */
export function electAgain(step: Step): void {
  const roster = presentRoster(step.state.memory);
  // A founding begins again by itself, whenever its roster is looked at.
  if (roster === null || !isMember(roster, step.self) || step.state.link.isLeaving) return;
  const verdict = judgeController(step);
  if (verdict.kind === 'suspect') beginElection(step, roster, verdict.why);
}

/** A member calls an election: we join if we miss the controller, too, and else say it is well. */
export function hearCommitment(step: Step, commitment: Commitment): Refusal | null {
  const { state } = step;
  const roster = presentRoster(state.memory);
  if (roster === null) return null;
  if (!isMember(roster, commitment.clientID)) return { code: 'not-a-member' };
  if (commitment.roster !== roster.digest) return { code: 'not-a-member' };
  // An echo of the election that is over: its stragglers hear the mandate by and by.
  if (commitment.term <= state.memory.usedTerm) return null;
  if (!isInRoster(state.memory, step.self)) return null;
  answerSoon(step, commitment.clientID);
  const isWell = state.election === null && !isMissing(step);
  keepCommitment(step, commitment);
  if (isWell) return { code: 'controller-is-well' };
  followTo(step, commitment);
  closePhase(step, false);
  return null;
}

/** Joins an election that is open to us, also out of a lower one that is still to begin. */
function followTo(step: Step, commitment: Commitment): void {
  const { state, now } = step;
  const { term: own } = state.memory;
  const roster = presentRoster(state.memory);
  const { election } = state;
  const booth = boothOf(state.booths, commitment.term);
  const isHigher = election === null || election.term < commitment.term;
  const isFree = election === null || election.phase === 'commit';
  if (roster === null || !isHigher || !isFree) return;
  if (commitment.term <= own || !isOpen(booth, now.at)) return;
  if (election === null) beginElection(step, roster, 'joined-others');
  else joinElection(step, commitment.term, roster);
}

/**
 * Whether we have not heard the controller for two heartbeats, or know of none; or have connected a
 * while ago, and heard nothing of it that may not be recorded.
 */
function isMissing(step: Step): boolean {
  const { state } = step;
  if (state.office !== null || !state.link.isConnected || state.link.isLeaving) return false;
  const verdict = judgeController(step);
  if (verdict.kind === 'suspect') return true;
  const record = controllerRecord(step);
  if (record === null || state.obeyed === null) return true;
  const waiting = waitingSince(step);
  // Sooner than it would call itself: those that wait as long do not all call at one moment. Nor
  // does it count here that it has called in vain: then too few waited, and now one more does.
  const isIdle =
    waiting !== null && step.since(waiting) > (idleHeartbeats - 1) * state.settings.heartbeatMs;
  if (isIdle) return true;
  if (!state.obeyed.isLive && step.since(state.link.since) > settleMs(step)) return true;
  return record.gone !== null || step.since(state.obeyed.heardAt) > 2 * state.settings.heartbeatMs;
}

/** Keeps a reveal; who takes no part leaves the others time to finish. */
export function hearReveal(step: Step, reveal: Reveal): Refusal | null {
  const { state } = step;
  const { usedTerm } = state.memory;
  const roster = presentRoster(state.memory);
  if (roster === null) return null;
  if (!isMember(roster, reveal.clientID)) return { code: 'not-a-member' };
  if (reveal.term <= usedTerm && state.election?.term !== reveal.term) return null;
  const refusal = keepReveal(step, reveal);
  if (refusal !== null) return refusal;
  if (state.election?.term === reveal.term) closePhase(step, false);
  else if (state.election === null && reveal.term > usedTerm && isMissing(step)) {
    const waitMs = step.isSet('elect') ? state.alarms.elect - step.now.at : 0;
    step.alarm('elect', Math.max(listenMs, waitMs));
  }
  return null;
}

/**
 * A heartbeat that names our connection, which no recording can: its sender lives. If it is the
 * controller, we believe its signs of life from now on.
 */
export function hearAnswered(step: Step, { clientID, controllerID, answers }: Heartbeat): void {
  const { state } = step;
  const { incarnation } = state.memory;
  const isForUs = answers?.some(
    (answer) => answer.clientID === step.self && answer.incarnation === incarnation,
  );
  if (isForUs !== true || controllerID !== clientID) return;
  state.link.answeredBy = clientID;
  if (state.obeyed?.controllerID === clientID) state.obeyed.isLive = true;
}

/** A sign of life of the controller: a peer that is about to begin an election leaves it. */
export function hearController(step: Step): void {
  const { election, obeyed, link } = step.state;
  if (obeyed === null) return;
  // What may be recorded is worth three heartbeats, once, in which a controller that lives answers.
  obeyed.heardAt = obeyed.isLive ? step.now.at : (Math.max(obeyed.heardAt, link.since) as Instant);
  if (!obeyed.isLive) return;
  if (isMissing(step)) return;
  if (election !== null && !election.isFounding && election.phase === 'commit') leaveElection(step);
  if (election === null) step.cancel('elect');
}
