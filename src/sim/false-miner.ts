/** A miner that needs no processor: it finds a true solution after a while of virtual time. */

import type { Miner, MinerEvents } from '../client/miner.ts';
import type { Work } from '../domain/contract.ts';
import type { Hasher } from '../domain/crypto.ts';
import { zeroBits } from '../ledger/block.ts';
import { zerosOf } from '../miner/candidates.ts';
import type { Body } from './body.ts';
import type { Chance } from './chance.ts';

/** Leased nonces a second of virtual time; true ones, of which worlds should not have many. */
const rangedPerSecond = 100;

/** No search takes longer than so many times the average: worlds should end. */
const worstLuck = 4;

export class FalseMiner implements Miner {
  readonly #body: Body;
  readonly #chance: Chance;
  readonly #hasher: Hasher;
  readonly #meanMs: (bits: number) => number;
  readonly #isHonest: () => boolean;
  #events: MinerEvents | null = null;
  #cancel: () => void = () => undefined;

  /**
   * Takes `meanMs` of virtual time on average for a find of that many zero bits. Who is not honest
   * claims to have searched ranges, at once.
   */
  constructor(
    body: Body,
    chance: Chance,
    hasher: Hasher,
    meanMs: (bits: number) => number,
    isHonest: () => boolean = () => true,
  ) {
    this.#isHonest = isHonest;
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
    if (work.range !== undefined) {
      this.#searchRange(work, work.range);
      return;
    }
    const meanMs = this.#meanMs(work.bits);
    const afterMs = Math.min(this.#chance.exponential(meanMs), worstLuck * meanMs);
    this.#cancel = this.#body.plan(afterMs, () =>
      this.#events?.onFound(work.id, solve(work, this.#hasher)),
    );
  }

  /** Every nonce up to the find is tried, at the speed that it would take. */
  #searchRange(work: Work, range: NonNullable<Work['range']>): void {
    const isHonest = this.#isHonest();
    const { found, near } = isHonest ? searchAll(work, range) : { found: null, near: [] };
    const tried = (found ?? range.to) - range.from;
    const afterMs = isHonest ? (1000 * tried) / rangedPerSecond : 1;
    this.#cancel = this.#body.plan(afterMs, () => {
      if (found !== null) this.#events?.onFound(work.id, String(found));
      const report = { work: work.id, tried, perSecond: rangedPerSecond, near, exhausted: true };
      this.#events?.onSearched(report);
    });
  }

  rest(): void {
    this.#cancel();
  }

  close(): Promise<void> {
    this.#cancel();
    return Promise.resolve();
  }
}

function searchAll(
  work: Work,
  { from, to, nearBits }: NonNullable<Work['range']>,
): { readonly found: number | null; readonly near: readonly string[] } {
  const near: string[] = [];
  for (let nonce = from; nonce < to; nonce += 1) {
    const zeros = zerosOf(work, nonce);
    if (zeros >= work.bits) return { found: nonce, near };
    if (zeros >= nearBits) near.push(String(nonce));
  }
  return { found: null, near };
}

/** The first solution there is; worlds are mined at difficulties of a few bits. */
export function solve(work: Pick<Work, 'header' | 'bits'>, hasher: Hasher): string {
  for (let nonce = 0; ; nonce += 1) {
    const solution = nonce.toString(16).padStart(16, '0');
    if (zeroBits(hasher.sha256(work.header + solution)) >= work.bits) return solution;
  }
}
