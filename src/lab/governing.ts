/** The controller of a lab dialect: opens challenges by itself, and judges solutions. */

import { drawNonce } from '../domain/dice.ts';
import { sha1 } from '../miner/sha1.ts';
import { leadingZeroBits } from '../miner/sha256.ts';
import type { LabSolution } from './message.ts';
import { close, giveUp, take } from './mining.ts';
import type { LabNote } from './note.ts';
import type { LabStep } from './state.ts';

/** Between a result and the next challenge: slow clients read one message after another. */
const PAUSE_MS = 1_000;

type Why = Extract<LabNote, { kind: 'solution-refused' }>['reason'];

export function openChallenge(step: LabStep): void {
  const { state, dialect } = step;
  if (!step.isController) return;
  if (!state.link.isConnected) {
    step.set('open', PAUSE_MS);
    return;
  }
  const { low, high } = state.settings;
  const lot = Number.parseInt(drawNonce(state.dice, step.hasher).slice(0, 8), 16);
  const challenge = low + (lot % (high - low + 1));
  const transactionID = state.next;
  state.next += 1;
  const bits = challenge * dialect.bitsPerUnit;
  take(step, { transactionID, raw: transactionID, challenge, bits }, true);
  sayChallenge(step);
}

/** Also after a connection was lost, with which it may have gone. */
export function sayChallenge(step: LabStep): void {
  const { open } = step.state;
  if (!step.isController || open === null) return;
  const { transactionID, raw, challenge } = open;
  step.say({ kind: 'challenge', ...step.spelled, transactionID, raw, challenge });
}

/** One result for each solution: 1 for the first right one, 0 for wrong and late ones. */
export function judge(step: LabStep, heard: LabSolution): void {
  const { state } = step;
  if (!step.isController) return;
  const why = problemWith(step, heard);
  const { transactionID, raw, clientID, solution } = heard;
  const result = why === null ? 1 : 0;
  step.say({ kind: 'result', ...step.spelled, transactionID, raw, clientID, solution, result });
  const isOwn = clientID === state.clientID;
  const what = { transactionID, miner: clientID, solution: String(solution), isOwn };
  if (why !== null) {
    step.note({ kind: 'solution-refused', ...what, reason: why });
    return;
  }
  step.note({ kind: 'result', ...what, elapsedMs: step.now.at - (state.open?.since ?? 0) });
  state.solved += 1;
  close(step);
  openNext(step);
}

/** What nobody solves in time makes room for the next one. */
export function giveUpChallenge(step: LabStep): void {
  giveUp(step);
  if (step.isController) openNext(step);
}

function openNext(step: LabStep): void {
  const { solved, settings } = step.state;
  const isFinished = settings.challenges > 0 && solved >= settings.challenges;
  if (isFinished) step.note({ kind: 'finished', solved });
  else step.set('open', PAUSE_MS);
}

function problemWith(step: LabStep, { transactionID, solution }: LabSolution): Why | null {
  const { open, next } = step.state;
  if (open?.transactionID === transactionID) {
    const digest = sha1(new TextEncoder().encode(String(solution)));
    return leadingZeroBits(digest) >= open.bits ? null : 'invalid';
  }
  return transactionID >= 0 && transactionID < next ? 'late' : 'unknown-transaction';
}
