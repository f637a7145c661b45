/** What a peer of a lab dialect knows: plain data, and the one step in which it changes. */

import type { Effect, Moment } from '../domain/contract.ts';
import type { Hasher } from '../domain/crypto.ts';
import type { Dice } from '../domain/dice.ts';
import type { Instant } from '../domain/names.ts';
import { DIALECTS, type Dialect, type DialectName } from './dialect.ts';
import type {
  LabMessage,
  LabRefusal,
  LabRefusalCode,
  Name,
  RawNumber,
  VoteTopic,
} from './message.ts';
import type { LabNote } from './note.ts';
import { type Spelling, spellingFor, type Tongue } from './spelling.ts';

/** Fixed while a peer lives. */
export type LabSettings = {
  readonly dialect: DialectName;
  /** N: so many votes elect. */
  readonly peers: number;
  /** As controller, each challenge is drawn from `low` to `high`, in the dialect's own unit. */
  readonly low: number;
  readonly high: number;
  /** As controller, opens no challenge once so many are solved; 0 for no end. */
  readonly challenges: number;
  /** Gives a challenge up after so long; null for what is hopeless alone, after a minute. */
  readonly giveUpMs: number | null;
  readonly mines: boolean;
};

export type LabAlarm =
  | 'reconnect'
  | 'introduce'
  | 'ballot'
  | 'hold'
  | 'vote'
  | 'again'
  | 'wait'
  | 'open'
  | 'give-up'
  | 'answer'
  | 'silence'
  | 'refusals';

/** The challenge in hand: to mine, or as controller, to judge. */
export type Open = {
  readonly transactionID: number;
  readonly raw: RawNumber;
  readonly challenge: number;
  readonly bits: number;
  readonly since: Instant;
  /** Ours, said and not yet answered. */
  solution: string | null;
  /** Solutions of ours that were refused. */
  refused: number;
};

export type LabState = {
  readonly settings: LabSettings;
  dice: Dice;
  clientID: Name;
  voteID: Name;
  readonly link: {
    isConnected: boolean;
    attempts: number;
    told: string;
    toldAt: number;
    hasLeft: boolean;
  };
  /** How those spell who are not of our kind. */
  readonly tongues: Tongue[];
  /** On which topics those vote. */
  readonly theirTopics: VoteTopic[];
  /** Who is here, this peer first. */
  readonly names: Name[];
  /** Those of them that are peers of our own program, this one first. */
  readonly kin: Name[];
  introducedAt: number;
  firstIntroducedAt: number;
  /** Introductions of others, the last few. */
  readonly greetings: { readonly clientID: Name; readonly at: Instant }[];
  /** When N were known. */
  completeAt: number;
  /** Vote messages in order of arrival, N at most: the broker's order is everybody's. */
  readonly votes: {
    readonly clientID: Name;
    readonly voteID: Name;
    readonly topic: VoteTopic;
    readonly at: Instant;
  }[];
  hasVoted: boolean;
  /** The broker has brought our own vote back. */
  isVoteHeard: boolean;
  votedAt: number;
  /** All keys under which our vote was said. */
  readonly votedKeys: string[];
  /** All topics on which it was said. */
  readonly votedTopics: VoteTopic[];
  /** Somebody says its vote again and again: it cannot count messages, and neither do we. */
  countsVoters: boolean;
  /** The election is over, and somebody may not have counted our vote; it is said again once. */
  mayVoteAgain: boolean;
  /** Somebody certainly has not counted it; so often it was said for such a one. */
  isVoteMissed: boolean;
  timesMissed: number;
  controller: Name | null;
  electedAt: number;
  open: Open | null;
  /** Challenges that are over, the last hundred. */
  readonly closed: {
    readonly transactionID: number;
    readonly challenge: number;
    /** We gave it up; its winner is still to be told. */
    isGivenUp: boolean;
  }[];
  /** When the controller was heard last, and whether it was said to be gone since. */
  heardAt: number;
  isGone: boolean;
  otherToldAt: number;
  /** As controller: the next TransactionID, and how many were solved. */
  next: number;
  solved: number;
  isPaused: boolean;
  /** The work that the miner has in hand. */
  mining: string | null;
  readonly alarms: { [Alarm in LabAlarm]?: number };
  untold: { [Code in LabRefusalCode]?: { count: number; refusal: LabRefusal } };
};

export function newLabState(settings: LabSettings): LabState {
  const never = Number.NEGATIVE_INFINITY;
  return {
    settings,
    dice: { seed: '', throws: 0 },
    clientID: '',
    voteID: '',
    link: { isConnected: false, attempts: 0, told: '', toldAt: never, hasLeft: false },
    tongues: [],
    theirTopics: [],
    names: [],
    kin: [],
    introducedAt: never,
    firstIntroducedAt: never,
    greetings: [],
    completeAt: never,
    votes: [],
    hasVoted: false,
    isVoteHeard: false,
    votedAt: never,
    votedKeys: [],
    votedTopics: [],
    countsVoters: false,
    mayVoteAgain: false,
    isVoteMissed: false,
    timesMissed: 0,
    controller: null,
    electedAt: never,
    open: null,
    closed: [],
    heardAt: never,
    isGone: false,
    otherToldAt: never,
    next: 0,
    solved: 0,
    isPaused: false,
    mining: null,
    alarms: {},
    untold: {},
  };
}

/** One turn in the making. */
export class LabStep {
  readonly state: LabState;
  readonly now: Moment;
  readonly hasher: Hasher;
  readonly dialect: Dialect;
  readonly effects: Effect<LabMessage, LabNote>[] = [];

  constructor(state: LabState, now: Moment, hasher: Hasher) {
    this.state = state;
    this.now = now;
    this.hasher = hasher;
    this.dialect = DIALECTS[state.settings.dialect];
  }

  get isController(): boolean {
    return this.state.controller !== null && this.state.controller === this.state.clientID;
  }

  /** What each message of ours begins with. */
  get spelled(): { readonly spelling: Required<Spelling>; readonly isOurs: true } {
    return { spelling: spellingFor(this.state.tongues), isOurs: true };
  }

  act(effect: Effect<LabMessage, LabNote>): void {
    this.effects.push(effect);
  }

  note(note: LabNote): void {
    this.act({ kind: 'note', note });
  }

  say(message: LabMessage): void {
    this.act({ kind: 'say', message, retained: false });
  }

  /** Rings in so many milliseconds. */
  set(alarm: LabAlarm, ms: number): void {
    this.state.alarms[alarm] = this.now.at + ms;
  }

  cancel(alarm: LabAlarm): void {
    delete this.state.alarms[alarm];
  }

  /** Counts a refusal, which is told within a second. */
  refuse(refusal: LabRefusal): void {
    const { untold, alarms } = this.state;
    const heap = untold[refusal.code] ?? { count: 0, refusal };
    untold[refusal.code] = { ...heap, count: heap.count + 1 };
    if (alarms.refusals === undefined) this.set('refusals', 1_000);
  }
}
