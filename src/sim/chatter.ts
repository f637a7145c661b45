/** Says in a false world the same few words again and again, without a nonce, in either case. */

import type { Hasher } from '../domain/crypto.ts';
import type { Member } from '../domain/message.ts';
import { textOf } from '../domain/transaction.ts';
import { accountKeyOf, signTransaction } from '../wire/transaction.ts';
import { Chance } from './chance.ts';
import { recur } from './recurring.ts';
import { toyIdentity, toySigner } from './toy-crypto.ts';
import type { Inhabitant, World } from './world.ts';

/** Where there is chatter, somebody says something so often, on average. */
const everyMs = 3_000;

/** In the other worlds nothing is said without a nonce. */
const share = 0.25;

/** Few enough of both for most of what is said to have been said before. */
const people = 3;
const words = ['yes', 'no', '0'] as const;

export class Chatter {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #people: readonly Member[];
  /** Handed to a peer that lived. */
  sent = 0;

  constructor(world: World, seed: number, hasher: Hasher) {
    this.#world = world;
    // Of such dice that no seed noted before has any: those worlds are as they were.
    this.#chance = new Chance(seed * 7919 + 104);
    this.#people = Array.from({ length: people }, () => toyIdentity(this.#chance.hex(), hasher));
  }

  /** From now on, for as long as the world lasts, unless it is a world without. */
  begin(): void {
    if (!this.#chance.happens(share)) return;
    recur(this.#world.agenda, this.#chance, everyMs, () => this.#say());
  }

  /** Half of the time through two peers at once, to one of them with the key in upper case. */
  #say(): void {
    const peers = this.#world.alive();
    const [who, message] = [this.#pick(this.#people), this.#pick(words)];
    const [via, other] = [this.#pick(peers), this.#pick(peers)];
    if (who === undefined || message === undefined || via === undefined) return;
    const isTwice = this.#chance.happens(0.5);
    this.#hand(via, who, message, false);
    if (isTwice && other !== undefined) this.#hand(other, who, message, true);
  }

  #hand({ client }: Inhabitant, { publicKey }: Member, message: string, isLoud: boolean): void {
    this.sent += 1;
    const loud = { spelling: { sender: accountKeyOf(publicKey).toUpperCase() } };
    const content = { message, ...(isLoud && loud) };
    void client.send(textOf(signTransaction(content, toySigner(publicKey))));
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#chance.next() * from.length)];
  }
}
