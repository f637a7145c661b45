/** A false broker and the network around it: it loses, repeats and delays as its nemesis says. */

import type { Delivery, Link, LinkEvents, Quality, Will } from '../client/link.ts';
import type { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';

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

type Subscriber = {
  readonly filters: readonly string[];
  readonly events: LinkEvents;
  readonly will: Will;
  /** When the last message of each publisher arrives: what one sends stays in order. */
  readonly lastAt: Map<unknown, number>;
};

export class Network {
  readonly #agenda: Agenda;
  readonly #chance: Chance;
  nemesis: Nemesis;
  readonly #subscribers = new Set<Subscriber>();
  readonly #retained = new Map<string, Uint8Array>();
  readonly #encoder = new TextEncoder();
  #isUp = true;

  constructor(agenda: Agenda, chance: Chance, nemesis: Nemesis) {
    this.#agenda = agenda;
    this.#chance = chance;
    this.nemesis = nemesis;
  }

  link(filters: readonly string[]): FalseLink {
    return new FalseLink(this, filters);
  }

  /** Every connection ends, without a will, and none can be made until `restart`. */
  stop(keepsRetained: boolean): void {
    this.#isUp = false;
    if (!keepsRetained) this.#retained.clear();
    for (const subscriber of [...this.#subscribers]) {
      this.#subscribers.delete(subscriber);
      subscriber.events.onDisconnected('the broker closed the connection');
    }
  }

  restart(): void {
    this.#isUp = true;
  }

  connect(filters: readonly string[], will: Will, events: LinkEvents): Subscriber {
    const subscriber: Subscriber = { filters, will, events, lastAt: new Map() };
    this.#agenda.plan(this.#delay() * 4, () => {
      if (!this.#isUp) {
        events.onDisconnected('there is no broker');
        return;
      }
      this.#subscribers.add(subscriber);
      events.onConnected();
      for (const [topic, payload] of this.#retained) {
        if (filters.some((filter) => isMatch(filter, topic)))
          this.#carry(subscriber, this, { topic, payload, retained: true });
      }
    });
    return subscriber;
  }

  publish(from: Subscriber, topic: string, text: string, quality: Quality): void {
    if (!this.#subscribers.has(from)) return;
    const payload = this.#encoder.encode(text);
    this.#agenda.plan(this.#inOrder(from, this, this.#delay()), () =>
      this.broadcast({ topic, payload, retained: quality.retained }, from),
    );
  }

  /** What reaches the broker goes out to everybody who asked for its topic. */
  broadcast(delivery: Delivery, from: unknown): void {
    if (!this.#isUp) return;
    if (delivery.retained) this.#retained.set(delivery.topic, delivery.payload);
    const live = { ...delivery, retained: false };
    for (const subscriber of this.#subscribers) {
      if (subscriber.filters.some((filter) => isMatch(filter, delivery.topic)))
        this.#carry(subscriber, from, live);
    }
  }

  /** Ends a connection; a lost one leaves its will, and one that said goodbye doesn't. */
  drop(subscriber: Subscriber, isLost: boolean): void {
    if (!this.#subscribers.delete(subscriber) || !isLost) return;
    const { topic, text } = subscriber.will;
    const payload = this.#encoder.encode(text);
    this.#agenda.plan(willMs, () => this.broadcast({ topic, payload, retained: true }, subscriber));
  }

  #carry(subscriber: Subscriber, from: unknown, delivery: Delivery): void {
    const copies = this.#chance.happens(this.nemesis.repeat) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.#chance.happens(this.nemesis.loss)) continue;
      this.#agenda.plan(this.#inOrder(subscriber, from, this.#delay()), () => {
        if (this.#subscribers.has(subscriber)) subscriber.events.onDelivery(delivery);
      });
    }
  }

  #delay(): number {
    return this.#chance.between(...this.nemesis.delayMs);
  }

  /** PROTOCOL 1: one publisher's messages arrive in order while a connection lives. */
  #inOrder(subscriber: Subscriber, from: unknown, delayMs: number): number {
    const at = Math.max(this.#agenda.now + delayMs, subscriber.lastAt.get(from) ?? 0);
    subscriber.lastAt.set(from, at);
    return at - this.#agenda.now;
  }
}

/** One peer's link into the false network. */
export class FalseLink implements Link {
  readonly #network: Network;
  readonly #filters: readonly string[];
  #subscriber: Subscriber | null = null;

  constructor(network: Network, filters: readonly string[]) {
    this.#network = network;
    this.#filters = filters;
  }

  connect(will: Will, events: LinkEvents): void {
    if (this.#subscriber !== null) this.#network.drop(this.#subscriber, false);
    this.#subscriber = this.#network.connect(this.#filters, will, events);
  }

  publish(topic: string, text: string, quality: Quality): void {
    if (this.#subscriber !== null) this.#network.publish(this.#subscriber, topic, text, quality);
  }

  close(): Promise<void> {
    if (this.#subscriber !== null) this.#network.drop(this.#subscriber, false);
    return Promise.resolve();
  }

  /** As when its process is killed: the broker publishes the will. */
  cut(): void {
    if (this.#subscriber !== null) this.#network.drop(this.#subscriber, true);
  }
}

function isMatch(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  return (
    wanted.length === levels.length &&
    wanted.every((level, index) => level === '+' || level === levels[index])
  );
}
