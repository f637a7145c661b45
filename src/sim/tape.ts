/** What a stranger has heard on a broker, kept to be said again byte for byte. */

import type { Delivery } from '../client/link.ts';
import type { MessageKind } from '../domain/message.ts';
import type { ClientID } from '../domain/names.ts';
import { DEFAULT_PREFIX, readTopic } from '../wire/topics.ts';
import type { Chance } from './chance.ts';

/** One payload as it was heard for the first time. */
export type Heard = {
  readonly delivery: Delivery;
  readonly kind: MessageKind;
  readonly sender: ClientID;
  readonly at: number;
};

/** No world says more; beyond it nothing is kept. */
const mostHeard = 50_000;

/** What only a controller says: its words are the ones worth repeating. */
const governing: ReadonlySet<MessageKind> = new Set(['mandate', 'challenge', 'proposal', 'lease']);

const decoder = new TextDecoder();

export class Tape {
  readonly all: Heard[] = [];
  /** The first copy of each payload; also what we said ourselves. */
  readonly #known = new WeakSet<Uint8Array>();
  readonly #last = new Map<ClientID, Map<MessageKind, Heard>>();
  readonly #beats = new Map<ClientID, Heard[]>();
  /** Everybody who ever governed, the latest one last. */
  readonly #governors = new Set<ClientID>();

  /** Leaves this payload out if it comes back. */
  ignore(payload: Uint8Array): void {
    this.#known.add(payload);
  }

  /** Keeps it and answers with it; null for a copy, and for what is no message of a peer's. */
  hear(delivery: Delivery, at: number): Heard | null {
    const { topic, payload } = delivery;
    if (this.#known.has(payload) || this.all.length >= mostHeard) return null;
    this.#known.add(payload);
    const kind = readTopic(DEFAULT_PREFIX, topic)?.kind;
    const sender = kind === undefined ? null : senderIn(kind, payload);
    if (kind === undefined || sender === null) return null;
    const heard: Heard = { delivery, kind, sender, at };
    this.all.push(heard);
    this.#index(heard);
    return heard;
  }

  #index(heard: Heard): void {
    const { kind, sender } = heard;
    const last = this.#last.get(sender) ?? new Map<MessageKind, Heard>();
    this.#last.set(sender, last.set(kind, heard));
    if (kind === 'heartbeat') {
      const beats = this.#beats.get(sender) ?? [];
      beats.push(heard);
      this.#beats.set(sender, beats);
    }
    if (!governing.has(kind)) return;
    this.#governors.delete(sender);
    this.#governors.add(sender);
  }

  /** The latest ones to govern, the latest one first. */
  governors(most: number): readonly ClientID[] {
    return [...this.#governors].reverse().slice(0, most);
  }

  last(sender: ClientID, kind: MessageKind): Heard | null {
    return this.#last.get(sender)?.get(kind) ?? null;
  }

  /** All heartbeats of a peer, in the order in which they were said. */
  beatsOf(sender: ClientID): readonly Heard[] {
    return this.#beats.get(sender) ?? [];
  }

  any(chance: Chance): Heard | null {
    return this.all[Math.floor(chance.next() * this.all.length)] ?? null;
  }
}

/** The sender that a payload names; its signature is for peers to check. */
export function senderIn(kind: MessageKind, payload: Uint8Array): ClientID | null {
  // A result begins with its miner, and names its sender next.
  const begin = decoder.decode(kind === 'result' ? payload : payload.subarray(0, 64));
  const field = kind === 'result' ? 'ControllerID' : 'ClientID';
  const [, name = null] = new RegExp(`"${field}":"([0-9a-f-]{36})"`).exec(begin) ?? [];
  return name as ClientID | null;
}
