/** Judges how things are said: with which quality, how often, and under which Rules. */

import { type Enveloped, type EnvelopedKind, senderOf } from '../../domain/message.ts';
import type { ClientID, Instant } from '../../domain/names.ts';
import { readRules, rulesWithGenesis } from '../../ledger/rules.ts';
import { Allowance } from '../../wire/allowance.ts';
import { SENDER_LIMIT } from '../../wire/directory.ts';
import { qosOf } from '../../wire/topics.ts';
import { Latest, PEERS_KEPT } from './latest.ts';
import type { Society } from './society.ts';
import { type Charge, charge, type Judge, type Place, type Said } from './testimony.ts';

/** How often the peers of this network speak, in milliseconds. */
export type Rhythm = { readonly announceMs: number; readonly heartbeatMs: number };

/** In heartbeats: who is silent for so long may be away, or we are; then nothing is missed. */
const AWAY = 3;
/** In so many times of a heartbeat it spoke, and gave none: they have QoS 0, and some are lost. */
const BEATS_MISSED = 8;
/** In introductions: some are lost. */
const INTRODUCTIONS_MISSED = 3;
/** Introductions are so much rarer among those who obey a controller, and a little late. */
const RARER = 6;
const JITTER = 1.1;
const SLACK_MS = 2_000;
/** Peers that are started together come within this time. */
const COMING_MS = 5_000;

/** Since when somebody speaks without a break, and how it keeps to what it has to repeat. */
type Habit = {
  heardAt: number;
  introducedAt: number;
  beatAt: number;
  /** In how many times of a heartbeat it spoke since its last one. */
  beatless: number;
  /** When the last of those began. */
  countedAt: number;
};

export class MannersJudge implements Judge {
  readonly #society: Society;
  readonly #rhythm: Rhythm;
  readonly #habits = new Latest<ClientID, Habit>(PEERS_KEPT);
  readonly #allowances = new Latest<ClientID, Allowance>(PEERS_KEPT);
  /** By which Rules each goes, and since when. */
  readonly #rules = new Latest<ClientID, { readonly text: string; readonly place: Place }>(
    PEERS_KEPT,
  );
  /** When somebody last came with Rules of its own; null once that is judged. */
  #rulesChangedAt: number | null = null;
  /** A subscriber that asks for QoS 0 gets nothing else. */
  #hasQuality = false;

  constructor(society: Society, rhythm: Rhythm) {
    this.#society = society;
    this.#rhythm = rhythm;
  }

  judge(said: Said): Charge | null {
    const { message, retained } = said;
    if (retained) return judgeRetained(message);
    return this.#judgeQuality(said) ?? this.#judgeHabit(said);
  }

  #judgeQuality({ message, qos }: Said): Charge | null {
    const due = qosOf(message.kind);
    this.#hasQuality ||= qos > 0;
    if (!this.#hasQuality || qos === due) return null;
    const what = `says a ${message.kind} with QoS ${qos}, not ${due}`;
    return charge('quality', senderOf(message), what);
  }

  #judgeHabit({ message, at }: Said): Charge | null {
    const who = senderOf(message);
    const habit = this.#habits.get(who);
    if (habit === undefined || message.kind === 'request') return null;
    if (message.kind !== 'heartbeat' && habit.beatless > BEATS_MISSED) {
      const what = `has spoken without a heartbeat for ${seconds(at - habit.beatAt)}`;
      return charge('heartbeats', who, what, 'heartbeats');
    }
    const isAway = at > habit.heardAt + AWAY * this.#rhythm.heartbeatMs;
    const isMissed = at > habit.introducedAt + this.#introductionMs(who);
    if (message.kind === 'introduction' || isAway || !isMissed) return null;
    const what = `has not introduced itself for ${seconds(at - habit.introducedAt)}`;
    return charge('introductions', who, what, 'introductions');
  }

  #introductionMs(who: ClientID): number {
    const rarer = this.#society.networkOf(who) === null ? 1 : RARER;
    const each = this.#rhythm.announceMs * rarer * JITTER;
    return INTRODUCTIONS_MISSED * each + SLACK_MS;
  }

  learn({ message, retained, number, at }: Said): void {
    if (message.kind !== 'introduction' && message.kind !== 'presence') return;
    const { clientID, rules } = message;
    if (retained || this.#rules.get(clientID)?.text === rules) return;
    this.#rules.set(clientID, { text: rules, place: { number, at } });
    this.#rulesChangedAt = at;
  }

  /** A while after somebody came with other Rules: by then it shows who the others are. */
  settle(at: number): readonly Charge[] {
    if (this.#rulesChangedAt === null || at < this.#rulesChangedAt + COMING_MS) return [];
    this.#rulesChangedAt = null;
    const usual = mostOften([...this.#rules.values()].map(({ text }) => text));
    return [...this.#rules].flatMap(([who, { text, place }]) => {
      if (text === usual || isToCome(text, usual)) return [];
      const what = `goes by the Rules "${text}", and others by "${usual}"`;
      return [{ ...charge('sameRules', who, what), place }];
    });
  }

  /** Whoever speaks, be it well or not, is there; a charge for too much of it. */
  hear(who: ClientID, at: number, kind: EnvelopedKind | null): Charge | null {
    this.#keepHabit(who, at, kind);
    const allowance = this.#allowances.get(who) ?? new Allowance(SENDER_LIMIT);
    this.#allowances.set(who, allowance);
    if (!allowance.has(at as Instant)) return charge('noFlood', who, 'floods the network');
    allowance.take();
    return null;
  }

  #keepHabit(who: ClientID, at: number, kind: EnvelopedKind | null): void {
    // Who only looks on asks for blocks, and says nothing else.
    if (kind === 'request') return;
    const { heartbeatMs } = this.#rhythm;
    const fresh = { heardAt: at, introducedAt: at, beatAt: at, beatless: 0, countedAt: at };
    const habit = this.#habits.get(who) ?? fresh;
    this.#habits.set(who, habit);
    const isAway = at > habit.heardAt + AWAY * heartbeatMs;
    if (kind === 'introduction' || isAway) habit.introducedAt = at;
    habit.heardAt = Math.max(at, habit.heardAt);
    if (kind === 'heartbeat') Object.assign(habit, { beatAt: at, beatless: 0, countedAt: at });
    else if (at >= habit.countedAt + heartbeatMs) {
      habit.beatless += 1;
      habit.countedAt = at;
    }
  }
}

function judgeRetained(message: Enveloped): Charge | null {
  if (message.kind === 'presence' || message.kind === 'mandate') return null;
  return charge('retained', senderOf(message), `left a ${message.kind} on the broker`);
}

/** A peer that comes takes over what accounts begin with, and then the Rules that name it. */
function isToCome(text: string, usual: string | undefined): boolean {
  const rules = usual === undefined ? null : readRules(usual);
  return rules !== null && rulesWithGenesis(rules, null).text === text;
}

/** The first of those that are there most often. */
function mostOften(texts: readonly string[]): string | undefined {
  const count = (text: string): number => texts.filter((it) => it === text).length;
  return texts.reduce<string | undefined>(
    (best, text) => (best !== undefined && count(best) >= count(text) ? best : text),
    undefined,
  );
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
