/** A peer in a random schedule: its true head, its journal, and what it is still to hear. */

import type { Entry, Settings } from '../../domain/contract.ts';
import type { Hasher } from '../../domain/crypto.ts';
import { type Message, senderOf } from '../../domain/message.ts';
import type { ClientID, UnixMs } from '../../domain/names.ts';
import type { Change } from '../../ledger/change.ts';
import type { State } from '../../peer/state.ts';
import { newState } from '../../peer/state-of.ts';
import type { Fact } from '../checkers/fact.ts';
import { change, type Deed, deeds } from './deeds.ts';
import { carried, type Letter, Making } from './making.ts';
import type { Words } from './words.ts';

/** 2026-01-01. */
const firstUnix = 1_767_225_600_000;

export type ActorOptions = {
  readonly settings: Settings;
  readonly hasher: Hasher;
  readonly words: Words;
  /** Its place among the peers. */
  readonly index: number;
  /** Another one makes other nonces. */
  readonly seed: number;
  readonly journal: readonly Entry[];
};

export class Actor {
  readonly self: ClientID;
  readonly index: number;
  /** What is on its way to it, the oldest first. */
  readonly inbox: Letter[] = [];
  readonly #options: ActorOptions;
  #making: Making;
  #crashes = 0;

  constructor(options: ActorOptions) {
    this.#options = options;
    this.self = options.settings.self.clientID;
    this.index = options.index;
    this.#making = this.#start(options.journal);
  }

  get state(): State {
    return this.#making.state;
  }

  hear(letter: Letter): void {
    this.#making.tell({ kind: 'heard', message: letter.message });
    this.#making.run(this.#options.words.hear(letter.text));
  }

  do(deed: Deed): void {
    deeds[deed](this.#making, this.#options.hasher);
  }

  change(wish: Change): void {
    change(this.#making, wish);
  }

  /** It lives for only so many words and records more, and must be crashed then. */
  dieAfter(count: number): void {
    this.#making.dieAfter(count);
  }

  /** Restarts from its journal. */
  crash(): void {
    this.#crashes += 1;
    this.#making = this.#start(this.#making.journal);
  }

  /** What it has said since this was asked last, and what checkers see. */
  take(): { readonly letters: readonly Letter[]; readonly facts: readonly Fact[] } {
    const { letters, facts } = this.#making;
    return { letters: letters.splice(0), facts: facts.splice(0) };
  }

  #start(journal: readonly Entry[]): Making {
    const { settings, hasher, words: speech, index, seed } = this.#options;
    const crashes = this.#crashes;
    const unix = (firstUnix + index * 1_000 + crashes) as UnixMs;
    const post = (message: Message, topic: string, text: string): Letter | null =>
      message.kind !== 'transaction' && carried.has(message.kind)
        ? { id: Number(text), by: senderOf(message), message, topic, text }
        : null;
    const making = new Making(newState(settings), journal, { hasher, speech, unix, post });
    making.begin(hasher.sha256(`${seed} ${this.self} ${crashes}`), crashes);
    return making;
  }
}
