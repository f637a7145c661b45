/** One attempt at a connection, from first packet to end: one MQTT.js client, never reused. */

import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import packets from 'mqtt-packet';
import type { Delivery, LinkEvents, Will } from '../client/link.ts';
import { FULL, type Manner } from './mqtt-manner.ts';
import type { Ending } from './mqtt-reason.ts';

// A table of all 65,536 packet numbers, for faster writing, takes 40 ms and 16 MB (measured).
packets.writeToStream.cacheNumbers = false;

/** A delivery with the quality of service that it came with. */
export type Arrived = Delivery & { readonly qos: 0 | 1 | 2 };

type PublishQuality = { readonly qos: 0 | 1 | 2; readonly retained: boolean };

export type AttemptEvents = Pick<LinkEvents, 'onConnected'> & {
  readonly onDelivery: (arrived: Arrived) => void;
  /** At most once, and never after `drop` or `close`; `acceptedMs` as in `Attempt`. */
  readonly onEnded: (ending: Ending, acceptedMs: number | null) => void;
};

/** The broker has so long to accept the connection and acknowledge the subscriptions. */
const CONNECT_MS = 10_000;
/** `close` waits so long for outstanding acknowledgements, and as long again for the goodbye. */
const GOODBYE_MS = 900;
/** The DISCONNECT packet (MQTT 3.1.1 section 3.14). */
const DISCONNECT = Uint8Array.of(0xe0, 0);

export class MqttAttempt {
  readonly #client: MqttClient;
  readonly #events: AttemptEvents;
  readonly #manner: Manner;
  readonly #timer: NodeJS.Timeout;
  #phase: 'connecting' | 'subscribing' | 'connected' | 'over' = 'connecting';
  #acceptedAt: number | null = null;
  /** What came before the SUBACK, as it may (MQTT-3.8.4-3). */
  #early: Arrived[] = [];
  #attended: ReadonlySet<string> = new Set();

  /**
   * `options`: broker, login and TLS. What an attempt needs beyond them is set here. Without a will
   * for who takes no part.
   */
  constructor(
    options: IClientOptions,
    subscriptions: readonly string[],
    will: Will | null,
    events: AttemptEvents,
    manner: Manner = FULL,
  ) {
    this.#events = events;
    this.#manner = manner;
    const client = connect({
      ...options,
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: 0, // The head decides when to try again.
      resubscribe: false,
      queueQoSZero: false,
      connectTimeout: 2 * CONNECT_MS, // Ours comes first, and covers the SUBACK, too.
      ...(will !== null && manner.hasWill && { will: willOf(will, manner) }),
    });
    this.#client = client;
    this.#timer = setTimeout(() => this.#end({ kind: 'timed-out', ms: CONNECT_MS }), CONNECT_MS);

    // With Nagle's algorithm each step of the protocol would cost 40 ms (measured). WebSockets have
    // no such method: there the ws package switches it off itself.
    if ('setNoDelay' in client.stream) (client.stream as { setNoDelay(): void }).setNoDelay();
    client.on('connect', () => this.#accepted(subscriptions));
    client.on('message', (topic, payload, packet) => {
      this.#deliver({ topic, payload, retained: packet.retain, qos: packet.qos });
    });
    client.on('error', (error) => this.#end({ kind: 'failed', error }));
    // MQTT.js passes on only those errors of its stream that have a code.
    client.stream.on('error', (error) => this.#end({ kind: 'failed', error }));
    client.on('close', () => this.#end({ kind: 'closed' }));
  }

  /**
   * Lost unless the subscriptions are acknowledged. Calls `onHandedOver` once the broker has it,
   * or the connection has ended before, which `onEnded` tells: a PUBACK doesn't mean delivered.
   * Whoever needs an answer repeats until it comes.
   */
  publish(
    topic: string,
    payload: string | Buffer,
    { qos, retained }: PublishQuality,
    onHandedOver: () => void = () => {},
  ): void {
    if (this.#phase !== 'connected') return;
    const { retains, qos: most } = this.#manner;
    // Where nothing is kept, there is nothing to clear.
    if (retained && !retains && payload.length === 0) return;
    const quality = { qos: qos > most ? most : qos, retain: retained && retains };
    this.#client.publish(topic, payload, quality, () => onHandedOver());
  }

  /** Beside the subscriptions, these filters and no others, at QoS 0. */
  attend(filters: readonly string[]): void {
    if (this.#phase !== 'connected') return;
    const wanted = new Set(filters);
    const old = [...this.#attended].filter((filter) => !wanted.has(filter));
    const fresh = [...wanted].filter((filter) => !this.#attended.has(filter));
    this.#attended = wanted;
    // What the broker says to it is not waited for: nothing depends on what is heard there.
    if (old.length > 0) this.#client.unsubscribe(old);
    if (fresh.length > 0) this.#client.subscribe(fresh, { qos: 0 });
  }

  /** Ends the connection without a goodbye: the broker will publish the will. */
  drop(): void {
    if (this.#phase === 'over') return;
    this.#finish();
    this.#client.end(true);
  }

  /** Ends it with a goodbye, after what was published; resolves in 2 s at most. */
  async close(): Promise<void> {
    if (this.#phase === 'over') return;
    this.#finish();
    if (!this.#client.connected) {
      this.#client.end(true);
      return;
    }
    const isClosed = new Promise<'closed'>((resolve) => {
      this.#client.end(false, () => resolve('closed'));
    });
    if ((await first(isClosed, GOODBYE_MS)) === 'closed') return;
    // MQTT.js waits for the PUBACK of every message, for ever; the goodbye may not.
    this.#client.stream.end(DISCONNECT);
    if ((await first(isClosed, GOODBYE_MS)) === 'closed') return;
    this.#client.stream.destroy();
  }

  #accepted(filters: readonly string[]): void {
    if (this.#phase !== 'connecting') return;
    this.#phase = 'subscribing';
    this.#acceptedAt = performance.now();
    // Who only speaks asks for nothing, which MQTT has no packet for (MQTT-3.8.3-3).
    if (filters.length === 0) this.#open();
    else this.#subscribe(filters);
  }

  #subscribe(filters: readonly string[]): void {
    this.#client.subscribe([...filters], { qos: this.#manner.qos }, (error, _granted, suback) => {
      if (this.#phase !== 'subscribing') return;
      const refused = (suback?.granted ?? []).findIndex((qos) => Number(qos) >= 128);
      const filter = filters[refused];
      if (filter !== undefined) this.#end({ kind: 'denied', filter });
      else if (error) this.#end({ kind: 'failed', error });
      else this.#open();
    });
  }

  #open(): void {
    this.#phase = 'connected';
    clearTimeout(this.#timer);
    this.#events.onConnected();
    const early = this.#early;
    this.#early = [];
    for (const delivery of early) this.#deliver(delivery);
  }

  #deliver(delivery: Arrived): void {
    if (this.#phase === 'connected') this.#events.onDelivery(delivery);
    else if (this.#phase === 'subscribing') this.#early.push(delivery);
  }

  #end(ending: Ending): void {
    if (this.#phase === 'over') return;
    this.#finish();
    this.#client.end(true);
    const acceptedMs = this.#acceptedAt === null ? null : performance.now() - this.#acceptedAt;
    this.#events.onEnded(ending, acceptedMs);
  }

  #finish(): void {
    this.#phase = 'over';
    this.#early = [];
    clearTimeout(this.#timer);
  }
}

function willOf(
  { topic, text, isForgotten }: Will,
  { retains, qos }: Manner,
): NonNullable<IClientOptions['will']> {
  return { topic, payload: text, qos, retain: retains && !isForgotten };
}

function first<Value>(promise: Promise<Value>, ms: number): Promise<Value | 'too late'> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('too late'), ms);
    void promise.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
