/** A connection that examines a broker: says something, and waits for what comes of it. */

import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { FULL, type Manner } from '../mqtt-manner.ts';
import type { Ending } from '../mqtt-reason.ts';

/** One message as it came; `at` by the clock that never goes back. */
export type Heard = {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: number;
  readonly retained: boolean;
  readonly at: number;
};

export type Quality = { readonly qos: 0 | 1; readonly retained: boolean };

/** Why a connection is no more, or never was; `ending` as a link would explain it. */
export class ProbeEnded extends Error {
  readonly ending: Ending;
  readonly wasAccepted: boolean;

  constructor(ending: Ending, wasAccepted: boolean) {
    super(ending.kind === 'failed' ? ending.error.message : ending.kind);
    this.ending = ending;
    this.wasAccepted = wasAccepted;
  }
}

const CONNECT_MS = 10_000;
/** A broker that answers nothing for so long is taken not to answer. */
const ANSWER_MS = 3_000;
const GOODBYE_MS = 1_000;

/** Listens for one of the messages to come. */
type Waiter = { readonly isWanted: (heard: Heard) => boolean; readonly tell: (it: Heard) => void };

export class Probe {
  readonly #client: MqttClient;
  readonly #manner: Manner;
  readonly #waiters = new Set<Waiter>();
  readonly #onEnd: (() => void)[] = [];
  #ended: ProbeEnded | null = null;
  #wasAccepted = false;
  readonly heard: Heard[] = [];

  private constructor(options: IClientOptions, manner: Manner) {
    this.#manner = manner;
    const client = connect({
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: 0,
      queueQoSZero: false,
      connectTimeout: CONNECT_MS,
      ...options,
    });
    this.#client = client;
    if ('setNoDelay' in client.stream) (client.stream as { setNoDelay(): void }).setNoDelay();
    client.on('connect', () => {
      this.#wasAccepted = true;
    });
    client.on('message', (topic, payload, { qos, retain }) =>
      this.#hear({ topic, payload, qos, retained: retain, at: performance.now() }),
    );
    client.on('error', (error) => this.#end({ kind: 'failed', error }));
    client.stream.on('error', (error) => this.#end({ kind: 'failed', error }));
    client.on('close', () => this.#end({ kind: 'closed' }));
  }

  /** @throws ProbeEnded if the broker is not there, or does not let us in. */
  static async open(options: IClientOptions, manner: Manner = FULL): Promise<Probe> {
    const probe = new Probe(options, manner);
    const accepted = new Promise<true>((resolve) => {
      probe.#client.on('connect', () => resolve(true));
    });
    const isIn = await probe.#within(accepted, CONNECT_MS);
    if (isIn) return probe;
    probe.#end({ kind: 'timed-out', ms: CONNECT_MS });
    throw probe.#ended ?? new ProbeEnded({ kind: 'closed' }, false);
  }

  get isOpen(): boolean {
    return this.#ended === null;
  }

  /** What the broker said of itself when it let us in; MQTT 5 alone has that. */
  get limits(): { readonly maximumPacketSize?: number } {
    return (this.#client.serverProperties as { maximumPacketSize?: number } | undefined) ?? {};
  }

  /** False where the broker refuses one of the filters, or does not answer. */
  async subscribe(...filters: readonly string[]): Promise<boolean> {
    const granted = new Promise<boolean>((resolve) => {
      this.#client.subscribe([...filters], { qos: this.#manner.qos }, (error, _granted, suback) => {
        const codes = (suback?.granted ?? []).map(Number);
        resolve(error === null && codes.every((code) => code < 128));
      });
    });
    return (await this.#within(granted, ANSWER_MS)) ?? false;
  }

  /** True once it is acknowledged (QoS 1) or sent; false if no acknowledgement comes. */
  async publish(topic: string, payload: string | Buffer, quality: Quality): Promise<boolean> {
    const { retains, qos: most } = this.#manner;
    const qos = Math.min(quality.qos, most) as 0 | 1;
    const retained = quality.retained && retains;
    const sent = new Promise<boolean>((resolve) => {
      this.#client.publish(topic, payload, { qos, retain: retained }, (error) => resolve(!error));
    });
    return (await this.#within(sent, ANSWER_MS)) ?? false;
  }

  /**
   * The first such message, be it heard already or still to come; null if none does in time.
   *
   * @throws ProbeEnded if the connection ends before that.
   */
  async hear(isWanted: (heard: Heard) => boolean, ms: number): Promise<Heard | null> {
    const known = this.heard.find(isWanted);
    if (known !== undefined) return known;
    let waiter: Waiter | null = null;
    const coming = new Promise<Heard>((tell) => {
      waiter = { isWanted, tell };
      this.#waiters.add(waiter);
    });
    const heard = await this.#within(coming, ms);
    if (waiter !== null) this.#waiters.delete(waiter);
    if (heard === null && this.#ended !== null) throw this.#ended;
    return heard;
  }

  /** Whether such a message is heard in time; false, too, if the connection ends before it is. */
  async hears(isWanted: (heard: Heard) => boolean, ms: number): Promise<boolean> {
    try {
      return (await this.hear(isWanted, ms)) !== null;
    } catch (error) {
      if (error instanceof ProbeEnded) return false;
      throw error;
    }
  }

  /** Ends the connection as a killed process does: without a word. */
  cut(): void {
    this.#finish({ kind: 'closed' });
    this.#client.stream.destroy();
    this.#client.end(true);
  }

  /** Keeps the connection and says nothing any more, as a frozen process does. */
  freeze(): void {
    // Else MQTT.js would ping, and give the connection up when no answer comes.
    this.#client.sendPing = () => {};
    this.#client.onKeepaliveTimeout = () => {};
  }

  /** Says goodbye, so that the broker publishes no will. */
  async close(): Promise<void> {
    if (this.#ended !== null) return;
    this.#finish({ kind: 'closed' });
    const closed = new Promise<true>((resolve) => {
      this.#client.end(false, () => resolve(true));
    });
    if ((await withinMs(closed, GOODBYE_MS)) === null) this.#client.stream.destroy();
  }

  #hear(heard: Heard): void {
    this.heard.push(heard);
    for (const waiter of this.#waiters) if (waiter.isWanted(heard)) waiter.tell(heard);
  }

  #end(ending: Ending): void {
    if (this.#ended !== null) return;
    this.#finish(ending);
    this.#client.end(true);
  }

  /** Nobody waits for it any more. */
  #finish(ending: Ending): void {
    if (this.#ended !== null) return;
    this.#ended = new ProbeEnded(ending, this.#wasAccepted);
    for (const tell of this.#onEnd) tell();
  }

  /** Null if it is not there in time, or the connection ends before it is. */
  async #within<Value>(value: Promise<Value>, ms: number): Promise<Value | null> {
    if (this.#ended !== null) return null;
    const ended = new Promise<null>((resolve) => this.#onEnd.push(() => resolve(null)));
    return await withinMs<Value | null>(Promise.race([value, ended]), ms);
  }
}

/** Null if it is not there in time. */
export function withinMs<Value>(value: Promise<Value>, ms: number): Promise<Value | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), ms);
    void value.then((it) => {
      clearTimeout(timer);
      resolve(it);
    });
  });
}
