/** A miner that needs no processor: it finds a true solution after a while of virtual time. */

import type { Miner, MinerEvents } from '../client/miner.ts';
import type { Work } from '../domain/contract.ts';
import type { Hasher } from '../domain/crypto.ts';
import { zeroBits } from '../ledger/block.ts';
import type { Body } from './body.ts';
import type { Chance } from './chance.ts';

/** No search takes longer than so many times the average: worlds should end. */
const worstLuck = 4;

export class FalseMiner implements Miner {
  readonly #body: Body;
  readonly #chance: Chance;
  readonly #hasher: Hasher;
  readonly #meanMs: () => number;
  #events: MinerEvents | null = null;
  #cancel: () => void = () => undefined;

  /** Takes `meanMs` of virtual time for a find on average, whatever its difficulty. */
  constructor(body: Body, chance: Chance, hasher: Hasher, meanMs: () => number) {
    this.#body = body;
    this.#chance = chance;
    this.#hasher = hasher;
    this.#meanMs = meanMs;
  }

  listen(events: MinerEvents): void {
    this.#events = events;
  }

  mine(work: Work): void {
    this.#cancel();
    const meanMs = this.#meanMs();
    const afterMs = Math.min(this.#chance.exponential(meanMs), worstLuck * meanMs);
    this.#cancel = this.#body.plan(afterMs, () =>
      this.#events?.onFound(work.id, solve(work, this.#hasher)),
    );
  }

  rest(): void {
    this.#cancel();
  }

  close(): Promise<void> {
    this.#cancel();
    return Promise.resolve();
  }
}

/** The first solution there is; worlds are mined at difficulties of a few bits. */
export function solve(work: Pick<Work, 'header' | 'bits'>, hasher: Hasher): string {
  for (let nonce = 0; ; nonce += 1) {
    const solution = nonce.toString(16).padStart(16, '0');
    if (zeroBits(hasher.sha256(work.header + solution)) >= work.bits) return solution;
  }
}
