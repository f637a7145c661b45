/** Says who we are: presence and its will, introductions, heartbeats, goodbyes (PROTOCOL 4, 5). */

import type { Entry } from '../domain/contract.ts';
import type { Heartbeat, Presence } from '../domain/message.ts';
import {
  type ClientID,
  type Instant,
  type Term,
  type TransactionID,
  UNFOUNDED,
} from '../domain/names.ts';
import { knownForMs } from '../election/gathering.ts';
import { isUnanswered, nextAnswers } from './answering.ts';
import { claimOf } from './asking.ts';
import { spend, waitFor } from './budget.ts';
import { presentRoster } from './memory.ts';
import { whoIsKnown } from './namesakes.ts';
import type { State } from './state.ts';
import type { Step } from './step.ts';

/** Whom we obey in our own term; null if its mandate is over, or unknown to us. */
export function controllerOf(state: State): ClientID | null {
  const { obeyed, memory } = state;
  const isGood = obeyed !== null && obeyed.term === memory.term && !obeyed.hasSteppedDown;
  return isGood ? obeyed.controllerID : null;
}

/** Whether a mandate of this term may still be on its way to us. */
export function isOfTermToCome({ memory, obeyed }: State, term: Term): boolean {
  return term > memory.term || (term === memory.term && obeyed?.term !== term);
}

/** The most blocks that anybody of our network says it has; -1 where nobody says anything. */
export function heardHeight(state: State): TransactionID {
  const ours = state.memory.network?.digest;
  let highest = UNFOUNDED;
  for (const peer of Object.values(state.acquaintances)) {
    // Cheap first: this is asked for each message of those who only look on.
    if (peer.network !== ours || peer.height <= highest) continue;
    const claimed = claimOf(state, peer);
    if (claimed > highest) highest = claimed;
  }
  return highest;
}

/** A peer that was last heard before this instant no longer counts as there. */
export function knownSince(step: Step): Instant {
  return (step.now.at - knownForMs(step.state.settings.announceMs)) as Instant;
}

export function countKnown(step: Step): number {
  return whoIsKnown(step).length;
}

/** Begins a connection: each has an incarnation of its own, and a will that names it. */
export function connect(step: Step): void {
  const { memory } = step.state;
  const incarnation = Math.max(step.now.unix, memory.incarnation + 1);
  step.record({ kind: 'incarnation', incarnation });
  const will = { kind: 'presence', ...about(step), state: 'lost' } as const;
  const isForgotten = step.state.settings.isQuiet === true;
  step.act({ kind: 'connect', will, ...(isForgotten && { isForgotten }) });
}

/** A goodbye is for those who are there; the broker is to keep nothing of a peer that has gone. */
export function sayPresence(step: Step, state: Presence['state']): void {
  step.say({ kind: 'presence', ...about(step), state }, state === 'ready');
}

export function introduce(step: Step): void {
  const { settings } = step.state;
  step.say({ kind: 'introduction', ...about(step) });
  const isQuiet = controllerOf(step.state) !== null && !isUnanswered(step.state);
  const everyMs = settings.announceMs * (isQuiet ? 6 : 1);
  step.alarm('introduce', everyMs + step.jitter(0, settings.announceMs / 10));
}

/** Introduces us soon, at a moment of our own, so that not all of a crowd speak at once. */
export function greetSoon(step: Step): void {
  if (step.isSet('greet')) return;
  const { budgets } = step.state;
  // Names cost nothing: a stranger with many could have everybody greet without end.
  const waitMs = waitFor(budgets, 'greetings', step.now.at);
  spend(budgets, 'greetings', step.now.at);
  step.alarm('greet', waitMs + step.jitter(0, 250));
}

/** A controller says changes within this time, so that a burst of them is one heartbeat. */
const changeMs = 30;

/** The others take their time: ten heartbeats at once are a hundred deliveries. */
const othersMs: readonly [low: number, high: number] = [100, 300];

export function beat(step: Step): void {
  const { state } = step;
  state.saidLast = nextHeartbeat(step);
  state.beatAt = step.now.at;
  step.say(state.saidLast);
  state.isBeatSoon = false;
  step.alarm('beat', state.settings.heartbeatMs);
}

function nextHeartbeat(step: Step): Heartbeat {
  const { state } = step;
  state.beat += 1;
  const answers = nextAnswers(state);
  return {
    kind: 'heartbeat',
    clientID: step.self,
    incarnation: state.memory.incarnation,
    beat: state.beat,
    term: state.memory.term,
    controllerID: controllerOf(state),
    transactionID: state.memory.height,
    network: state.memory.network?.digest ?? null,
    state: state.link.isLeaving ? 'leaving' : 'ready',
    hashRate: Math.round(state.mining === null ? 0 : state.hashRate),
    ...(answers.length > 0 && { answers }),
  };
}

/**
 * The last word of a controller that cannot write any more, so that nobody waits for it. It shows
 * what is written and no more: not a block that is not, and no term that may not be [safety].
 */
export function sayStandingDown(step: Step, unwritten: readonly Entry[]): void {
  if (!step.state.link.isConnected) return;
  if (unwritten.some(({ kind }) => kind !== 'accepted' && kind !== 'sealed')) return;
  const blocks = unwritten.filter(({ kind }) => kind === 'sealed').length;
  const heartbeat = nextHeartbeat(step);
  const height = (heartbeat.transactionID - blocks) as TransactionID;
  const message = { ...heartbeat, transactionID: height, hashRate: 0 };
  step.act({ kind: 'say', message, retained: false });
}

/** A heartbeat in a moment, one for all who gave reason for it. */
export function beatSoon(step: Step): void {
  step.alarmBy('beat', changeMs);
}

/** A heartbeat is due soon when term, controller or state differ from the last one's. */
export function beatIfChanged(step: Step): void {
  const { state } = step;
  if (!state.link.isConnected || !hasChanged(state) || isFounding(state)) return;
  if (state.office !== null || state.link.isLeaving) beatSoon(step);
  else if (!state.isBeatSoon) beatInTurn(step);
  state.isBeatSoon = true;
}

/** A heartbeat of one of many, at a moment of its own. */
export function beatInTurn(step: Step): void {
  step.alarmBy('beat', step.jitter(...othersMs));
}

/** While the founding is being voted on, every message counts, and heartbeats say nothing new. */
function isFounding(state: State): boolean {
  return state.election?.isFounding === true;
}

/** Introduction and heartbeat; put off while a founding is voted on: commitments carry our key. */
export function greet(step: Step): void {
  if (isFounding(step.state)) {
    step.alarm('greet', step.jitter(500, 1_000));
    return;
  }
  introduce(step);
  beat(step);
}

function hasChanged(state: State): boolean {
  const { saidLast, memory, link } = state;
  if (saidLast?.term !== memory.term || saidLast.controllerID !== controllerOf(state)) return true;
  return (saidLast.state === 'leaving') !== link.isLeaving;
}

function about(step: Step): Omit<Presence, 'kind' | 'state'> {
  const { settings, rules, memory, standing } = step.state;
  return {
    clientID: step.self,
    publicKey: settings.self.publicKey,
    incarnation: memory.incarnation,
    peers: settings.peers,
    known: countKnown(step),
    roster: presentRoster(memory)?.digest ?? standing?.digest ?? null,
    network: memory.network?.digest ?? null,
    rules,
    ...(settings.name !== undefined && { name: settings.name }),
  };
}
