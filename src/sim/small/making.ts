/** A peer's turn in the making: its effects are performed as the driver performs them. */

import type { Speech } from '../../client/speech.ts';
import type { Effect, Entry, Event, Moment } from '../../domain/contract.ts';
import type { Hasher } from '../../domain/crypto.ts';
import type { Enveloped, Message, MessageKind } from '../../domain/message.ts';
import type { ClientID, Instant, UnixMs } from '../../domain/names.ts';
import { revive } from '../../peer/head.ts';
import type { State } from '../../peer/state.ts';
import { Step } from '../../peer/step.ts';
import type { Fact } from '../checkers/fact.ts';

/** A message that was said. The same words are the same letter. */
export type Letter = {
  readonly id: number;
  readonly by: ClientID;
  readonly message: Enveloped;
  readonly topic: string;
  readonly text: string;
};

/** Without time, letters of other kinds say nothing that these don't. */
export const carried: ReadonlySet<MessageKind> = new Set([
  'commitment',
  'reveal',
  'vote',
  'mandate',
  'challenge',
  'solution',
  'proposal',
  'acknowledgement',
  'result',
]);

/** What one peer has outside its head. */
export type Desk = {
  readonly hasher: Hasher;
  readonly speech: Pick<Speech, 'utter' | 'hearOwn'>;
  /** Clocks of different peers differ, and so do the challenges that they open. */
  readonly unix: UnixMs;
  /** Finds the letter of these words, or makes it; null for a kind that nobody is brought. */
  readonly post: (message: Message, topic: string, text: string) => Letter | null;
};

/** Time stands still: what a clock would bring about is a deed of its own. */
const still = 1_000_000 as Instant;

type Unplaced = Fact extends infer Each
  ? Each extends Fact
    ? Omit<Each, 'at' | 'by'>
    : never
  : never;

export class Making {
  #state: State;
  #isShared: boolean;
  readonly journal: Entry[];
  readonly letters: Letter[] = [];
  readonly facts: Fact[] = [];
  readonly #desk: Desk;
  /** How many words and records it lives to bring out. */
  #left = Number.POSITIVE_INFINITY;

  /** A state that is `shared` is copied as soon as anything may change in it. */
  constructor(state: State, journal: readonly Entry[], desk: Desk, shared?: 'shared') {
    this.#state = state;
    this.#isShared = shared === 'shared';
    this.journal = [...journal];
    this.#desk = desk;
  }

  get state(): State {
    return this.#state;
  }

  tell(fact: Unplaced): void {
    if (!isJudged(fact)) return;
    // Nobody else has it: made whole, not copied.
    this.facts.push(Object.assign(fact, { at: 0, by: this.state.settings.self.clientID }) as Fact);
  }

  /** Starts with what the journal holds; `crashes`: how often it has crashed so far. */
  begin(seed: string, crashes: number): void {
    if (crashes > 0) this.tell({ kind: 'crashed' });
    this.run({ kind: 'started', seed, recovered: { entries: [...this.journal] } });
    this.run({ kind: 'connected' });
    if (crashes > 0) this.tell({ kind: 'restarted' });
  }

  /** After so many words and records more it is dead: a crash in the midst of a turn. */
  dieAfter(count: number): void {
    this.#left = count;
  }

  /** The head's turn, and whatever follows from hearing its own voice. */
  run(event: Event): void {
    this.#cast();
    const head = revive(this.state.settings, this.#desk.hasher, this.state);
    this.#perform(head.step(event, this.#moment(0)).effects);
  }

  /** Something that the head would do `afterMs` from now, if time passed. */
  do(act: (step: Step) => void, afterMs: number): void {
    this.#cast();
    const step = new Step(this.state, this.#moment(afterMs), this.#desk.hasher);
    act(step);
    this.#perform(step.effects);
  }

  /** The same dice for the same deed: how often they were thrown before makes no difference. */
  #cast(): void {
    if (this.#isShared) this.#state = structuredClone(this.#state);
    this.#isShared = false;
    if (this.state.dice.seed !== '') this.state.dice.throws = 0;
  }

  #moment(afterMs: number): Moment {
    return { at: (still + afterMs) as Instant, unix: this.#desk.unix };
  }

  #perform(effects: readonly Effect[]): void {
    const own: Event[] = [];
    for (const effect of effects) {
      if (this.#left <= 0) return;
      if (effect.kind === 'record' || effect.kind === 'say') this.#left -= 1;
      if (effect.kind === 'record') {
        this.journal.push(effect.entry);
        this.tell({ kind: 'recorded', entry: effect.entry });
      } else if (effect.kind === 'note') this.tell({ kind: 'noted', note: effect.note });
      else if (effect.kind === 'say') own.push(this.#say(effect.message));
    }
    for (const event of own) this.run(event);
  }

  #say(message: Message): Event {
    const { speech, post } = this.#desk;
    const { topic, text } = speech.utter(message);
    this.tell({ kind: 'said', message });
    const letter = post(message, topic, text);
    if (letter !== null) this.letters.push(letter);
    return speech.hearOwn(message, text);
  }
}

/** Kinds that some checker looks at, and those that none does. */
const judgedNotes: ReadonlySet<string> = new Set([
  'drawn',
  'mandate',
  'challenge',
  'term-forgotten',
]);
const judgedWords: ReadonlySet<string> = new Set(['commitment', 'reveal']);
const idleWords: ReadonlySet<string> = new Set(['introduction', 'presence']);

function isJudged(fact: Unplaced): boolean {
  switch (fact.kind) {
    case 'noted':
      return judgedNotes.has(fact.note.kind);
    case 'heard':
      return judgedWords.has(fact.message.kind);
    case 'said':
      return !idleWords.has(fact.message.kind);
    case 'recorded':
      return fact.entry.kind !== 'incarnation';
    default:
      return true;
  }
}
