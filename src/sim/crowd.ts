/** Keys that no network knows, and what their owner says under them. */

import type { Hasher } from '../domain/crypto.ts';
import type { Member, Message } from '../domain/message.ts';
import type { Digest, QuestID, Term, TransactionID } from '../domain/names.ts';
import { signTransaction } from '../wire/transaction.ts';
import type { Chance } from './chance.ts';
import { toyIdentity, toySigner } from './toy-crypto.ts';

/** Names of one stranger: each is one more to remember for every peer. */
const names = 24;

/** What a stranger has learnt of the network that it speaks to. */
export type Gossip = {
  readonly network: Digest | null;
  readonly height: number;
  readonly rules: string;
  readonly peers: number;
  readonly quest: QuestID | null;
};

/** What one of them may say. */
export type Topic =
  | 'introductions'
  | 'heartbeats'
  | 'transactions'
  | 'requests'
  | 'solutions'
  | 'offers';

/** Rates that a stranger claims: far too slow, and far too fast. */
const rates = [1, 1e12] as const;

export class Crowd {
  readonly #chance: Chance;
  readonly #hasher: Hasher;
  readonly members: readonly Member[];
  #beat = 0;

  constructor(chance: Chance, hasher: Hasher) {
    this.#chance = chance;
    this.#hasher = hasher;
    this.members = Array.from({ length: names }, () => toyIdentity(chance.hex(), hasher));
  }

  /** One of them. */
  anybody(): Member {
    return this.members[this.#whole(names)] ?? this.#fresh();
  }

  wordsOf(topic: Topic, who: Member, gossip: Gossip): readonly Message[] {
    switch (topic) {
      case 'introductions':
        return [this.#introduction(who, gossip)];
      case 'heartbeats':
        // A sender whose key is not known is not heard.
        return [this.#introduction(who, gossip), this.#heartbeat(who, gossip)];
      case 'transactions':
        return [this.#transaction()];
      case 'requests':
        return [this.#request(who)];
      case 'solutions':
        return [this.#solution(who, gossip)];
      case 'offers':
        return [this.#offer(who, gossip)];
    }
  }

  #introduction(who: Member, { network, rules, peers }: Gossip): Message {
    return {
      kind: 'introduction',
      clientID: who.clientID,
      publicKey: who.publicKey,
      incarnation: 1 + this.#whole(1e6),
      peers,
      known: this.#whole(peers + 1),
      roster: null,
      network: this.#chance.happens(0.5) ? network : null,
      rules,
    };
  }

  /** Claims blocks that no peer has; names no controller, as a peer that waits for a seat does. */
  #heartbeat(who: Member, { network, height }: Gossip): Message {
    this.#beat += 1;
    return {
      kind: 'heartbeat',
      clientID: who.clientID,
      incarnation: 2e6,
      beat: this.#beat,
      term: this.#whole(100) as Term,
      controllerID: null,
      transactionID: (height + this.#whole(3)) as TransactionID,
      network,
      state: 'ready',
      hashRate: this.#whole(1e9),
    };
  }

  /** Small enough for a network to be done with it soon. */
  quest(who: Member): Message {
    const from = this.#whole(2_000);
    return {
      kind: 'quest',
      ...who,
      algorithm: 'sha256',
      prefix: `stranger ${this.#whole(1e6)}:`,
      bits: 6 + this.#whole(8),
      from,
      to: from + 1 + this.#whole(300),
    };
  }

  #offer({ clientID }: Member, { quest }: Gossip): Message {
    const rate = rates[this.#whole(rates.length)] ?? 1;
    const none = this.#chance.hex() as string as QuestID;
    return { kind: 'offer', clientID, quest: quest ?? none, rate };
  }

  /** Wants the founding, or all that there is. */
  #request(who: Member): Message {
    const from = (this.#chance.happens(0.2) ? -1 : 0) as TransactionID;
    return { kind: 'request', ...who, from };
  }

  /** Too late or too early: one that is right would be taken from any sender. */
  #solution(who: Member, { height }: Gossip): Message {
    const solution = this.#chance.hex().slice(0, 16);
    const isLate = height > 0 && this.#chance.happens(0.5);
    const transactionID = (height + (isLate ? -1 : 5)) as TransactionID;
    return { kind: 'solution', ...who, transactionID, solution };
  }

  /** Costs nothing: the first of an unknown account, or without a nonce. */
  #transaction(): Message {
    const { publicKey } = this.#fresh();
    const number = this.#whole(1e9);
    const message = `free${number}`;
    const content = number % 2 === 0 ? { message } : { message, nonce: 0 };
    return { kind: 'transaction', transaction: signTransaction(content, toySigner(publicKey)) };
  }

  /** No message of any protocol. */
  garbage(): string {
    const texts = ['', '[]', 'null', '{"ClientID":null}', '{"Term":1e999}', '\u0000', '{"a":'];
    return texts[this.#whole(texts.length)] ?? '';
  }

  #fresh(): Member {
    return toyIdentity(this.#chance.hex(), this.#hasher);
  }

  #whole(below: number): number {
    return Math.floor(this.#chance.next() * below);
  }
}
