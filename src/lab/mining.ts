/** The miner of a lab dialect: takes a challenge, says a solution, and notices what comes of it. */

import type { Event, Work } from '../domain/contract.ts';
import type { TransactionID, WorkID } from '../domain/names.ts';
import { MOST_BITS } from '../ledger/difficulty.ts';
import { SILENT_MS } from './electing.ts';
import type { LabChallenge, LabMessage, LabResult } from './message.ts';
import type { LabNote } from './note.ts';
import type { LabStep, Open } from './state.ts';

const MOST_CLOSED = 100;
/** So often a controller may refuse ours before we believe that it never takes one. */
const MOST_REFUSED = 3;
const ANSWER_MS = 15_000;
const OTHER_MS = 10_000;
/** 13 zero hex digits: more than a year at 100 million tries a second. */
const HOPELESS_BITS = 52;
const HOPELESS_MS = 60_000;

type Gone = Extract<LabNote, { kind: 'controller-gone' }>['how'];

export function hearChallenge(step: LabStep, heard: LabChallenge): void {
  const { state, dialect } = step;
  const { transactionID, raw, challenge } = heard;
  const closed = state.closed.find((it) => isSame(it, heard));
  const isKnown = closed !== undefined || isSame(state.open, heard);
  if (step.isController) {
    if (!isKnown) tellOther(step, transactionID);
    return;
  }
  hearController(step);
  if (isSame(state.open, heard)) return;
  if (isKnown) {
    // What we gave up is not solved.
    if (closed?.isGivenUp !== true) step.refuse({ code: 'already-solved', transactionID });
    return;
  }
  const bits = challenge * dialect.bitsPerUnit;
  if (bits > MOST_BITS) {
    step.refuse({ code: 'unplayable', challenge });
    return;
  }
  take(step, { transactionID, raw, challenge, bits }, false);
}

/** Opens a challenge for us, heard or our own. */
export function take(
  step: LabStep,
  about: Pick<Open, 'transactionID' | 'raw' | 'challenge' | 'bits'>,
  isOwn: boolean,
): void {
  const { state } = step;
  state.open = { ...about, since: step.now.at, solution: null, refused: 0 };
  const { transactionID, bits } = about;
  step.note({ kind: 'challenge', transactionID, bits, expected: 2 ** bits, isOwn });
  step.cancel('answer');
  const isHopeless = bits >= HOPELESS_BITS;
  const giveUpMs = state.settings.giveUpMs ?? (isHopeless ? HOPELESS_MS : null);
  if (giveUpMs === null) step.cancel('give-up');
  else step.set('give-up', giveUpMs);
  if (isHopeless && giveUpMs !== null)
    step.note({ kind: 'hopeless', transactionID, bits, giveUpMs });
}

/** The challenge in hand is over. */
export function close(step: LabStep, isGivenUp = false): void {
  const { state } = step;
  const { open, closed } = state;
  if (open === null) return;
  const { transactionID, challenge } = open;
  closed.push({ transactionID, challenge, isGivenUp });
  if (closed.length > MOST_CLOSED) closed.shift();
  state.open = null;
  step.cancel('give-up');
  step.cancel('answer');
}

export function find(step: LabStep, event: Extract<Event, { kind: 'found' }>): void {
  const { open } = step.state;
  if (open === null) return;
  const { id, header } = workOf(step, open);
  if (event.work !== id) return;
  // The whole text is the solution: nothing else is hashed.
  const solution = header + event.solution;
  open.solution = solution;
  step.note({ kind: 'found', transactionID: open.transactionID, solution });
  saySolution(step);
}

/** Also after a connection was lost, with which it may have gone. */
export function saySolution(step: LabStep): void {
  const { open, clientID, link } = step.state;
  if (open === null || open.solution === null || !link.isConnected) return;
  const { transactionID, raw, solution } = open;
  step.say({ kind: 'solution', ...step.spelled, clientID, transactionID, raw, solution });
  if (!step.isController) step.set('answer', ANSWER_MS);
}

export function hearSearched(step: LabStep, event: Extract<Event, { kind: 'searched' }>): void {
  const { open } = step.state;
  if (open === null || event.work !== workOf(step, open).id) return;
  const { tried, perSecond } = event;
  const elapsedMs = step.now.at - open.since;
  const { transactionID } = open;
  const expected = 2 ** open.bits;
  step.note({ kind: 'progress', transactionID, tried, perSecond, expected, elapsedMs });
}

export function hearResult(step: LabStep, heard: LabResult): void {
  const { state } = step;
  // A controller knows its own results, and does not take another's.
  if (step.isController) return;
  hearController(step);
  const { transactionID, clientID } = heard;
  const solution = String(heard.solution);
  const open = state.open?.transactionID === transactionID ? state.open : null;
  // Not every controller says whose solution it was.
  const isOwn = clientID === null ? solution === open?.solution : clientID === state.clientID;
  if (heard.result === 0 || heard.result === 2) {
    hearRefusal(step, heard, open, isOwn);
    return;
  }
  const closed = state.closed.find((it) => it.transactionID === transactionID);
  if (open === null && closed !== undefined && !closed.isGivenUp) return;
  if (closed !== undefined) closed.isGivenUp = false;
  const miner = clientID ?? (isOwn ? state.clientID : null);
  const elapsedMs = open === null ? null : step.now.at - open.since;
  step.note({ kind: 'result', transactionID, miner, solution, elapsedMs, isOwn });
  closeIfOpen(step, open);
}

/** 2 says that somebody was first; after a 0 for ours, another solution may please better. */
function hearRefusal(step: LabStep, heard: LabResult, open: Open | null, isOwn: boolean): void {
  const { transactionID, clientID: miner, result } = heard;
  const solution = String(heard.solution);
  const reason = result === 2 ? 'late' : 'unsaid';
  if (isOwn) step.note({ kind: 'solution-refused', transactionID, miner, solution, reason, isOwn });
  if (result === 2) closeIfOpen(step, open);
  else if (isOwn && open?.solution === solution) searchOn(open);
}

/** Its will, or its goodbye, which only clients of ours have. */
export function hearPresence(
  step: LabStep,
  { clientID, state: how }: LabMessage & { readonly kind: 'presence' },
): void {
  if (step.isController || clientID !== step.state.controller) return;
  tellGone(step, how);
}

export function giveUp(step: LabStep): void {
  const { open } = step.state;
  if (open === null) return;
  const afterMs = step.now.at - open.since;
  step.note({ kind: 'gave-up', transactionID: open.transactionID, afterMs });
  close(step, true);
}

/** No answer: it is said once more, for it may be the message that was lost. */
export function missAnswer(step: LabStep): void {
  saySolution(step);
  step.cancel('answer');
  tellGone(step, 'unanswered');
}

export function missController(step: LabStep): void {
  if (step.state.link.isConnected) tellGone(step, 'silent');
}

/** What is to be searched now, if anything. */
export function refreshWork(step: LabStep): void {
  const { open, settings, isPaused, mining } = step.state;
  // A controller does not mine, unless there is nobody else.
  const mayMine = settings.mines && !isPaused && (!step.isController || settings.peers === 1);
  const isDone = open === null || open.solution !== null;
  const work = mayMine && !isDone ? workOf(step, open) : null;
  if (work === null) {
    if (mining !== null) step.act({ kind: 'rest' });
  } else if (work.id !== mining) {
    step.act({ kind: 'mine', work });
  }
  step.state.mining = work?.id ?? null;
}

/** The text begins with digits of our own, so that no two peers search the same texts. */
function workOf(step: LabStep, { transactionID, challenge, bits, since }: Open): Work {
  const { clientID, voteID } = step.state;
  const tag = step.hasher.sha256(`sortition/lab\n${clientID}\n${voteID}\n`).slice(0, 8);
  return {
    id: `lab-${transactionID}-${challenge}-${since}` as WorkID,
    transactionID: transactionID as TransactionID,
    algorithm: 'sha1',
    header: `${tag}-${transactionID}-`,
    bits: Math.max(bits, 1),
  };
}

function searchOn(open: Open): void {
  open.refused += 1;
  if (open.refused < MOST_REFUSED) open.solution = null;
}

function closeIfOpen(step: LabStep, open: Open | null): void {
  if (open !== null) close(step);
}

function hearController(step: LabStep): void {
  const { state } = step;
  state.heardAt = step.now.at;
  state.isGone = false;
  if (state.controller !== null) step.set('silence', SILENT_MS);
}

function tellGone(step: LabStep, how: Gone): void {
  const { state } = step;
  if (state.isGone) return;
  state.isGone = true;
  const sinceMs = step.now.at - Math.max(state.heardAt, 0);
  step.note({ kind: 'controller-gone', controller: state.controller, how, sinceMs });
}

function tellOther(step: LabStep, transactionID: number): void {
  if (step.now.at - step.state.otherToldAt < OTHER_MS) return;
  step.state.otherToldAt = step.now.at;
  step.note({ kind: 'other-controller', transactionID });
}

type Known = Pick<Open, 'transactionID' | 'challenge'>;

function isSame(known: Known | null, heard: LabChallenge): boolean {
  return known?.transactionID === heard.transactionID && known.challenge === heard.challenge;
}
