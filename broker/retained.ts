/** What the broker retains: bounded, shared, and without the presences of peers long gone. */

import { FairPlaces } from '../src/domain/fair-places.ts';
import { presenceNameOf } from './rights.ts';

/** Some hundred peers keep one retained message each. */
const MOST_TOPICS = 10_000;
const MOST_BYTES = 64 * 1024 * 1024;
/** One user, or one address without users, can fill no more than a quarter. */
const MOST_BYTES_OF_ONE = MOST_BYTES / 4;

/** Who publishes something that is to be retained. */
export type Setter = {
  /** Null where the broker asks for no users. */
  readonly user: string | null;
  readonly network: string;
};

type Kept = { readonly bytes: number; readonly user: string | null; readonly share: string };

/**
 * The presence of a peer stays for a while after the connection that left it has ended. When there
 * is no room, presences of the gone go first, the oldest before all others; then, topic for topic,
 * what the user with the most topics left last.
 */
export class Retained {
  readonly #forget: (topic: string) => void;
  readonly #places = new FairPlaces<string>(MOST_TOPICS);
  readonly #kept = new Map<string, Kept>();
  readonly #bytesOf = new Map<string, number>();
  #bytes = 0;
  /** The connection that left a presence, while it lasts; and the other way round. */
  readonly #present = new Map<string, object>();
  readonly #presentOf = new Map<object, Set<string>>();
  /** Presences whose connection has ended, since when; the longest first. */
  readonly #gone = new Map<string, number>();

  /** `forget`: has the broker forget what it retains on a topic. */
  constructor(forget: (topic: string) => void) {
    this.#forget = forget;
  }

  /** The user who had it retained; null for nothing, and where there are no users. */
  setterOf(topic: string): string | null {
    return this.#kept.get(topic)?.user ?? null;
  }

  /** Whether the broker can retain this; an empty payload clears its topic (MQTT-3.3.1-10). */
  grants(topic: string, bytes: number, { user, network }: Setter): boolean {
    if (bytes === 0) {
      this.#drop(topic);
      return true;
    }
    const share = user === null ? `address ${network}` : `user ${user}`;
    if (!this.#hasBytes(topic, bytes, share)) return false;
    if (!this.#kept.has(topic) && this.#kept.size >= MOST_TOPICS) this.#forgetOldest(null);
    const taking = this.#places.take(topic, share);
    if (!taking.isIn) return false;
    if (taking.instead !== null) this.#forgetTopic(taking.instead);
    this.#places.prove(topic);
    this.#count(topic, null);
    this.#count(topic, { bytes, user, share });
    return true;
  }

  /** This connection left it. Only presences go when it ends. */
  hold(topic: string, connection: object): void {
    this.#release(topic);
    if (presenceNameOf(topic) === null || !this.#kept.has(topic)) return;
    const topics = this.#presentOf.get(connection) ?? new Set();
    topics.add(topic);
    this.#presentOf.set(connection, topics);
    this.#present.set(topic, connection);
  }

  /** The connection has ended at `now`, in milliseconds. */
  leave(connection: object, now: number): void {
    for (const topic of this.#presentOf.get(connection) ?? []) {
      this.#present.delete(topic);
      this.#gone.set(topic, now);
    }
    this.#presentOf.delete(connection);
  }

  /** Forgets presences of those that have been gone since `before`. */
  expire(before: number): void {
    for (const [topic, since] of this.#gone) {
      if (since > before) return;
      this.#forgetTopic(topic);
    }
  }

  #hasBytes(topic: string, bytes: number, share: string): boolean {
    const old = this.#kept.get(topic);
    const own = old?.share === share ? old.bytes : 0;
    while ((this.#bytesOf.get(share) ?? 0) - own + bytes > MOST_BYTES_OF_ONE) {
      if (!this.#forgetOldest(share, topic)) return false;
    }
    while (this.#bytes - (old?.bytes ?? 0) + bytes > MOST_BYTES) {
      if (!this.#forgetOldest(null, topic)) return false;
    }
    return true;
  }

  /** False where no presence of a peer that is gone is left; null stands for every share. */
  #forgetOldest(share: string | null, except?: string): boolean {
    for (const topic of this.#gone.keys()) {
      if (topic === except || (share !== null && this.#kept.get(topic)?.share !== share)) continue;
      this.#forgetTopic(topic);
      return true;
    }
    return false;
  }

  #forgetTopic(topic: string): void {
    this.#drop(topic);
    this.#forget(topic);
  }

  #drop(topic: string): void {
    this.#places.leave(topic);
    this.#release(topic);
    this.#count(topic, null);
  }

  #release(topic: string): void {
    this.#gone.delete(topic);
    const connection = this.#present.get(topic);
    if (connection === undefined) return;
    this.#present.delete(topic);
    const topics = this.#presentOf.get(connection);
    topics?.delete(topic);
    if (topics?.size === 0) this.#presentOf.delete(connection);
  }

  #count(topic: string, kept: Kept | null): void {
    const counted = kept ?? this.#kept.get(topic);
    if (counted === undefined) return;
    const { bytes, share } = counted;
    const change = kept === null ? -bytes : bytes;
    const sum = (this.#bytesOf.get(share) ?? 0) + change;
    if (sum === 0) this.#bytesOf.delete(share);
    else this.#bytesOf.set(share, sum);
    this.#bytes += change;
    if (kept === null) this.#kept.delete(topic);
    else this.#kept.set(topic, kept);
  }
}
