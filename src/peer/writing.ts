/** Takes no part while what must not be forgotten cannot be written down (PROTOCOL 9, Durable). */

import type { Event } from '../domain/contract.ts';
import type { Instant } from '../domain/names.ts';
import { ALARMS, type Alarm } from './alarms.ts';
import { begin, vanish } from './linking.ts';
import { connect, sayStandingDown } from './presence.ts';
import type { Step } from './step.ts';
import { leaveElection, stepDown } from './terms.ts';

/** The first new attempt comes soon, in case it was a hiccup; a full disk is asked now and then. */
const firstRetryMs = 250;
const lastRetryMs = 5_000;

/** People hear of attempts in vain so often. */
const tellAgainMs = 10_000;

/** What may ring meanwhile; all else comes anew when we take part again. */
const stillRings: ReadonlySet<Alarm> = new Set(['rewrite', 'refusals']);

/** So many entries wait at the most; who observes longer fetches the rest from the others. */
const mostWaiting = 1_000;

type Failed = Extract<Event, { kind: 'failed' }>;

/**
 * An entry was not written down, so nothing was said that shows it. It stays in our memory and
 * waits, with all that comes after it: until the disk has it, we say nothing at all [safety].
 */
export function hearFailed(step: Step, failed: Failed): void {
  const { state } = step;
  const { backlog } = state;
  if (backlog === null) {
    standDown(step, failed);
  } else {
    backlog.entries.splice(0, backlog.sent - failed.entries.length);
    backlog.sent = 0;
    backlog.attempts += 1;
  }
  tell(step, failed.code);
  if (state.link.isLeaving) {
    // Without a word: a goodbye names our network and our term.
    vanish(step);
    return;
  }
  const { attempts } = state.backlog ?? { attempts: 0 };
  const waitMs = Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(attempts, 10));
  step.alarm('rewrite', waitMs);
}

/** Whether this alarm means nothing at the moment. */
export function isMuted(step: Step, alarm: Alarm): boolean {
  const { backlog, naming } = step.state;
  if (backlog !== null) return !stillRings.has(alarm);
  return naming !== null && !stillRings.has(alarm) && alarm !== 'naming' && alarm !== 'reconnect';
}

/** Whether so much waits to be written that no more may come. */
export function isBacklogFull(step: Step): boolean {
  return (step.state.backlog?.entries.length ?? 0) >= mostWaiting;
}

/** Has all that waits written down, in its order; `recorded` says that it is. */
export function rewrite(step: Step): void {
  const { backlog } = step.state;
  if (backlog === null) return;
  for (const entry of backlog.entries) step.act({ kind: 'record', entry });
  backlog.sent = backlog.entries.length;
  step.act({ kind: 'confirm' });
}

/** What was sent is on the disk: with nothing left to write, we are who we were. */
export function hearRecorded(step: Step): void {
  const { state, now } = step;
  const { backlog, link } = state;
  if (backlog === null) return;
  backlog.entries.splice(0, backlog.sent);
  backlog.sent = 0;
  if (backlog.entries.length > 0) {
    rewrite(step);
    return;
  }
  state.backlog = null;
  step.note({ kind: 'recorded', afterMs: step.since(backlog.since) });
  // As one who restarted: we did not hear what others said meanwhile, and suspect nobody for it.
  state.boundAt = now.at;
  state.termSince = now.at;
  link.since = now.at;
  link.isFirst = false;
  step.cancel('rewrite', 'reconnect');
  if (link.isConnected) begin(step);
  else connect(step);
}

function standDown(step: Step, { entries, code }: Failed): void {
  const { state, now } = step;
  const wasController = state.office !== null;
  const never = Number.NEGATIVE_INFINITY as Instant;
  state.backlog = { entries: [...entries], sent: 0, attempts: 0, since: now.at, toldAt: never };
  tell(step, code);
  stepDown(step, 'journal');
  leaveElection(step);
  step.cancel(...ALARMS.filter((alarm) => !stillRings.has(alarm)));
  if (wasController) sayStandingDown(step, entries);
}

function tell(step: Step, code: string): void {
  const { backlog } = step.state;
  if (backlog === null || step.since(backlog.toldAt) < tellAgainMs) return;
  backlog.toldAt = step.now.at;
  step.note({ kind: 'failed', effect: 'record', code });
}
