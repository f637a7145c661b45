/** Somebody with the broker's password and no seat: hears all, repeats it, floods, and claims. */

import type { Hasher } from '../domain/crypto.ts';
import type { Member, Message, MessageKind } from '../domain/message.ts';
import type { ClientID, Digest } from '../domain/names.ts';
import { questIDOf } from '../lease/quest.ts';
import { payloadOf } from '../wire/envelope.ts';
import { plainReader } from '../wire/reader.ts';
import {
  DEFAULT_PREFIX,
  presenceTopicOf,
  readTopic,
  sharedTopicOf,
  topicOf,
} from '../wire/topics.ts';
import { Chance } from './chance.ts';
import { Crowd, type Gossip } from './crowd.ts';
import { type Heard, Tape } from './tape.ts';
import { toySigner } from './toy-crypto.ts';
import type { World } from './world.ts';

/** Five times a second. */
const tickMs = 200;

/** How long the messages of a controller that is gone are repeated. */
const hauntMs = 40_000;

/** What only a controller says, and its heartbeats. */
const haunting = ['heartbeat', 'challenge', 'mandate', 'lease', 'result', 'outcome'] as const;

/** A controller that is well says something at least this often. */
const aliveMs = 6_000;

/** What a stranger learns from: who is there, and what is being done. */
const telling: ReadonlySet<MessageKind> = new Set(['presence', 'challenge', 'lease']);

/** How long a peer that has just come hears old heartbeats. */
const greetingMs = 8_000;

/** What it does for some seconds, how often a tick; between two of them it only repeats. */
const whims = [
  { what: 'memory', perTick: 4 },
  { what: 'introductions', perTick: 6 },
  { what: 'heartbeats', perTick: 6 },
  { what: 'transactions', perTick: 10 },
  { what: 'requests', perTick: 2 },
  { what: 'solutions', perTick: 4 },
  { what: 'garbage', perTick: 10 },
  { what: 'quests', perTick: 1 },
  { what: 'offers', perTick: 2 },
  { what: 'offers', perTick: 2 },
  { what: 'retained', perTick: 1 },
  { what: 'clearing', perTick: 1 },
] as const;

type Whim = (typeof whims)[number];

/** From one whim to the next, on average. */
const whimMs = 4_000;

/** How many messages were said again, and how many were made up. */
export type Mischief = { repeated: number; invented: number };

export class Stranger {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #hasher: Hasher;
  readonly #crowd: Crowd;
  readonly #tape = new Tape();
  readonly done: Mischief = { repeated: 0, invented: 0 };
  #gossip: Gossip = { network: null, height: 0, rules: '', peers: 1, quest: null };
  #whim: Whim | null = null;
  #whimUntil = 0;
  #greetUntil = 0;
  #isActive = false;
  #ticks = 0;

  constructor(world: World, seed: number, hasher: Hasher) {
    this.#world = world;
    this.#hasher = hasher;
    this.#chance = new Chance(seed * 7919 + 2);
    this.#crowd = new Crowd(this.#chance, hasher);
    world.network.listen((delivery) => {
      const heard = this.#tape.hear(delivery, world.agenda.now);
      if (heard !== null) this.#learn(heard);
    });
  }

  /** From now on, until `end`; it hears all the time. */
  begin(): void {
    if (this.#isActive) return;
    this.#isActive = true;
    this.#tick();
  }

  end(): void {
    this.#isActive = false;
  }

  #tick(): void {
    if (!this.#isActive) return;
    this.#ticks += 1;
    this.#haunt();
    if (this.#world.agenda.now < this.#greetUntil) this.#mislead();
    this.#followWhim();
    this.#world.agenda.plan(tickMs, () => this.#tick());
  }

  /** Repeats the last messages of controllers that are gone. */
  #haunt(): void {
    for (const governor of this.#tape.governors(2)) {
      if (this.#isWell(governor)) continue;
      for (const kind of haunting) {
        const heard = this.#tape.last(governor, kind);
        const isDue = kind === 'heartbeat' || kind === 'challenge' || this.#ticks % 5 === 0;
        if (heard !== null && isDue && this.#world.agenda.now - heard.at < hauntMs)
          this.#repeat(heard);
      }
    }
  }

  /** For a peer that has just come an old heartbeat is news, and the next one is newer. */
  #mislead(): void {
    for (const governor of this.#tape.governors(2)) {
      const beats = this.#tape.beatsOf(governor);
      const beat = beats[this.#ticks % Math.max(1, beats.length)];
      if (beat !== undefined) this.#repeat(beat);
    }
  }

  #followWhim(): void {
    const { now } = this.#world.agenda;
    if (now >= this.#whimUntil) {
      const isQuiet = this.#whim !== null || this.#gossip.network === null;
      this.#whim = isQuiet ? null : (this.#pick(whims) ?? null);
      this.#whimUntil = now + this.#chance.exponential(whimMs);
    }
    if (this.#whim === null) return;
    for (let more = 0; more < this.#whim.perTick; more += 1) this.#act(this.#whim.what);
  }

  #act(what: Whim['what']): void {
    if (what === 'memory') this.#repeatOld();
    else if (what === 'garbage') this.#litter();
    else if (what === 'quests') this.#ask();
    else if (what === 'retained') this.#leave();
    else if (what === 'clearing') this.#clear();
    else {
      const who = this.#crowd.anybody();
      for (const words of this.#crowd.wordsOf(what, who, this.#gossip)) this.#say(who, words);
    }
  }

  #repeatOld(): void {
    const heard = this.#tape.any(this.#chance);
    if (heard !== null) this.#repeat(heard);
  }

  #repeat({ delivery }: Heard): void {
    this.done.repeated += 1;
    this.#publish({ ...delivery, retained: false });
  }

  #say(who: Member, message: Message): void {
    const topic = topicOf(DEFAULT_PREFIX, message);
    this.#invent(topic, payloadOf(message, topic, toySigner(who.publicKey)));
  }

  /** The checkers have to know what was asked for. */
  #ask(): void {
    if (this.#ticks % 10 !== 0) return;
    const who = this.#crowd.anybody();
    const quest = this.#crowd.quest(who);
    this.#world.overhear(who, quest);
    this.#say(who, quest);
  }

  #litter(): void {
    const kinds = ['heartbeat', 'vote', 'mandate', 'proposal', 'transaction', 'lease'] as const;
    const kind = this.#pick(kinds) ?? 'heartbeat';
    this.#invent(sharedTopicOf(DEFAULT_PREFIX, kind), this.#crowd.garbage());
  }

  /** What the broker is to show to all who come. */
  #leave(): void {
    const heard = this.#tape.any(this.#chance);
    if (heard === null || (heard.kind !== 'presence' && heard.kind !== 'mandate')) return;
    this.done.repeated += 1;
    this.#publish({ ...heard.delivery, retained: true });
  }

  #clear(): void {
    const heard = this.#tape.any(this.#chance);
    if (heard === null) return;
    const own = presenceTopicOf(DEFAULT_PREFIX, heard.sender);
    const topic = this.#chance.happens(0.3) ? sharedTopicOf(DEFAULT_PREFIX, 'mandate') : own;
    this.#invent(topic, '', true);
  }

  #invent(topic: string, text: string, retained = false): void {
    this.done.invented += 1;
    const payload = new TextEncoder().encode(text);
    this.#tape.ignore(payload);
    this.#publish({ topic, payload, retained });
  }

  #publish(delivery: Parameters<World['network']['intrude']>[0]): void {
    this.#world.network.intrude(delivery);
  }

  /** Takes from what it hears what it needs to be listened to. */
  #learn(heard: Heard): void {
    const isNews = heard.kind === 'heartbeat' && this.#gossip.network === null;
    if (!isNews && !telling.has(heard.kind)) return;
    const { topic, payload } = heard.delivery;
    const place = readTopic(DEFAULT_PREFIX, topic);
    if (place === null || place.kind === 'transaction') return;
    const read = plainReader.letter(place, topic, payload);
    if (!read.ok) return;
    const { message } = read.letter;
    if (message.kind === 'presence') this.#meet(message);
    if (message.kind === 'heartbeat') this.#gossip = { ...this.#gossip, network: message.network };
    if (message.kind === 'challenge')
      this.#gossip = { ...this.#gossip, height: message.transactionID };
    if (message.kind === 'lease')
      this.#gossip = { ...this.#gossip, quest: questIDOf(message.quest, this.#hasher) };
  }

  #meet(presence: Extract<Message, { kind: 'presence' }>): void {
    const { rules, peers, state } = presence;
    const network: Digest | null = presence.network ?? this.#gossip.network;
    this.#gossip = { ...this.#gossip, rules, peers, network };
    if (state === 'ready') this.#greetUntil = this.#world.agenda.now + greetingMs;
  }

  #isWell(clientID: ClientID): boolean {
    const { agenda } = this.#world;
    const saidAt = this.#tape.last(clientID, 'heartbeat')?.at ?? 0;
    const isAlive = this.#world.alive().some(({ self }) => self.clientID === clientID);
    return isAlive && agenda.now - saidAt < aliveMs;
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#chance.next() * from.length)];
  }
}
