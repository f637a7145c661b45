/** A false broker and the network around it: it loses, repeats, delays, stalls and stops. */

import type { Delivery, LinkEvents, Quality, Will } from '../client/link.ts';
import type { Agenda } from './agenda.ts';
import type { Body } from './body.ts';
import type { Chance } from './chance.ts';
import type { Personality } from './personality.ts';

/** What befalls messages on their way from the broker to a subscriber. */
export type Nemesis = {
  /** Probability, for each subscriber. */
  readonly loss: number;
  readonly repeat: number;
  /** One way to the broker, and one from it, in milliseconds. */
  readonly delayMs: readonly [low: number, high: number];
};

export const calm: Nemesis = { loss: 0, repeat: 0, delayMs: [0.5, 1.5] };

/** A will comes this long after a connection was lost (measured: 2 to 9 ms). */
const willMs = 5;

/** Which way a connection carries nothing: to the broker, from it, both, or neither. */
export type Stall = 'up' | 'down' | 'both' | 'none';

/** Is shown each message as the broker takes it. */
export type Tap = (delivery: Delivery) => void;

/** A connection as the broker sees it. */
export type Session = {
  readonly filters: readonly string[];
  /** What it listens to beside its filters. */
  attended: readonly string[];
  readonly events: LinkEvents;
  readonly will: Will;
  readonly body: Body;
  /** When the last message of each publisher arrives: what one sends stays in order. */
  readonly lastAt: Map<unknown, number>;
  /** What waits for a stalled direction to carry again. */
  readonly held: Record<'up' | 'down', (() => void)[]>;
  stall: Stall;
};

/** A peer's end of its connections, one after another. */
export interface Endpoint {
  readonly filters: readonly string[];
  readonly body: Body;
  readonly stall: Stall;
  readonly session: Session | null;
}

export class Network {
  readonly #agenda: Agenda;
  readonly #chance: Chance;
  readonly #personality: Personality;
  nemesis: Nemesis;
  /** Shown all that reaches the broker, as a subscriber to everything beside it would be. */
  readonly #taps: Tap[] = [];
  readonly #sessions = new Set<Session>();
  readonly #retained = new Map<string, Uint8Array>();
  readonly #encoder = new TextEncoder();
  #isUp = true;

  constructor(agenda: Agenda, chance: Chance, personality: Personality, nemesis: Nemesis) {
    this.#agenda = agenda;
    this.#chance = chance;
    this.#personality = personality;
    this.nemesis = nemesis;
  }

  /** Shows `tap` all that reaches the broker from now on. */
  listen(tap: Tap): void {
    this.#taps.push(tap);
  }

  /** A stranger publishes; a broker with rights for each topic keeps nothing of it. */
  intrude(delivery: Delivery): void {
    if (delivery.retained && this.#personality.hasRights) return;
    this.broadcast(delivery, this);
  }

  /** Every connection ends, without a will, and none can be made until `restart`. */
  stop(keepsRetained: boolean): void {
    this.#isUp = false;
    if (!keepsRetained) this.#retained.clear();
    for (const session of [...this.#sessions]) {
      this.#sessions.delete(session);
      session.body.feel(() => session.events.onDisconnected('the broker closed the connection'));
    }
  }

  restart(): void {
    this.#isUp = true;
  }

  open(link: Endpoint, will: Will, events: LinkEvents): Session {
    const { filters, body, stall } = link;
    const session: Session = {
      filters,
      attended: [],
      will,
      events,
      body,
      lastAt: new Map(),
      held: { up: [], down: [] },
      stall,
    };
    const refuse = (reason: string): void => body.feel(() => events.onDisconnected(reason));
    this.#agenda.plan(stall === 'none' ? this.#delay() * 4 : 1_000, () => {
      if (link.session !== session) return;
      if (!this.#isUp) refuse('there is no broker');
      else if (stall !== 'none') refuse('the broker is out of reach');
      else this.#accept(session);
    });
    return session;
  }

  #accept(session: Session): void {
    this.#sessions.add(session);
    session.body.feel(session.events.onConnected);
    if (!this.#personality.showsRetained) return;
    for (const [topic, payload] of this.#retained) {
      if (isWanted(session, topic)) this.#carry(session, this, { topic, payload, retained: true });
    }
  }

  /** The SUBSCRIBE is on its way for as long as any message. */
  attend(session: Session, topics: readonly string[]): void {
    const attended = (): void => {
      if (!this.#sessions.has(session)) return;
      const fresh = topics.filter((topic) => !session.attended.includes(topic));
      session.attended = topics;
      if (!this.#personality.showsRetained) return;
      for (const topic of fresh) {
        const payload = this.#retained.get(topic);
        if (payload !== undefined) this.#carry(session, this, { topic, payload, retained: true });
      }
    };
    this.#toBroker(session, attended);
  }

  publish(from: Session, topic: string, text: string, quality: Quality): void {
    if (!this.#sessions.has(from)) return;
    const payload = this.#encoder.encode(text);
    this.#toBroker(from, () =>
      this.broadcast({ topic, payload, retained: quality.retained }, from),
    );
  }

  #toBroker(from: Session, arrive: () => void): void {
    const carry = (): void => {
      this.#agenda.plan(this.#inOrder(from, this, this.#delay()), arrive);
    };
    if (from.stall === 'up' || from.stall === 'both') from.held.up.push(carry);
    else carry();
  }

  /** What reaches the broker goes out to everybody who asked for its topic. */
  broadcast(delivery: Delivery, from: unknown): void {
    if (!this.#isUp) return;
    if (delivery.retained) this.#retain(delivery);
    const live = { ...delivery, retained: false };
    for (const tap of this.#taps) tap(live);
    for (const session of this.#sessions) {
      if (isWanted(session, delivery.topic)) this.#carry(session, from, live);
    }
  }

  /** An empty payload takes away what is kept (MQTT 3.1.1, section 3.3.1.3). */
  #retain({ topic, payload }: Delivery): void {
    if (payload.length === 0) this.#retained.delete(topic);
    else this.#retained.set(topic, payload);
  }

  /** Ends a connection; a lost one leaves its will, and one that said goodbye doesn't. */
  drop(session: Session, isLost: boolean): void {
    if (!this.#sessions.delete(session) || !isLost) return;
    const { topic, text } = session.will;
    const payload = this.#encoder.encode(text);
    this.#agenda.plan(willMs, () => this.broadcast({ topic, payload, retained: true }, session));
  }

  /** Another connection of the same client has come. */
  replace(session: Session): void {
    this.drop(session, this.#personality.willOnTakeover);
  }

  /** From now on the connection carries that much; both ends give it up when it lasts. */
  stall(session: Session, stall: Stall): void {
    session.stall = stall;
    if (stall === 'none') this.#release(session);
    else this.#agenda.plan(this.#personality.patienceMs, () => this.#giveUp(session, stall));
  }

  /** A body that feels nothing sends nothing: after a while the broker ends its connection. */
  watch(session: Session): void {
    this.#agenda.plan(this.#personality.patienceMs, () => {
      if (!session.body.isFrozen || !this.#sessions.has(session)) return;
      this.drop(session, true);
      session.body.feel(() => session.events.onDisconnected('the broker closed the connection'));
    });
  }

  #giveUp(session: Session, stall: Stall): void {
    if (session.stall !== stall || !this.#sessions.has(session)) return;
    this.drop(session, true);
    session.body.feel(() => session.events.onDisconnected('the broker was silent'));
  }

  #release({ held }: Session): void {
    for (const carry of [...held.up.splice(0), ...held.down.splice(0)]) carry();
  }

  #carry(session: Session, from: unknown, delivery: Delivery): void {
    const { repeat, loss } = this.nemesis;
    const copies = this.#chance.happens(Math.max(repeat, this.#personality.repeat)) ? 2 : 1;
    const publisher = this.#personality.order === 'connection' ? null : from;
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.#chance.happens(loss)) continue;
      this.#agenda.plan(this.#inOrder(session, publisher, this.#delay()), () =>
        this.#hand(session, delivery),
      );
    }
  }

  #hand(session: Session, delivery: Delivery): void {
    if (session.stall === 'down' || session.stall === 'both') {
      if (session.held.down.length < this.#personality.queueMost)
        session.held.down.push(() => this.#hand(session, delivery));
    } else if (this.#sessions.has(session) && session.body.waiting < this.#personality.queueMost) {
      session.body.feel(() => session.events.onDelivery(delivery));
    }
  }

  #delay(): number {
    return this.#chance.between(...this.nemesis.delayMs);
  }

  /** PROTOCOL 1: one publisher's messages arrive in order while a connection lives. */
  #inOrder(session: Session, from: unknown, delayMs: number): number {
    const at = Math.max(this.#agenda.now + delayMs, session.lastAt.get(from) ?? 0);
    session.lastAt.set(from, at);
    return at - this.#agenda.now;
  }
}

const split = new Map<string, readonly string[]>();

function levelsOf(topic: string): readonly string[] {
  const known = split.get(topic);
  if (known !== undefined) return known;
  const levels = topic.split('/');
  if (split.size > 1_000) split.clear();
  split.set(topic, levels);
  return levels;
}

function isWanted({ filters, attended }: Session, topic: string): boolean {
  return attended.includes(topic) || filters.some((filter) => isMatch(filter, topic));
}

function isMatch(filter: string, topic: string): boolean {
  const wanted = levelsOf(filter);
  const levels = levelsOf(topic);
  return (
    wanted.length === levels.length &&
    wanted.every((level, index) => level === '+' || level === levels[index])
  );
}
