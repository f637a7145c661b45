/** The head of a peer: an event and the time go in, effects in order and one deadline come out. */

import type { Event, Moment, Peer, Reply, Settings, Turn } from '../domain/contract.ts';
import type { Hasher } from '../domain/crypto.ts';
import { reconsiderProposal } from './acknowledging.ts';
import { retractSilent } from './acquainting.ts';
import { ALARMS, type Alarm, nextOf } from './alarms.ts';
import { ask, shun } from './asking.ts';
import { attend, hearUnknown } from './attending.ts';
import { fetchBatch, handOut } from './batches.ts';
import { careForRoster } from './caring.ts';
import { closePhase, sayAgain } from './electing.ts';
import { breakLock, gather } from './founding.ts';
import {
  governIfReached,
  openAfterQuest,
  openChallenge,
  openForTransactions,
  repeatChallenge,
  repeatMandate,
  sayProposal,
} from './governing.ts';
import { hear } from './hearing.ts';
import { forgetClaimedTerm } from './heartbeats.ts';
import { serve } from './helping.ts';
import { dropLeases } from './holding.ts';
import { takeTurns } from './leasing.ts';
import {
  askAgain,
  beginNaming,
  goIfFree,
  hearCleared,
  hearConnected,
  hearDisconnected,
  leave,
  mayBeInUse,
  reconnect,
  sayGoodbye,
} from './linking.ts';
import { partOf, recall } from './memory.ts';
import { tellNamesake } from './namesakes.ts';
import { reconsiderMandate } from './obeying.ts';
import { beat, beatIfChanged, connect, greet, introduce, sayPresence } from './presence.ts';
import { noteProgress } from './progress.ts';
import { tendQuests, wish } from './questing.ts';
import { checkQuorum } from './quorum.ts';
import { tellRefusals } from './refusing.ts';
import {
  find,
  hearSearched,
  reconsiderChallenge,
  refreshWork,
  saySolution,
  tellIdle,
} from './searching.ts';
import { type Work, workIn } from './signs.ts';
import { hearFetched, hearSubmitted, tendSource } from './sourcing.ts';
import type { State } from './state.ts';
import { newState } from './state-of.ts';
import { Step } from './step.ts';
import { electAgain, leaveOldElection, suspect, withdraw } from './suspecting.ts';
import { passOn, send, tellEvictions } from './taking.ts';
import { stepDown } from './terms.ts';
import { hearFailed, hearRecorded, isMuted, rewrite } from './writing.ts';
import { makeWay } from './yielding.ts';

/** A peer of its own, or one that goes on from `state`, which it takes over. */
export function revive(settings: Settings, hasher: Hasher, state?: State): Peer<State> {
  return new Head(state ?? newState(settings), hasher);
}

class Head implements Peer<State> {
  readonly state: State;
  readonly #hasher: Hasher;

  constructor(state: State, hasher: Hasher) {
    this.state = state;
    this.#hasher = hasher;
  }

  step(event: Event, now: Moment): Turn {
    const step = new Step(this.state, now, this.#hasher);
    const before = workIn(this.state);
    takeEvent(step, event);
    if (!this.state.link.hasLeft) settle(step, before);
    return { effects: step.effects, wakeAt: nextOf(this.state.alarms) };
  }
}

function takeEvent(step: Step, event: Event): void {
  switch (event.kind) {
    case 'started':
      start(step, event);
      return;
    case 'connected':
      hearConnected(step);
      return;
    case 'disconnected':
      hearDisconnected(step, event.reason);
      return;
    case 'woken':
      ringAlarms(step);
      return;
    case 'heard': {
      const refusal = hear(step, event);
      const { message } = event;
      const from = message.kind === 'transaction' ? null : message.clientID;
      if (refusal !== null) step.refuse(from, refusal);
      return;
    }
    case 'cleared':
      hearCleared(step, event.what);
      return;
    case 'refused':
      step.refuse(event.from, event.refusal);
      if (event.refusal.code === 'unknown-sender' && event.from !== null)
        hearUnknown(step, event.from);
      // Its sender has signed it: so it is its sender who forged.
      if (event.refusal.code === 'forged-evidence' && event.from !== null) shun(step, event.from);
      return;
    case 'found':
      find(step, event);
      return;
    case 'searched':
      hearSearched(step, event);
      return;
    case 'asked':
      obeyCommand(step, event);
      return;
    case 'failed':
      hearFailed(step, event);
      return;
    case 'recorded':
      hearRecorded(step);
      return;
    case 'fetched':
      hearFetched(step, event);
      return;
    case 'submitted':
      hearSubmitted(step, event);
      return;
  }
}

function start(step: Step, { seed, recovered }: Extract<Event, { kind: 'started' }>): void {
  const { state, now } = step;
  state.dice = { seed, throws: 0 };
  const claimed = recall(state.memory, recovered, step.hasher);
  state.rules = state.memory.rules.text;
  if (claimed !== null) step.note({ kind: 'term-forgotten', claimed, term: state.memory.term });
  if (recovered.entries.length > 0) tellRecalled(step);
  const { self, name } = state.settings;
  if (name !== undefined) step.note({ kind: 'called', who: self.clientID, name });
  state.boundAt = now.at;
  state.termSince = now.at;
  state.tipOpenedAt = now.at;
  if (mayBeInUse(recovered, state.settings)) beginNaming(state);
  connect(step);
}

function tellRecalled(step: Step): void {
  const { memory } = step.state;
  const { network, term, height } = memory;
  const part = partOf(memory, step.state.settings.self);
  step.note({ kind: 'recalled', network: network?.digest ?? null, term, height, ...part });
}

function obeyCommand(step: Step, event: Extract<Event, { kind: 'asked' }>): void {
  const { command, request } = event;
  if (command.kind === 'search') {
    wish(step, { request, quest: command.quest });
    return;
  }
  const fault = command.kind === 'send' ? send(step, command.transaction) : null;
  if (command.kind === 'leave') leave(step);
  if (command.kind === 'pause' || command.kind === 'resume') pause(step, command.kind === 'pause');
  const reply: Reply = fault === null ? { kind: 'done' } : { kind: 'declined', fault };
  step.act({ kind: 'reply', request, reply });
}

function pause(step: Step, isPaused: boolean): void {
  const { state } = step;
  if (state.isPaused === isPaused) return;
  state.isPaused = isPaused;
  step.note({ kind: isPaused ? 'paused' : 'resumed' });
}

/** What is due, in order of time, and for the same time in order of name. */
function ringAlarms(step: Step): void {
  const { alarms } = step.state;
  const due = ALARMS.filter((alarm) => alarms[alarm] <= step.now.at);
  due.sort((a, b) => alarms[a] - alarms[b] || (a < b ? -1 : 1));
  for (const alarm of due) {
    // What rang before may have cancelled this one, or put it off.
    if (alarms[alarm] > step.now.at) continue;
    step.cancel(alarm);
    if (!isMuted(step, alarm)) ring[alarm](step);
  }
}

const ring: Readonly<Record<Alarm, (step: Step) => void>> = {
  reconnect,
  naming: askAgain,
  introduce,
  present: (step) => sayPresence(step, 'ready'),
  attend,
  greet,
  welcome: (step) => {
    greet(step);
    repeatChallenge(step);
  },
  beat: (step) => {
    beat(step);
    repeatChallenge(step);
    retractSilent(step);
  },
  gather: () => {
    // `settle` looks who is there after every event.
  },
  elect: electAgain,
  'say-again': sayAgain,
  phase: (step) => {
    breakLock(step);
    closePhase(step, true);
    withdraw(step);
  },
  suspect: () => {
    // `settle` looks after the controller after every event.
  },
  mandate: repeatMandate,
  reach: (step) => stepDown(step, 'behind'),
  open: openChallenge,
  propose: sayProposal,
  quorum: checkQuorum,
  care: () => {
    // `settle` cares for the roster after every event.
  },
  farewell: sayGoodbye,
  solve: saySolution,
  ask,
  serve,
  fetch: fetchBatch,
  'hand-out': handOut,
  'pass-on': passOn,
  evictions: tellEvictions,
  quests: tendQuests,
  source: () => {
    // `settle` looks after the source of work after every event.
  },
  refusals: tellRefusals,
  rewrite,
};

/** What follows from any event: the same few questions, asked again. */
function settle(step: Step, before: Work): void {
  if (!step.isSilent) settleAffairs(step, before);
  dropLeases(step);
  refreshWork(step);
  if (!step.isSilent) beatIfChanged(step);
  tellIdle(step);
  if (step.state.backlog === null) goIfFree(step);
}

/** What only concerns who takes part. */
function settleAffairs(step: Step, before: Work): void {
  reconsiderMandate(step);
  gather(step);
  reconsiderChallenge(step);
  reconsiderProposal(step);
  governIfReached(step);
  openForTransactions(step);
  takeTurns(step);
  openAfterQuest(step);
  tendSource(step);
  careForRoster(step);
  noteProgress(step, before);
  forgetClaimedTerm(step);
  leaveOldElection(step);
  makeWay(step);
  tellNamesake(step);
  suspect(step);
}
