/** Helps others to catch up (PROTOCOL 7): members first, and all outsiders from one budget. */

import type { Request } from '../domain/message.ts';
import { type ClientID, type Instant, type TransactionID, UNFOUNDED } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { isLater } from '../election/gathering.ts';
import { askMs } from './asking.ts';
import { type Budget, spend, waitFor } from './budget.ts';
import { isInRoster } from './memory.ts';
import { controllerOf } from './presence.ts';
import type { HeardRequest, State } from './state.ts';
import type { Step } from './step.ts';

/** Pages to one asker go out at most this often; it asks again at once when one has helped. */
const serveMs = 20;

/** The most outsiders that may wait for a page, and whose last number is remembered. */
const mostAskers = 200;

/** After this silence an asker is forgotten. */
const silentMs = 5 * askMs;

/**
 * The peer that is asked by name answers at once, else the controller does. Another one can't hear
 * what the asker is answered, so it answers after some jitter a request to everybody that is
 * repeated, or that no controller can be expected to answer.
 */
export function hearRequest(step: Step, request: Request): Refusal | null {
  const { state } = step;
  const { clientID, from, helper } = request;
  if (isStale(step, request)) return { code: 'stale-request' };
  const isNothingNew =
    from === UNFOUNDED ? state.memory.network === null : from >= state.memory.height;
  const before = state.requests[clientID];
  if (isNothingNew || (before !== undefined && step.since(before.at) > silentMs))
    delete state.requests[clientID];
  if (isNothingNew) return null;
  const isMember = isInRoster(state.memory, clientID);
  const isKnown = isMember || state.requests[clientID] !== undefined;
  if (!isKnown && Object.keys(state.requests).length >= mostAskers) return { code: 'too-many' };
  if (helper === undefined ? state.office !== null : helper === step.self)
    answerAtOnce(step, request);
  else answerInTurn(step, request);
  serve(step);
  return null;
}

/**
 * A request asks for one page, once, and any stranger may publish it again: its number only grows,
 * and it is void once its sender says in a heartbeat that it has come further.
 */
function isStale({ state }: Step, request: Request): boolean {
  const { clientID, from, incarnation, number } = request;
  const peer = state.acquaintances[clientID];
  const isOurs = peer !== undefined && peer.network === state.memory.network?.digest;
  if (isOurs && peer.beat > 0 && peer.height > from) return true;
  if (incarnation === undefined || number === undefined) return false;
  const { lastAsked } = state;
  const sign = { incarnation, beat: number };
  const last = lastAsked[clientID];
  if (last !== undefined && !isLater(sign, last)) return true;
  // The one heard last stands last.
  delete lastAsked[clientID];
  lastAsked[clientID] = sign;
  forgetAskers(state);
  return false;
}

/** Makes room by forgetting the outsiders that were silent longest, many at a time. */
function forgetAskers({ lastAsked, memory }: State): void {
  const names = Object.keys(lastAsked) as ClientID[];
  if (names.length <= 2 * mostAskers) return;
  for (const name of names.slice(0, mostAskers))
    if (!isInRoster(memory, name)) delete lastAsked[name];
}

/** At once, but `serveMs` after the page before at the earliest; what waits keeps its place. */
function answerAtOnce(step: Step, request: Request): void {
  const { clientID, from } = request;
  const { requests } = step.state;
  const before = requests[clientID];
  const isHasty = before !== undefined && step.since(before.at) < serveMs;
  const at = isHasty ? before.at : step.now.at;
  const soonest = isHasty ? ((at + serveMs) as Instant) : at;
  const answerAt = before?.answerAt ?? soonest;
  requests[clientID] = { from, at, answerAt, budget: budgetOf(step, request, 'outsider-pages') };
}

/** An asker whose helper is gone names none, and asks everybody. */
function answerInTurn(step: Step, request: Request): void {
  const { state, now } = step;
  const { clientID, from, helper } = request;
  const before = state.requests[clientID];
  const controllerID = controllerOf(state);
  const isAgain = before?.from === from;
  const isOurs = isAgain || controllerID === null || controllerID === clientID;
  const wait = isAgain ? before.answerAt : null;
  const isForUs = helper === undefined && isOurs;
  const answerAt = isForUs ? ((wait ?? now.at + step.jitter(0, 500)) as Instant) : null;
  const budget = budgetOf(step, request, 'spare-pages');
  state.requests[clientID] = { from, at: now.at, answerAt, budget };
}

/** A request without a number may be an old one: any number of those have what can be spared. */
function budgetOf({ state }: Step, request: Request, ofOutsider: Budget): Budget {
  if (request.number === undefined) return 'spare-pages';
  return isInRoster(state.memory, request.clientID) ? 'member-pages' : ofOutsider;
}

const inOrder = ['member-pages', 'outsider-pages', 'spare-pages'] as const;

/** Of each budget, the asker that waits longest. */
type Turns = Partial<Record<Budget, readonly [ClientID, HeardRequest]>>;

/** Answers those whose turn has come, as far as there is a page for them. */
export function serve(step: Step): void {
  const { requests, budgets } = step.state;
  const { at } = step.now;
  const turns = turnsIn(step);
  for (const budget of inOrder) {
    const [clientID, request] = turns[budget] ?? [];
    if (clientID === undefined || request === undefined) continue;
    if (request.answerAt === null || request.answerAt > at || !spend(budgets, budget, at)) continue;
    requests[clientID] = { ...request, at, answerAt: null };
    step.act({ kind: 'serve', to: clientID, from: request.from });
  }
  setServe(step);
}

/** Also forgets askers that went silent, so that strangers can't fill the memory. */
function turnsIn(step: Step): Turns {
  const { requests } = step.state;
  const turns: Turns = {};
  for (const clientID of Object.keys(requests) as ClientID[]) {
    const request = requests[clientID];
    if (request === undefined) continue;
    const { at, answerAt, budget } = request;
    const soonest = turns[budget]?.[1].answerAt ?? Number.POSITIVE_INFINITY;
    if (step.since(at) > silentMs) delete requests[clientID];
    else if (answerAt !== null && answerAt < soonest) turns[budget] = [clientID, request];
  }
  return turns;
}

/** Somebody has caught up without us. */
export function dropRequest(step: Step, clientID: ClientID, height: TransactionID): void {
  const request = step.state.requests[clientID];
  if (request === undefined || height <= request.from) return;
  delete step.state.requests[clientID];
  setServe(step);
}

function setServe(step: Step): void {
  step.cancel('serve');
  const { at } = step.now;
  for (const [, { answerAt, budget }] of Object.values(turnsIn(step)))
    if (answerAt !== null)
      step.alarmBy('serve', Math.max(answerAt - at, waitFor(step.state.budgets, budget, at)));
}
