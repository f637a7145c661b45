/** Where a broker is examined: connections, topics of our own, and the cleaning up after it. */

import { randomBytes } from 'node:crypto';
import type { IClientOptions } from 'mqtt';
import type { ClientID } from '../../domain/names.ts';
import { FULL, type Manner } from '../mqtt-manner.ts';
import { type Heard, Probe } from './probe.ts';

/** A message that was said here comes back within this time, or it does not come. */
export const ECHO_MS = 2_000;

export class Ward {
  readonly #options: IClientOptions;
  readonly prefix: string;
  /** A name that nobody has: a UUID of version 8, as those of peers are. */
  readonly self: ClientID = inventName();
  readonly #token = randomBytes(4).toString('hex');
  readonly #probes = new Set<Probe>();
  readonly #kept = new Set<string>();
  #base: string;
  #entered = 0;
  /** What the broker takes of a peer; nothing more is tried. */
  manner: Manner = FULL;

  /** `options`: broker, login and TLS. */
  constructor(options: IClientOptions, prefix: string) {
    this.#options = options;
    this.prefix = prefix;
    this.#base = `${prefix}/doctor-${this.#token}/`;
  }

  /** A topic that no peer listens to, unless `useFlatTopics` was called. */
  topic(name: string): string {
    return `${this.#base}${name}`;
  }

  /** Topics right below the prefix: some access rules allow no others, and peers ignore them. */
  useFlatTopics(): void {
    this.#base = `${this.prefix}/doctor-${this.#token}-`;
  }

  /** Whether it is we who said this. */
  isOurs(heard: Heard): boolean {
    return (
      heard.topic.startsWith(`${this.prefix}/doctor-${this.#token}`) ||
      heard.topic.includes(this.self) ||
      heard.payload.includes(this.#token)
    );
  }

  /** A payload that peers refuse without a word, and that is told from all others. */
  mark(about: string): string {
    return JSON.stringify({ ClientID: null, Doctor: `${this.#token} ${about}` });
  }

  /** Opens a connection; throws as `Probe.open`. */
  async enter(options: IClientOptions = {}): Promise<Probe> {
    this.#entered += 1;
    const clientId = this.clientId(String(this.#entered));
    const probe = await Probe.open({ ...this.#options, clientId, ...options }, this.manner);
    this.#probes.add(probe);
    return probe;
  }

  /** Opens a connection without a user name; throws likewise. */
  async enterNameless(): Promise<Probe> {
    const { username: _, password: __, ...rest } = this.#options;
    const probe = await Probe.open({ ...rest, clientId: this.clientId('n') }, this.manner);
    this.#probes.add(probe);
    return probe;
  }

  /** The MQTT client id of a connection; as long as those of peers, which not all brokers take. */
  clientId(name: string): string {
    return `sortition-${this.self}-${this.#token.slice(0, 5)}${name.padStart(3, '0')}`;
  }

  /** The broker will retain something there, which has to be taken away again. */
  keep(topic: string): void {
    this.#kept.add(topic);
  }

  /** Ends all connections. */
  async dismiss(): Promise<void> {
    const leaving = [...this.#probes];
    this.#probes.clear();
    await Promise.all(leaving.map((probe) => probe.close()));
  }

  /** Takes away all that the broker retains for us; what is still there afterwards. */
  async clean(): Promise<readonly string[]> {
    if (this.#kept.size === 0) return [];
    const topics = [...this.#kept];
    const probe = await this.enter();
    for (const topic of topics) await probe.publish(topic, '', { qos: 1, retained: true });
    const witness = await this.enter();
    await witness.subscribe(...topics);
    await witness.hear(({ retained }) => retained, 300);
    const left = topics.filter((it) => witness.heard.some(({ topic }) => topic === it));
    for (const topic of topics) if (!left.includes(topic)) this.#kept.delete(topic);
    return left;
  }
}

function inventName(): ClientID {
  const bytes = randomBytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  const parts = [[0, 8], [8, 12], [12, 16], [16, 20], [20]].map(([from, to]) =>
    hex.slice(from, to),
  );
  return parts.join('-') as ClientID;
}
