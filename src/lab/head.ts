/** The head of a peer in a lab dialect: the contract of our own peers, under the labs' rules. */

import type { Event, Moment, Peer, Turn } from '../domain/contract.ts';
import type { Hasher } from '../domain/crypto.ts';
import type { Dice } from '../domain/dice.ts';
import type { Instant } from '../domain/names.ts';
import { DIALECTS, type DialectName } from './dialect.ts';
import {
  endHold,
  greetNetwork,
  hearGoverning,
  hearIntroduction,
  hearVote,
  introduce,
  MOST_NAMES,
  tellWait,
} from './electing.ts';
import { giveUpChallenge, judge, openChallenge, sayChallenge } from './governing.ts';
import type { LabMessage, LabPresence, LabRefusal, LabRefusalCode, Name } from './message.ts';
import {
  find,
  hearChallenge,
  hearPresence,
  hearResult,
  hearSearched,
  missAnswer,
  missController,
  refreshWork,
  saySolution,
} from './mining.ts';
import type { LabNote } from './note.ts';
import { learnTongue } from './spelling.ts';
import { type LabAlarm, type LabSettings, type LabState, LabStep, newLabState } from './state.ts';
import { sayLostVote, sayVoteAgain, voteIfDue } from './voting.ts';

export type LabPeer = Peer<LabState, LabMessage, LabRefusal, LabNote>;
type LabEvent = Event<LabMessage, LabRefusal>;

const RECONNECT_MS = 1_000;
const TELL_MS = 10_000;

/** Who a peer with this seed is, and the dice that it goes on with. */
export function labSelf(
  name: DialectName,
  seed: string,
  hasher: Hasher,
): { readonly clientID: Name; readonly voteID: Name; readonly dice: Dice } {
  const dice: Dice = { seed, throws: 0 };
  const dialect = DIALECTS[name];
  const clientID = dialect.drawName(dice, hasher);
  const voteID = dialect.drawName(dice, hasher);
  return { clientID, voteID, dice };
}

export function createLabPeer(settings: LabSettings, hasher: Hasher): LabPeer {
  return new LabHead(newLabState(settings), hasher);
}

class LabHead implements LabPeer {
  readonly state: LabState;
  readonly #hasher: Hasher;

  constructor(state: LabState, hasher: Hasher) {
    this.state = state;
    this.#hasher = hasher;
  }

  step(event: LabEvent, now: Moment): Turn<LabMessage, LabNote> {
    const step = new LabStep(this.state, now, this.#hasher);
    takeEvent(step, event);
    if (!this.state.link.hasLeft) {
      voteIfDue(step);
      refreshWork(step);
    }
    const alarms = Object.values(this.state.alarms);
    const wakeAt = alarms.length === 0 ? null : (Math.min(...alarms) as Instant);
    return { effects: step.effects, wakeAt };
  }
}

function takeEvent(step: LabStep, event: LabEvent): void {
  switch (event.kind) {
    case 'started':
      start(step, event.seed);
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
    case 'heard':
      hear(step, event.message);
      return;
    case 'refused':
      step.refuse(event.refusal);
      return;
    case 'found':
      find(step, event);
      return;
    case 'searched':
      hearSearched(step, event);
      return;
    case 'asked':
      obey(step, event);
      return;
    // Nothing is kept or recorded in these dialects, and no work comes from elsewhere.
    case 'cleared':
    case 'failed':
    case 'recorded':
    case 'fetched':
    case 'submitted':
      return;
  }
}

function start(step: LabStep, seed: string): void {
  const { state } = step;
  Object.assign(state, labSelf(state.settings.dialect, seed, step.hasher));
  state.names.push(state.clientID);
  state.kin.push(state.clientID);
  connect(step);
}

function connect(step: LabStep): void {
  step.act({ kind: 'connect', will: presenceOf(step, 'lost') });
}

/** For peers of our own kind alone, which read any spelling. */
function presenceOf({ state: { clientID } }: LabStep, state: LabPresence['state']): LabPresence {
  return { kind: 'presence', spelling: {}, isOurs: true, clientID, state };
}

function hearConnected(step: LabStep): void {
  const { link, controller } = step.state;
  link.isConnected = true;
  link.attempts = 0;
  step.note({ kind: 'connected' });
  greetNetwork(step);
  sayChallenge(step);
  saySolution(step);
  if (controller !== null && !step.isController) step.set('silence', TELL_MS * 6);
}

function hearDisconnected(step: LabStep, reason: string): void {
  const { link } = step.state;
  const isFirst = link.isConnected || link.attempts === 0;
  if (isFirst || reason !== link.told || step.now.at - link.toldAt >= TELL_MS) {
    step.note({ kind: 'disconnected', reason, attempts: link.attempts });
    link.told = reason;
    link.toldAt = step.now.at;
  }
  link.isConnected = false;
  link.attempts += 1;
  step.set('reconnect', RECONNECT_MS);
}

function hear(step: LabStep, message: LabMessage): void {
  learnSpelling(step, message);
  switch (message.kind) {
    case 'introduction':
      hearIntroduction(step, message);
      return;
    case 'vote':
      hearVote(step, message);
      return;
    case 'challenge':
      hearGoverning(step, message);
      hearChallenge(step, message);
      return;
    case 'solution':
      judge(step, message);
      return;
    case 'result':
      hearResult(step, message);
      return;
    case 'presence':
      hearPresence(step, message);
      return;
  }
}

/** Only by those of another kind: ours would teach one another what nobody else can read. */
function learnSpelling(step: LabStep, message: LabMessage): void {
  const { tongues, theirTopics, kin, clientID } = step.state;
  // The miner that a result names is not who says it.
  const speaker = 'clientID' in message && message.kind !== 'result' ? message.clientID : null;
  if (message.isOurs) {
    const isNew = speaker !== null && !kin.includes(speaker) && kin.length < MOST_NAMES;
    if (isNew) kin.push(speaker);
    return;
  }
  if (speaker === clientID || message.kind === 'presence') return;
  if (message.kind === 'vote' && !theirTopics.includes(message.topic)) {
    theirTopics.push(message.topic);
  }
  if (learnTongue(tongues, message.spelling)) greetNetwork(step);
}

function obey(step: LabStep, event: Extract<LabEvent, { kind: 'asked' }>): void {
  const { state } = step;
  const { kind } = event.command;
  if (kind === 'leave') {
    step.note({ kind: 'leaving' });
    step.say(presenceOf(step, 'disconnected'));
  } else if (state.isPaused !== (kind === 'pause')) {
    state.isPaused = kind === 'pause';
    step.note({ kind: state.isPaused ? 'paused' : 'resumed' });
  }
  step.act({ kind: 'reply', request: event.request, reply: { kind: 'done' } });
  if (kind !== 'leave') return;
  state.link.hasLeft = true;
  for (const alarm of Object.keys(state.alarms) as LabAlarm[]) step.cancel(alarm);
  step.act({ kind: 'rest' });
  step.act({ kind: 'leave' });
}

/** What is due, in order of time. */
function ringAlarms(step: LabStep): void {
  const { alarms } = step.state;
  const due = (Object.keys(alarms) as LabAlarm[])
    .filter((alarm) => (alarms[alarm] ?? Number.POSITIVE_INFINITY) <= step.now.at)
    .sort((a, b) => (alarms[a] ?? 0) - (alarms[b] ?? 0));
  for (const alarm of due) {
    // What rang before may have cancelled this one, or put it off.
    if ((alarms[alarm] ?? Number.POSITIVE_INFINITY) > step.now.at) continue;
    step.cancel(alarm);
    ring[alarm](step);
  }
}

const ring: Readonly<Record<LabAlarm, (step: LabStep) => void>> = {
  reconnect: connect,
  introduce,
  // What is due is said at the end of each turn.
  ballot: () => undefined,
  hold: endHold,
  vote: sayLostVote,
  again: sayVoteAgain,
  wait: tellWait,
  open: openChallenge,
  'give-up': giveUpChallenge,
  answer: missAnswer,
  silence: missController,
  refusals: tellRefusals,
};

function tellRefusals(step: LabStep): void {
  const { untold } = step.state;
  step.state.untold = {};
  for (const code of Object.keys(untold) as LabRefusalCode[]) {
    const heap = untold[code];
    if (heap !== undefined) step.note({ kind: 'refused', code, ...heap });
  }
}
