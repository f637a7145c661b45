/** Changes the mood of a false world's service: down, silent, mad, mute, and well in between. */

import { Chance } from './chance.ts';
import type { Violation } from './checkers/all.ts';
import type { FalseService, Mood } from './false-service.ts';
import { recur } from './recurring.ts';
import type { World } from './world.ts';

/** Its mood changes so often, on average. */
const everyMs = 10_000;

/** In the other worlds work comes from nowhere else. */
const share = 0.15;

/** A find takes some seconds. */
const serviceBits = 8;

/** Time for a few blocks and quests of others before it, and for the longest pause of a peer. */
const recoverMs = 300_000;

const moods: readonly Mood[] = ['well', 'well', 'down', 'silent', 'mad', 'mute'];

/** How hard the tasks of the service are in the world of this seed; undefined for no service. */
export function serviceBitsOf(seed: number): number | undefined {
  return new Chance(seed + 4).happens(share) ? serviceBits : undefined;
}

export class Moods {
  readonly #world: World;
  readonly #chance: Chance;
  #isOver = false;

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#chance = new Chance(seed + 5);
  }

  /** From now on, until `end`. */
  begin(): void {
    const { agenda, service } = this.#world;
    if (service !== null) recur(agenda, this.#chance, everyMs, () => this.#change(service));
  }

  #change(service: FalseService): void {
    if (this.#isOver) return;
    service.mood = moods[Math.floor(this.#chance.next() * moods.length)] ?? 'well';
    if (this.#chance.happens(0.1)) service.moveOn(`text ${this.#chance.next()}`);
  }

  /** All is well, for good. */
  end(): void {
    this.#isOver = true;
    if (this.#world.service !== null) this.#world.service.mood = 'well';
  }
}

/** What a service saw that it should not; or that it is given nothing, though all is well. */
export function problemOfService(world: World, isOver: () => boolean): Violation | null {
  const { service } = world;
  if (service === null) return null;
  const before = service.taken.length;
  const isServed = world.runUntil(() => isOver() || service.taken.length > before, recoverMs);
  const [wrong] = service.wrong;
  if (wrong !== undefined)
    return { name: 'L4', sentence: `A service was given nonce ${wrong.nonce}, which is no find.` };
  if (isServed) return null;
  return { name: 'liveness', sentence: 'A service that is well again was given nothing.' };
}
