/** Asks a false world's peers for searches, some of which have a find. */

import type { Algorithm } from '../domain/quest.ts';
import { Chance } from './chance.ts';
import { recur } from './recurring.ts';
import type { World } from './world.ts';

/** Where anybody asks, somebody does so often, on average. */
const everyMs = 30_000;

/** In the other worlds nobody asks for anything. */
const share = 0.25;

/** All of them are tried, by the network and by a checker. */
const mostNonces = 1_200;

export class Quests {
  readonly #world: World;
  readonly #chance: Chance;
  asked = 0;

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#chance = new Chance(seed + 3);
  }

  /** From now on, for as long as the world lasts, unless it is a world without. */
  begin(): void {
    if (!this.#chance.happens(share)) return;
    recur(this.#world.agenda, this.#chance, everyMs, () => this.#ask());
  }

  /** Through somebody who may be gone before the answer comes. */
  #ask(): void {
    const from = this.#whole(2_000);
    const quest = {
      algorithm: this.#pick<Algorithm>('sha256', 'sha256d', 'sha1'),
      prefix: `quest ${this.#whole(1e6)}:`,
      bits: 6 + this.#whole(8),
      from,
      to: from + 1 + this.#whole(mostNonces),
    };
    const peers = this.#world.alive();
    const via = peers[this.#whole(peers.length)];
    if (via === undefined) return;
    this.asked += 1;
    void via.client.search(quest);
  }

  #whole(below: number): number {
    return Math.floor(this.#chance.next() * below);
  }

  #pick<T>(...from: readonly [T, ...T[]]): T {
    return from[this.#whole(from.length)] ?? from[0];
  }
}
