/** The controller's errands: fetches tasks, has them searched, hands finds in (PROTOCOL 14). */

import type { Event, Settings } from '../domain/contract.ts';
import type { QuestID, UnixMs } from '../domain/names.ts';
import type { Quest } from '../domain/quest.ts';
import {
  type Find,
  STAMP_DIGITS,
  type Submitted,
  type Task,
  type Trouble,
} from '../domain/task.ts';
import { noncesMost, problemOfQuest, questIDOf } from '../lease/quest.ts';
import { bytesOfHex } from '../ledger/hex.ts';
import type { Errand, Sourcing } from './quest-state.ts';
import { keepAsking } from './questing.ts';
import { dropQuest, questOf } from './quests.ts';
import type { State } from './state.ts';
import type { Step } from './step.ts';

/** A task that is searched for may be over: somebody else may have done it. */
const lookAgainMs = 30_000;

/** After trouble another attempt is made after so long, then after twice as long, and so on. */
const firstPauseMs = 500;
const longestPauseMs = 10_000;

/** A service may ask for more patience than that, but not for ever. */
const longestPatienceMs = 300_000;

/** Trouble that lasts is told so often. */
const tellMs = 10_000;

/** Finds that were handed in are remembered, up to so many. */
const mostSubmitted = 32;

/** Does what is next, and awaits one answer of the service at a time. */
export function tendSource(step: Step): void {
  const { state } = step;
  if (!isOnDuty(state)) {
    state.sourcing = null;
    step.cancel('source');
    return;
  }
  state.sourcing ??= { asked: null, attempts: 0, rejections: 0, toldAt: null, errand: null };
  const { sourcing } = state;
  const find = sourcing.errand === null ? null : tendErrand(step, sourcing, sourcing.errand);
  const isBusy = sourcing.asked !== null || step.isSet('source');
  if (isBusy) return;
  if (find !== null) {
    sourcing.asked = nextCall(state);
    step.act({ kind: 'submit', call: sourcing.asked, find });
  } else if (isToFetch(step, sourcing)) {
    sourcing.asked = nextCall(state);
    step.act({ kind: 'fetch', call: sourcing.asked });
  }
}

/** Only who governs, and can say what it has heard. */
function isOnDuty({ settings, office, link }: State): boolean {
  const { hasSource } = settings;
  return hasSource === true && office?.isGoverning === true && link.isConnected && !link.isLeaving;
}

function nextCall(state: State): number {
  state.calls += 1;
  return state.calls;
}

function isToFetch(step: Step, { errand }: Sourcing): boolean {
  return errand === null || step.since(errand.seenAt) >= lookAgainMs;
}

/** Keeps the network at it. A find, if there is one to hand in; without any there is no errand. */
function tendErrand(step: Step, sourcing: Sourcing, errand: Errand): Find | null {
  const { state } = step;
  const outcome = questOf(state, errand.id)?.outcome ?? null;
  if (outcome === null) {
    keepAsking(step, errand);
    return null;
  }
  if (outcome.kind === 'found') return findOf(step, errand, outcome.nonce);
  // Another time makes other digests.
  sourcing.errand = null;
  return null;
}

function findOf({ hasher }: Step, { id, quest, timestamp }: Errand, nonce: number): Find {
  const once = hasher.sha256(`${quest.prefix}${nonce}`);
  return { key: id, timestamp, nonce, digest: hasher.sha256(bytesOfHex(once)) };
}

export function hearFetched(
  step: Step,
  { call, fetched }: Extract<Event, { kind: 'fetched' }>,
): void {
  const sourcing = answered(step, call);
  if (sourcing === null) return;
  const { errand } = sourcing;
  if (fetched.kind === 'trouble') {
    // What is searched for goes on.
    if (errand !== null) errand.seenAt = step.now.at;
    else beInTrouble(step, sourcing, 'fetch', fetched.trouble);
    return;
  }
  sourcing.attempts = 0;
  sourcing.toldAt = null;
  if (errand === null) takeTask(step, sourcing, fetched.task);
  else if (isSame(errand.task, fetched.task)) errand.seenAt = step.now.at;
  else if (questOf(step.state, errand.id)?.outcome?.kind !== 'found') {
    dropQuest(step, errand.id);
    takeTask(step, sourcing, fetched.task);
  }
}

export function hearSubmitted(
  step: Step,
  { call, find, submitted }: Extract<Event, { kind: 'submitted' }>,
): void {
  const { state } = step;
  const isOver = submitted.kind !== 'trouble';
  // Whoever governs by now: it need not be handed in again.
  if (isOver) state.submitted = [...state.submitted, find.key].slice(-mostSubmitted);
  if (isOver) noteSubmitted(step, find, submitted);
  const sourcing = answered(step, call);
  if (sourcing === null) return;
  if (submitted.kind === 'trouble') {
    beInTrouble(step, sourcing, 'submit', submitted.trouble);
    return;
  }
  sourcing.errand = null;
  if (submitted.kind === 'accepted') {
    sourcing.attempts = 0;
    sourcing.rejections = 0;
    sourcing.toldAt = null;
    return;
  }
  // It may go on rejecting whatever it is given.
  sourcing.rejections += 1;
  pause(step, sourcing.rejections, null);
}

/** Our errands, if this is the answer that they wait for. */
function answered({ state }: Step, call: number): Sourcing | null {
  const { sourcing } = state;
  if (sourcing?.asked !== call) return null;
  sourcing.asked = null;
  return sourcing;
}

function noteSubmitted(
  step: Step,
  { key, timestamp, nonce, digest }: Find,
  submitted: Exclude<Submitted, { kind: 'trouble' }>,
): void {
  const rejected = submitted.kind === 'rejected' ? submitted.problem : null;
  step.note({ kind: 'submitted', quest: key, timestamp, nonce, digest, rejected });
}

/** Takes up what the network knows already, so that nothing is searched twice. */
function takeTask(step: Step, sourcing: Sourcing, task: Task): void {
  const errand = knownErrand(step, task) ?? newErrand(step, task);
  if (problemOfQuest(errand.quest) !== null) {
    const problem = 'gives us a text that is too long';
    beInTrouble(step, sourcing, 'fetch', { code: 'nonsense', problem, patienceMs: null });
    return;
  }
  sourcing.errand = errand;
  const { id: quest, timestamp } = errand;
  step.note({ kind: 'task', quest, previous: task.previous, bits: task.bits, timestamp });
}

/** What another controller had the network search for, or has found and may not have told. */
function knownErrand({ state, now }: Step, task: Task): Errand | null {
  const known = state.quests.findLast(
    ({ id, book, isErrand, outcome }) =>
      // Anybody could ask for this text under a time of their own choice.
      isErrand &&
      isFor(book.quest, task, state.settings) &&
      outcome?.kind !== 'exhausted' &&
      !state.submitted.includes(id),
  );
  if (known === undefined) return null;
  const { quest } = known.book;
  const timestamp = Number(quest.prefix.slice(task.previous.length)) as UnixMs;
  return { task, id: known.id, quest, timestamp, saidAt: null, seenAt: now.at };
}

function isFor(quest: Quest, task: Task, settings: Settings): boolean {
  const { algorithm, prefix, bits, from, to } = quest;
  const stamp = prefix.slice(task.previous.length);
  const isStamped =
    prefix.startsWith(task.previous) && stamp.length === STAMP_DIGITS && /^[1-9]\d*$/.test(stamp);
  const isWhole = from === 0 && to === noncesOf(settings);
  return isStamped && isWhole && algorithm === 'sha256d' && bits === task.bits;
}

function noncesOf({ taskNonces }: Settings): number {
  return taskNonces ?? noncesMost;
}

function isSame(one: Task, other: Task): boolean {
  return one.previous === other.previous && one.bits === other.bits;
}

function newErrand({ state, hasher, now }: Step, task: Task): Errand {
  const { previous, bits } = task;
  const to = noncesOf(state.settings);
  for (let timestamp = now.unix; ; timestamp = (timestamp + 1) as UnixMs) {
    const prefix = `${previous}${timestamp}`;
    const quest: Quest = { algorithm: 'sha256d', prefix, bits, from: 0, to };
    const id: QuestID = questIDOf(quest, hasher);
    // Clocks stand still, or go back; what is over would be over at once.
    if (questOf(state, id) === null)
      return { task, id, quest, timestamp, saidAt: null, seenAt: now.at };
  }
}

/** Waits before the next attempt, and tells people, though not each time. */
function beInTrouble(
  step: Step,
  sourcing: Sourcing,
  doing: 'fetch' | 'submit',
  { code, problem, patienceMs }: Trouble,
): void {
  sourcing.attempts += 1;
  const { attempts, toldAt } = sourcing;
  pause(step, attempts, patienceMs);
  if (toldAt !== null && step.since(toldAt) < tellMs) return;
  sourcing.toldAt = step.now.at;
  step.note({ kind: 'source-failed', doing, code, problem, attempts });
}

/** `times`: in vain, one after another, this one included. */
function pause(step: Step, times: number, patienceMs: number | null): void {
  const usual = Math.min(longestPauseMs, firstPauseMs * 2 ** (times - 1));
  // Many networks may wait for one service.
  const wanted = Math.min(longestPatienceMs, Math.max(usual, patienceMs ?? 0));
  step.alarm('source', step.jitter(wanted, 1.25 * wanted));
}
