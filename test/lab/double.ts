/** Doubles of the students' clients: each reads its own spelling alone, and has its habits. */

import { createHash } from 'node:crypto';
import { type Habits, type Keys, SPELLINGS } from './habits.ts';

type Value = string | number;
export type Fields = Readonly<Record<string, unknown>>;

/** What a double has of the world: a broker, a timer, and luck from 0 to 1. */
export type Hands = {
  readonly say: (word: string, fields: Fields) => void;
  readonly after: (ms: number, run: () => void) => void;
  readonly luck: () => number;
};

const REPEAT_MS = 2_000;
const PREPARE_MS = 2_000;
const PAUSE_MS = 500;

export class Double {
  readonly id: Value;
  readonly vote: Value;
  /** Null before its election. */
  controller: Value | null = null;
  /** Its own solutions that a controller took. */
  wins = 0;
  /** Those that a controller answered in words that it can read, taken or not. */
  answers = 0;
  /** How often somebody acted as controller that it has not elected. */
  strangers = 0;
  readonly #habits: Habits;
  readonly #keys: Keys;
  readonly #hands: Hands;
  readonly #wanted: number;
  readonly #isText: boolean;
  readonly #known = new Set<Value>();
  readonly #votes: { readonly id: Value; readonly vote: Value }[] = [];
  #listensToVotes: boolean;
  #hasVoted = false;
  #open: number | null = null;
  #next = 0;

  constructor(habits: Habits, hands: Hands, wanted: number, id: Value, vote: Value) {
    this.#habits = habits;
    this.#keys = SPELLINGS[habits.spelling];
    this.#hands = hands;
    this.#wanted = wanted;
    this.#isText = typeof id === 'string';
    this.#listensToVotes = habits.listens === 'first';
    this.id = id;
    this.vote = vote;
  }

  /** Once it is subscribed; for some of them when a person presses ENTER. */
  introduce(): void {
    if (this.controller !== null) return;
    const { introduces } = this.#habits;
    this.#hands.say('init', { [this.#keys.client]: this.id });
    if (introduces !== 'once') this.#hands.after(this.#about(introduces), () => this.introduce());
  }

  hear(word: string, said: Fields): void {
    switch (word) {
      case 'init':
        this.#meet(said);
        return;
      case 'voting':
        this.#count(said);
        return;
      case 'challenge':
        this.#mine(said);
        return;
      case 'solution':
        this.#judge(said);
        return;
      case 'result':
        this.#learn(said);
        return;
    }
  }

  #meet(said: Fields): void {
    const name = said[this.#keys.client];
    if (!this.#isName(name)) return;
    this.#known.add(name);
    if (this.#known.size < this.#wanted || this.#hasVoted) return;
    this.#hasVoted = true;
    const isLate = this.#habits.listens === 'late';
    const listenMs = isLate ? this.#from(50, 300) : 0;
    this.#hands.after(listenMs, () => {
      this.#listensToVotes = true;
    });
    this.#hands.after(isLate ? this.#from(700, 900) : this.#from(0, 50), () => this.#sayVote());
  }

  #sayVote(): void {
    if (this.controller !== null) return;
    const { client, vote } = this.#keys;
    this.#hands.say('voting', { [client]: this.id, [vote]: this.vote });
    if (this.#habits.votes !== 'again') return;
    this.#hands.after(this.#about(REPEAT_MS), () => this.#sayVote());
  }

  #count(said: Fields): void {
    const [id, vote] = [said[this.#keys.client], said[this.#keys.vote]];
    if (!this.#isName(id) || !this.#isName(vote)) return;
    if (!this.#listensToVotes || this.controller !== null) return;
    const isKnown = this.#votes.some((other) => other.id === id);
    if (isKnown && this.#habits.counts === 'voters') return;
    this.#votes.push({ id, vote });
    if (this.#votes.length < this.#wanted) return;
    const order = (a: Value, b: Value): number => (a < b ? 1 : a > b ? -1 : 0);
    const [first] = [...this.#votes].sort((a, b) => order(a.vote, b.vote) || order(a.id, b.id));
    this.controller = first?.id ?? null;
    if (this.controller === this.id) this.#hands.after(PREPARE_MS, () => this.#openNext());
  }

  #openNext(): void {
    this.#open = this.#next;
    this.#next += 1;
    const challenge = this.#isText ? 8 : 2;
    const { transaction, challenge: key } = this.#keys;
    const fields = { [transaction]: this.#number(this.#open), [key]: this.#number(challenge) };
    this.#hands.say('challenge', fields);
  }

  #mine(said: Fields): void {
    const [raw, challenge] = [said[this.#keys.transaction], said[this.#keys.challenge]];
    if (!isNumber(raw) || !isNumber(challenge) || this.controller === this.id) return;
    if (this.controller === null) {
      this.strangers += 1;
      return;
    }
    const bits = Number(challenge) * (this.#isText ? 1 : 4);
    this.#hands.after(this.#from(100, 900), () => {
      const solution = solve(`${this.id}/${raw}/`, bits);
      const { transaction, client, solution: key } = this.#keys;
      const about = { [transaction]: this.#number(Number(raw)), [client]: this.id };
      this.#hands.say('solution', { ...about, [key]: solution });
    });
  }

  #judge(said: Fields): void {
    const { transaction, client, solution, result } = this.#keys;
    const [raw, id, text] = [said[transaction], said[client], said[solution]];
    if (!isNumber(raw) || !this.#isName(id) || typeof text !== 'string') return;
    if (this.controller !== this.id) return;
    const isWin = Number(raw) === this.#open && zeroBits(text) >= 8;
    const about = { [client]: id, [transaction]: this.#number(Number(raw)), [solution]: text };
    this.#hands.say('result', { ...about, [result]: this.#number(isWin ? 1 : 0) });
    if (!isWin) return;
    this.#open = null;
    this.#hands.after(PAUSE_MS, () => this.#openNext());
  }

  #learn(said: Fields): void {
    const [raw, result] = [said[this.#keys.transaction], said[this.#keys.result]];
    if (!isNumber(raw) || !isNumber(result)) return;
    const isOwn = said[this.#keys.client] === this.id;
    if (isOwn) this.answers += 1;
    if (isOwn && Number(result) === 1) this.wins += 1;
  }

  #isName(value: unknown): value is Value {
    return typeof value === (this.#isText ? 'string' : 'number');
  }

  #number(value: number): Value {
    return this.#habits.saysTexts === true ? String(value) : value;
  }

  #from(low: number, high: number): number {
    return low + this.#hands.luck() * (high - low);
  }

  #about(ms: number): number {
    return ms + this.#from(0, ms / 20);
  }
}

/** As Python's int() takes them. */
function isNumber(value: unknown): value is Value {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
}

function solve(begin: string, bits: number): string {
  for (let nonce = 0; ; nonce += 1) {
    if (zeroBits(`${begin}${nonce}`) >= bits) return `${begin}${nonce}`;
  }
}

function zeroBits(text: string): number {
  const digest = createHash('sha1').update(text).digest();
  return Math.clz32(digest.readUInt32BE());
}
