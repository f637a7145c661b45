/** Sends transactions through a false world's peers: good ones, early ones, and double spends. */

import type { Client } from '../client/client.ts';
import type { Hasher } from '../domain/crypto.ts';
import type { Member } from '../domain/message.ts';
import type { AccountKey } from '../domain/names.ts';
import { isPlain, readText, textOf } from '../domain/transaction.ts';
import { accountKeyOf, signTransaction } from '../wire/transaction.ts';
import { Chance } from './chance.ts';
import { recur } from './recurring.ts';
import { toyIdentity, toySigner } from './toy-crypto.ts';
import type { Inhabitant, World } from './world.ts';

/** Where there is traffic, somebody sends something so often, on average. */
const everyMs = 3_000;

/** In the other worlds nobody sends anything: their blocks carry nothing. */
const share = 0.5;

/** People with keys of their own, besides the miners with theirs. */
const people = 5;

/** What became of all that was sent. */
export type Settled = {
  readonly sent: number;
  /** Double spends, of which both were handed to two peers at the same instant. */
  readonly doubles: Doubles;
};

/** How many of them ended in which way, by the longest ledger in the end. */
export type Doubles = {
  /** One of the two is in. */
  readonly one: number;
  /** Both are, which must not be. */
  readonly both: number;
  /** Neither is, as both peers refused them: for a third one with their nonce, or cut off. */
  readonly refused: number;
  /** Neither is, as a third one has their nonce, which the peer that took one had not heard of. */
  readonly overtaken: number;
  /** Neither is, as no peer that took one was still there, with a connection, to say it again. */
  readonly lost: number;
  /** Sent so late that there was no time, or where there was no majority or a bad controller. */
  readonly late: number;
  /** Neither is, though a peer that took one had time enough: which must not be. */
  readonly forgotten: number;
};

/** One of two that spend the same money. */
type Rival = { readonly text: string; readonly via: Inhabitant; readonly client: Client | null };

type Pair = { readonly at: number; readonly place: string; readonly rivals: readonly Rival[] };

/** Said again by then, and in a block. */
const enoughMs = 60_000;

/** Of the dice of a world's people. */
export function trafficSeed(seed: number): number {
  return seed + 2;
}

/** The first that these dice are thrown for. */
export function peopleOf(chance: Chance, hasher: Hasher): readonly Member[] {
  return Array.from({ length: people }, () => toyIdentity(chance.hex(), hasher));
}

export class Traffic {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #people: readonly Member[];
  /** Handed to a peer that lived. */
  sent = 0;
  /** The same money, handed to two peers at once. */
  readonly #pairs: Pair[] = [];

  constructor(world: World, seed: number, hasher: Hasher) {
    this.#world = world;
    this.#chance = new Chance(trafficSeed(seed));
    this.#people = peopleOf(this.#chance, hasher);
  }

  /** From now on, for as long as the world lasts, unless it is a world without. */
  begin(): void {
    if (!this.#chance.happens(share)) return;
    recur(this.#world.agenda, this.#chance, everyMs, () => this.#send());
  }

  #send(): void {
    const peers = this.#world.alive();
    const via = this.#pick(peers);
    if (via === undefined) return;
    if (this.#chance.happens(0.4)) this.#say(via);
    else this.#spend(via, this.#chance.happens(0.5) ? this.#pick(peers) : undefined);
  }

  /** Also with nonces whose turn is not yet, or over. */
  #say(via: Inhabitant): void {
    const who = this.#pick(this.#people);
    if (who === undefined) return;
    const { nonce } = via.client.account(who.clientID);
    const near = Math.max(0, nonce - 1 + Math.floor(this.#chance.next() * 4));
    const message = `m${Math.floor(this.#chance.next() * 1e6)}`;
    this.#hand(via, who, { message, nonce: near });
  }

  /** What a miner has earned goes to somebody; through `other` to somebody else, at once. */
  #spend(via: Inhabitant, other: Inhabitant | undefined): void {
    const owners = [...this.#world.peers.map(({ self }) => self), ...this.#people];
    const rich = owners.filter(({ clientID }) => via.client.account(clientID).balance > 0);
    const owner = this.#pick(rich);
    const [one, two] = [this.#pick(owners), this.#pick(owners)];
    if (owner === undefined || one === undefined || two === undefined) return;
    const { balance, nonce } = via.client.account(owner.clientID);
    const amount = 1 + Math.floor(this.#chance.next() * balance);
    const first = this.#hand(via, owner, { to: accountKeyOf(one.publicKey), amount, nonce });
    if (other === undefined || other === via || one === two) return;
    const second = this.#hand(other, owner, { to: accountKeyOf(two.publicKey), amount, nonce });
    const place = placeOf(accountKeyOf(owner.publicKey), nonce);
    this.#pairs.push({ at: this.#world.agenda.now, place, rivals: [first, second] });
  }

  #hand(via: Inhabitant, who: Member, content: Parameters<typeof signTransaction>[0]): Rival {
    this.sent += 1;
    const text = textOf(signTransaction(content, toySigner(who.publicKey)));
    const { client } = via;
    const before = client.view().waiting;
    void client.send(text);
    // A false world decides at once; the answer itself is only there when it is over.
    const isTaken = client.view().waiting > before;
    return { text, via, client: isTaken ? client : null };
  }

  /**
   * What became of it all, by the longest ledger. Where it is excused, nothing was decided for a
   * while.
   */
  settle(isExcused: boolean): Settled {
    const journals = this.#world.peers.map(({ journal }) => journal);
    const longest = journals.reduce((a, b) => (b.height > a.height ? b : a));
    const inside = new Set(longest.batches().flat());
    const places = new Set([...inside].map(placeIn));
    const doubles = { one: 0, both: 0, refused: 0, overtaken: 0, lost: 0, late: 0, forgotten: 0 };
    for (const pair of this.#pairs) {
      const end = this.#endOf(pair, inside, places);
      doubles[end === 'forgotten' && isExcused ? 'late' : end] += 1;
    }
    return { sent: this.sent, doubles };
  }

  #endOf(
    { at, place, rivals }: Pair,
    inside: ReadonlySet<string>,
    places: ReadonlySet<string>,
  ): keyof Doubles {
    const count = rivals.filter(({ text }) => inside.has(text)).length;
    if (count > 0) return count === 1 ? 'one' : 'both';
    const takers = rivals.filter(({ client }) => client !== null);
    if (takers.length === 0) return 'refused';
    if (places.has(place)) return 'overtaken';
    // Who restarts has an empty mempool.
    const left = takers.filter(({ via, client }) => via.isAlive && via.client === client);
    if (left.length === 0) return 'lost';
    return this.#world.agenda.now - at < enoughMs ? 'late' : 'forgotten';
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#chance.next() * from.length)];
  }
}

function placeIn(text: string): string {
  const transaction = readText(text);
  if (transaction === null || isPlain(transaction)) return '';
  return placeOf(transaction.sender, transaction.nonce);
}

/** Of the transactions of one sender, only one has each nonce. */
function placeOf(sender: AccountKey, nonce: number): string {
  return `${sender} ${nonce}`;
}
