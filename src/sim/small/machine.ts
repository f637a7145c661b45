/** One peer as a machine: the true head behind the true door, where each step is taken once. */

import { createSpeech, type Speech } from '../../client/speech.ts';
import type { Entry, Settings } from '../../domain/contract.ts';
import type { Hasher } from '../../domain/crypto.ts';
import type { Member } from '../../domain/message.ts';
import type { ClientID, Instant, UnixMs } from '../../domain/names.ts';
import type { State } from '../../peer/state.ts';
import { newState } from '../../peer/state-of.ts';
import { createGlimpse } from '../../peer/view.ts';
import { Door } from '../../wire/door.ts';
import { DEFAULT_PREFIX } from '../../wire/topics.ts';
import type { Fact } from '../checkers/fact.ts';
import { toySigner, toyVerifier } from '../toy-crypto.ts';
import { type Deed, deeds } from './deeds.ts';
import { keyOf } from './key.ts';
import { type Desk, type Letter, Making } from './making.ts';

/** 2026-01-01. */
const firstUnix = 1_767_225_600_000;

/** More letters than any small world knows. */
const mostLetters = 2 ** 20;

/** What a peer is at one moment; two that can do nothing differently are one. */
export type Local = {
  readonly id: number;
  readonly state: State;
  readonly journal: readonly Entry[];
  readonly crashes: number;
};

/** What one step makes of a peer: what it is then, what it said, and what checkers see. */
export type Move = {
  readonly to: Local;
  readonly letters: readonly Letter[];
  readonly facts: readonly Fact[];
};

export type MachineOptions = {
  readonly settings: Settings;
  /** Whose keys everybody knows. */
  readonly members: readonly Member[];
  readonly hasher: Hasher;
  /** Its place among the peers. */
  readonly index: number;
  /** Another one makes other nonces, so that others win. */
  readonly seed: number;
  readonly post: Desk['post'];
  /** Whether it may ever say again what it said. */
  readonly saysAgain: boolean;
};

export class Machine {
  readonly self: ClientID;
  readonly #options: MachineOptions;
  readonly #speech: Speech;
  readonly #glimpse: ReturnType<typeof createGlimpse>;
  readonly #locals = new Map<string, Local>();
  readonly #moves = new Map<number | string, Move | null>();
  readonly #encoder = new TextEncoder();
  #checks = 0;

  constructor(options: MachineOptions) {
    const { settings, hasher, members } = options;
    const { self } = settings;
    this.self = self.clientID;
    this.#options = options;
    this.#glimpse = createGlimpse(hasher);
    const verifier = toyVerifier();
    const door = new Door({ prefix: DEFAULT_PREFIX, self, hasher, verifier });
    for (const member of members) door.learn(member);
    this.#speech = createSpeech(DEFAULT_PREFIX, self.clientID, toySigner(self.publicKey), door);
  }

  /** How many different states of this peer were met. */
  get met(): number {
    return this.#locals.size;
  }

  /** Starts with a journal: a newcomer's, or what a crash left. */
  start(journal: readonly Entry[], crashes: number): Move {
    const state = newState(this.#options.settings);
    const making = new Making(state, journal, this.#desk(crashes));
    making.begin(this.#seed(crashes), crashes);
    return this.#close(making, crashes);
  }

  /** Null where hearing it changes nothing. */
  hear(local: Local, letter: Letter): Move | null {
    const key = local.id * mostLetters + letter.id;
    const known = this.#moves.get(key);
    if (known !== undefined) return known;
    const making = this.#fork(local);
    making.tell({ kind: 'heard', message: letter.message });
    const payload = this.#encoder.encode(letter.text);
    // The door's allowance must not run out because time stands still.
    this.#checks += 1;
    const at = (this.#checks * 1_000) as Instant;
    const view = this.#glimpse(making.state);
    const arrival = { topic: letter.topic, payload, retained: false };
    const event = this.#speech.understand(arrival, view, at);
    if (event !== null) making.run(event);
    return this.#keep(key, local, making);
  }

  /** Null where there is nothing to do. */
  do(local: Local, deed: Deed): Move | null {
    const key = `${local.id} ${deed}`;
    const known = this.#moves.get(key);
    if (known !== undefined) return known;
    const making = this.#fork(local);
    deeds[deed](making, this.#options.hasher);
    return this.#keep(key, local, making);
  }

  crash(local: Local): Move {
    const key = `${local.id} crash`;
    const move = this.#moves.get(key) ?? this.start(local.journal, local.crashes + 1);
    this.#moves.set(key, move);
    return move;
  }

  #keep(key: number | string, from: Local, making: Making): Move | null {
    const move = making.state === from.state ? null : this.#close(making, from.crashes);
    const isNothing = move?.to === from && move.letters.length === 0;
    const kept = isNothing ? null : move;
    this.#moves.set(key, kept);
    return kept;
  }

  #close({ state, journal, letters, facts }: Making, crashes: number): Move {
    const key = keyOf(state, crashes, this.#options.saysAgain);
    const known = this.#locals.get(key);
    const to = known ?? { id: this.#locals.size, state, journal, crashes };
    this.#locals.set(key, to);
    return { to, letters, facts };
  }

  #fork({ state, journal, crashes }: Local): Making {
    return new Making(state, journal, this.#desk(crashes), 'shared');
  }

  #seed(crashes: number): string {
    return this.#options.hasher.sha256(`${this.#options.seed} ${this.self} ${crashes}`);
  }

  #desk(crashes: number): Desk {
    const { hasher, index, post } = this.#options;
    const unix = (firstUnix + index * 1_000 + crashes) as UnixMs;
    return { hasher, speech: this.#speech, unix, post };
  }
}
