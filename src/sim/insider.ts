/** A member with a true head that says, hears and claims what it should not; never two votes. */

import type { Delivery } from '../client/link.ts';
import type { Heartbeat, Message, MessageKind, Vote } from '../domain/message.ts';
import type { ClientID, Term, TransactionID } from '../domain/names.ts';
import { majority } from '../domain/roster.ts';
import { plainReader } from '../wire/reader.ts';
import { DEFAULT_PREFIX, readTopic } from '../wire/topics.ts';
import type { Chance } from './chance.ts';
import type { Censor } from './false-link.ts';
import type { InsiderKind } from './plan.ts';
import { senderIn } from './tape.ts';
import type { Inhabitant, World } from './world.ts';

/** What is said by a controller that does nothing but govern. */
const orders: ReadonlySet<MessageKind> = new Set([
  'challenge',
  'proposal',
  'batch',
  'lease',
  'outcome',
  'result',
]);

const beats: ReadonlySet<MessageKind> = new Set(['heartbeat', 'presence', 'introduction']);

/** What it keeps to itself: that a block is sealed. */
const secrets: ReadonlySet<MessageKind> = new Set(['result', 'answer']);

/** From one boast to the next, on average. */
const boastMs = 3_000;

/** As much as an integer holds. */
const far = Number.MAX_SAFE_INTEGER;

/** Where it is `expelling`: it takes members for gone that it did not hear for this time. */
const hastyMs = 8_000;

export class Insider implements Censor {
  readonly kind: InsiderKind;
  readonly peer: Inhabitant;
  readonly #world: World;
  readonly #chance: Chance;
  readonly #patienceMs: number;
  #isBad = true;
  /** Its last heartbeat, which its boasts are made of. */
  #beat: Heartbeat | null = null;
  #hasVotedFar = false;

  constructor(world: World, chance: Chance, kind: InsiderKind, peer: Inhabitant) {
    this.#world = world;
    this.#chance = chance;
    this.kind = kind;
    this.peer = peer;
    this.#patienceMs = peer.settings.removalMs;
    world.censors.set(peer.self.clientID, this);
    if (kind === 'expelling') this.#be(hastyMs);
    if (kind === 'boastful') this.#boastSoon();
  }

  /** It is mended: from now on it says what its head says. */
  end(): void {
    this.#isBad = false;
    this.#world.censors.delete(this.peer.self.clientID);
    this.#be(this.#patienceMs);
  }

  /** Its head reads its settings anew each time. */
  #be(removalMs: number): void {
    Object.assign(this.peer.settings, { removalMs });
  }

  reword(topic: string, text: string): string | null {
    const kind = readTopic(DEFAULT_PREFIX, topic)?.kind;
    if (kind === undefined) return text;
    switch (this.kind) {
      case 'silent':
        return null;
      case 'beating':
        return beats.has(kind) ? text : null;
      case 'stuck':
        return orders.has(kind) ? null : text;
      case 'secretive':
        return secrets.has(kind) ? null : text;
      case 'boastful':
        this.#remember(topic, text);
        return kind === 'offer' ? null : text;
      case 'expelling':
      case 'choosy':
        return text;
    }
  }

  hears({ topic, payload }: Delivery): boolean {
    const kind = readTopic(DEFAULT_PREFIX, topic)?.kind;
    if (kind === undefined) return true;
    const sender = senderIn(kind, payload);
    // What it claims itself would make its own head wonder.
    if (sender === this.peer.self.clientID) return false;
    if (this.kind === 'choosy') return kind !== 'solution' && kind !== 'transaction';
    return this.kind !== 'expelling' || sender === null || !this.#expelled().includes(sender);
  }

  /** One other member at a time, if there is a majority without it. */
  #expelled(): readonly ClientID[] {
    const { members } = this.#world.view(this.peer);
    const others = members.filter((name) => name !== this.peer.self.clientID);
    return others.slice(0, Math.min(1, members.length - majority(members.length)));
  }

  #remember(topic: string, text: string): void {
    const place = readTopic(DEFAULT_PREFIX, topic);
    if (place === null || place.kind === 'transaction') return;
    if (place.kind === 'offer' || place.kind === 'heartbeat' || place.kind === 'vote') {
      const read = plainReader.letter(place, topic, new TextEncoder().encode(text));
      if (!read.ok) return;
      const { message } = read.letter;
      if (message.kind === 'heartbeat') this.#beat = message;
      if (message.kind === 'offer') this.#claim({ ...message, rate: 1 });
      if (message.kind === 'vote') this.#voteFar(message);
    }
  }

  /** A single vote, so that it never contradicts itself. */
  #voteFar(vote: Vote): void {
    if (this.#hasVotedFar) return;
    this.#hasVotedFar = true;
    this.#claim({ ...vote, term: (far - 1) as Term });
  }

  #boastSoon(): void {
    this.#world.agenda.plan(this.#chance.exponential(boastMs), () => {
      if (!this.#isBad) return;
      this.#boast();
      this.#boastSoon();
    });
  }

  #boast(): void {
    const beat = this.#beat;
    if (beat === null || !this.peer.isAlive) return;
    const boasts: readonly Heartbeat[] = [
      { ...beat, term: far as Term, beat: beat.beat + 1 },
      { ...beat, transactionID: far as TransactionID, beat: beat.beat + 1 },
      { ...beat, beat: far },
      { ...beat, incarnation: far },
    ];
    const boast = boasts[Math.floor(this.#chance.next() * boasts.length)];
    if (boast !== undefined) this.#claim(boast);
  }

  #claim(message: Message): void {
    this.#world.utter(this.peer, message);
  }
}
