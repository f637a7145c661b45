/** Sends transactions through a false world's peers: good ones, early ones, and double spends. */

import type { Hasher } from '../domain/crypto.ts';
import type { Member } from '../domain/message.ts';
import { textOf } from '../domain/transaction.ts';
import { accountKeyOf, signTransaction } from '../wire/transaction.ts';
import { Chance } from './chance.ts';
import { toyIdentity, toySigner } from './toy-crypto.ts';
import type { Inhabitant, World } from './world.ts';

/** Where there is traffic, somebody sends something so often, on average. */
const everyMs = 3_000;

/** In the other worlds nobody sends anything: their blocks carry nothing. */
const share = 0.5;

/** People with keys of their own, besides the miners with theirs. */
const people = 5;

/** Double spends by how many of the two are in the ledger, and all that was sent. */
export type Settled = {
  readonly sent: number;
  /** Refused, as their nonce was taken or the money spent, or lost with the peers that had them. */
  readonly neither: number;
  readonly one: number;
  readonly both: number;
};

export class Traffic {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #people: readonly Member[];
  /** Handed to a peer that lived. */
  sent = 0;
  /** The same money, handed to two peers at once. */
  readonly #pairs: (readonly [string, string])[] = [];

  constructor(world: World, seed: number, hasher: Hasher) {
    this.#world = world;
    this.#chance = new Chance(seed + 2);
    this.#people = Array.from({ length: people }, () => toyIdentity(this.#chance.hex(), hasher));
  }

  /** From now on, for as long as the world lasts, unless it is a world without. */
  begin(): void {
    if (this.#chance.happens(share)) this.#goOn();
  }

  #goOn(): void {
    this.#world.agenda.plan(this.#chance.next() * 2 * everyMs, () => {
      this.#send();
      this.#goOn();
    });
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
    const text = this.#hand(via, owner, { to: accountKeyOf(one.publicKey), amount, nonce });
    if (other === undefined || other === via || one === two) return;
    const rival = this.#hand(other, owner, { to: accountKeyOf(two.publicKey), amount, nonce });
    this.#pairs.push([text, rival]);
  }

  #hand(via: Inhabitant, who: Member, content: Parameters<typeof signTransaction>[0]): string {
    this.sent += 1;
    const text = textOf(signTransaction(content, toySigner(who.publicKey)));
    void via.client.send(text);
    return text;
  }

  /** What became of the double spends, by the ledger of whoever has the longest one. */
  settle(): Settled {
    const journals = this.#world.peers.map(({ journal }) => journal);
    const longest = journals.reduce((a, b) => (b.blocks().length > a.blocks().length ? b : a));
    const inside = new Set(longest.batches().flat());
    const counts = this.#pairs.map((pair) => pair.filter((text) => inside.has(text)).length);
    const times = (wanted: number): number => counts.filter((count) => count === wanted).length;
    return { sent: this.sent, neither: times(0), one: times(1), both: times(2) };
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#chance.next() * from.length)];
  }
}
