/** Drives a head: one event at a time, its effects strictly in order, one timer. */

import { assert } from '../domain/assert.ts';
import type { Command, Departure, Effect, Entry, Event, Peer, Reply } from '../domain/contract.ts';
import type { Message } from '../domain/message.ts';
import type { Instant, RequestID } from '../domain/names.ts';
import type { Note } from '../domain/note.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { DoorView } from '../wire/door.ts';
import type { Hands } from './hands.ts';
import type { Delivery, Link } from './link.ts';
import { serve } from './serving.ts';
import { tendPresences } from './tending.ts';

type Asked = { readonly command: Command; readonly resolve: (reply: Reply) => void };

/** Effects that show nobody else what we hold. */
const isOurOwn: ReadonlySet<Effect['kind']> = new Set([
  'attend',
  'mine',
  'rest',
  'fetch',
  'submit',
  'reply',
  'note',
  'leave',
]);

export class Driver<State, Said = Message, Fault = Refusal, Told = Note, View = DoorView> {
  readonly #peer: Peer<State, Said, Fault, Told>;
  readonly #hands: Hands<Said, Fault, Told, View>;
  readonly #viewOf: (state: State) => View;
  readonly #inbox: (Event<Said, Fault> | Delivery)[] = [];
  /** Our own voice, and failures: looked at before anything that waits in the inbox. */
  readonly #own: Event<Said, Fault>[] = [];
  readonly #asked = new Map<RequestID, Asked>();
  #effects: readonly Effect<Said, Told>[] = [];
  #next = 0;
  #requests = 0;
  #isBusy = false;
  #hasLeft = false;
  #dismissAlarm: () => void = () => undefined;
  #wakeAt: Instant | null = null;

  /** `viewOf` shows the door what the head holds: cheap checks come before costly ones. */
  constructor(
    peer: Peer<State, Said, Fault, Told>,
    hands: Hands<Said, Fault, Told, View>,
    viewOf: (state: State) => View,
  ) {
    this.#peer = peer;
    this.#hands = hands;
    this.#viewOf = viewOf;
    hands.miner?.listen({
      onFound: (work, solution) => this.#receive({ kind: 'found', work, solution }),
      // A miner may say more than an event has room for.
      onSearched: ({ work, tried, perSecond, near, exhausted }) =>
        this.#receive({ kind: 'searched', work, tried, perSecond, near, exhausted }),
    });
  }

  get state(): State {
    return this.#peer.state;
  }

  /** Begins with what the journal holds; `seed`: 64 hex digits that nobody else can know. */
  start(seed: string): void {
    this.#receive({ kind: 'started', seed, recovered: this.#hands.journal.recover() });
  }

  ask(command: Command): Promise<Reply> {
    this.#requests += 1;
    const request = `r${this.#requests}` as RequestID;
    return new Promise((resolve) => {
      if (this.#hasLeft) {
        resolve(replyOfNobody(command));
        return;
      }
      this.#asked.set(request, { command, resolve });
      this.#receive({ kind: 'asked', request, command });
    });
  }

  /** Stops as a crash would: nothing more is said, recorded or heard. */
  kill(): void {
    this.#hasLeft = true;
    this.#dismissAlarm();
  }

  #receive(item: Event<Said, Fault> | Delivery): void {
    if (this.#hasLeft) return;
    this.#inbox.push(item);
    this.#work();
  }

  /** Effects before events: an event is looked at only when the turn before it is performed. */
  #work(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (!this.#hasLeft) {
      const effect = this.#effects[this.#next];
      if (effect !== undefined) {
        const first = this.#next;
        this.#next = effect.kind === 'record' ? this.#endOfRecords(first) : first + 1;
        const pending = this.#attempt(effect, first);
        if (pending === undefined) continue;
        pending.then(
          () => this.#resume(),
          (error: unknown) => {
            this.#fail(first, error);
            this.#resume();
          },
        );
        return;
      }
      const item = this.#own.shift() ?? this.#inbox.shift();
      if (item === undefined) break;
      this.#turn(item);
    }
    this.#isBusy = false;
  }

  #resume(): void {
    this.#isBusy = false;
    this.#work();
  }

  /**
   * What would show others an entry that is not durable is not done: nothing more of the turn is
   * recorded, said or connected. What is between us and our own people is done all the same. The
   * head hears of it before it hears anything else, its own voice included.
   */
  #fail(first: number, error: unknown): void {
    const effect = this.#effects[first];
    assert(effect?.kind === 'record' || effect?.kind === 'serve', 'Only journals fail.');
    if (effect.kind !== 'record') return;
    const rest = this.#effects.slice(first);
    this.#effects = rest.filter(({ kind }) => isOurOwn.has(kind));
    this.#next = 0;
    this.#own.unshift({ kind: 'failed', code: codeOf(error), entries: entriesIn(rest) });
  }

  #turn(item: Event<Said, Fault> | Delivery): void {
    const event = 'kind' in item ? item : this.#understand(item);
    if (event === null) return;
    const moment = this.#hands.clock.now();
    const turn = this.#peer.step(event, moment);
    this.#hands.witness?.onTurn(event, moment, turn.effects);
    this.#effects = turn.effects;
    this.#next = 0;
    this.#setAlarm(turn.wakeAt);
  }

  #understand(delivery: Delivery): Event<Said, Fault> | null {
    const view = this.#viewOf(this.#peer.state);
    return this.#hands.speech.understand(delivery, view, this.#hands.clock.now().at);
  }

  #setAlarm(wakeAt: Instant | null): void {
    // A timer set anew for each message would never ring while messages keep coming.
    if (wakeAt === this.#wakeAt) return;
    this.#dismissAlarm();
    this.#wakeAt = wakeAt;
    if (wakeAt === null) return;
    this.#dismissAlarm = this.#hands.clock.wake(wakeAt, () => {
      this.#wakeAt = null;
      this.#receive({ kind: 'woken' });
    });
  }

  /** A journal that throws at once has failed like one whose promise is rejected. */
  #attempt(effect: Effect<Said, Told>, first: number): Promise<void> | undefined {
    try {
      return this.#perform(effect, first);
    } catch (error) {
      if (effect.kind !== 'record' && effect.kind !== 'serve') throw error;
      this.#fail(first, error);
      return undefined;
    }
  }

  /** Records in a row are written in one piece: a page of a ledger costs one sync, not hundreds. */
  #endOfRecords(first: number): number {
    const other = this.#effects.findIndex(({ kind }, at) => at > first && kind !== 'record');
    return other === -1 ? this.#effects.length : other;
  }

  #perform(effect: Effect<Said, Told>, first: number): Promise<void> | undefined {
    const { journal, link, miner, onNote } = this.#hands;
    switch (effect.kind) {
      case 'connect':
        this.#connect(effect);
        return undefined;
      case 'record':
        return journal.record(entriesIn(this.#effects.slice(first, this.#next))) ?? undefined;
      case 'confirm':
        this.#own.push({ kind: 'recorded' });
        return undefined;
      case 'say':
        this.#say(effect);
        return undefined;
      case 'attend':
      case 'clear':
        tendPresences(effect, this.#hands);
        return undefined;
      case 'serve':
        return this.#serve(effect);
      case 'mine':
        miner?.mine(effect.work);
        return undefined;
      case 'rest':
        miner?.rest();
        return undefined;
      case 'fetch':
      case 'submit':
        this.#call(effect);
        return undefined;
      case 'reply':
        this.#asked.get(effect.request)?.resolve(effect.reply);
        this.#asked.delete(effect.request);
        return undefined;
      case 'note':
        onNote(effect.note);
        return undefined;
      case 'leave':
        this.#leave(link, effect.why ?? null);
        return undefined;
    }
  }

  #connect(effect: Extract<Effect<Said, Told>, { kind: 'connect' }>): void {
    const { speech, link } = this.#hands;
    const { topic, text } = speech.utter(effect.will);
    const isForgotten = speech.hearsItself === true || effect.isForgotten === true;
    link.connect(
      { topic, text, ...(isForgotten && { isForgotten }) },
      {
        onConnected: () => this.#receive({ kind: 'connected' }),
        onDisconnected: (reason) => this.#receive({ kind: 'disconnected', reason }),
        onDelivery: (delivery) => this.#receive(delivery),
      },
    );
  }

  /** Publishes, and hands our own voice back before anything else that waits to be heard. */
  #say(effect: Extract<Effect<Said, Told>, { kind: 'say' }>): void {
    const { message, retained } = effect;
    const { link, speech } = this.#hands;
    const { topic, text, qos } = speech.utter(message);
    // The witness first: nobody is to hear what a process that dies right then has not told it.
    this.#hands.witness?.onSaid(message);
    link.publish(topic, text, { qos, retained });
    if (speech.hearsItself) return;
    this.#own.push(speech.hearOwn(message, text));
  }

  #serve({ to, from }: Extract<Effect, { kind: 'serve' }>): Promise<void> | undefined {
    const { self, journal, speech, link } = this.#hands;
    return serve(journal, { self, to, from }, (said) => {
      const { topic, text } = speech.utter(said);
      link.publish(topic, text, { qos: 1, retained: false });
    });
  }

  /** Its answer comes as an event, whenever that is. */
  #call(effect: Extract<Effect, { kind: 'fetch' | 'submit' }>): void {
    const { source } = this.#hands;
    assert(source != null, 'A head that calls a service has one.');
    const { call } = effect;
    if (effect.kind === 'fetch') {
      source.fetch((fetched) => this.#receive({ kind: 'fetched', call, fetched }));
      return;
    }
    const { find } = effect;
    source.submit(find, (submitted) => this.#receive({ kind: 'submitted', call, find, submitted }));
  }

  #leave(link: Link, why: Departure | null): void {
    const { onLeft } = this.#hands;
    this.kill();
    for (const { command, resolve } of this.#asked.values()) resolve(replyOfNobody(command));
    const tell = (): void => onLeft(why);
    void link.close().then(tell, tell);
  }
}

function entriesIn<Said, Told>(effects: readonly Effect<Said, Told>[]): readonly Entry[] {
  return effects.flatMap((effect) => (effect.kind === 'record' ? [effect.entry] : []));
}

/** What a peer that is gone answers: to what it can't do any more, that it did not. */
function replyOfNobody({ kind }: Command): Reply {
  if (kind !== 'send') return { kind: 'done' };
  return { kind: 'declined', fault: { code: 'NOT_READY', problem: 'this peer has left' } };
}

function codeOf(error: unknown): string {
  const isCoded = typeof error === 'object' && error !== null && 'code' in error;
  return isCoded ? String(error.code) : String(error);
}
