/** Adds up many lives: what befell them, what they decided, and how soon they recovered. */

import type { Life } from './life.ts';
import type { Deed } from './plan.ts';

export class Tally {
  readonly #faults = new Map<Deed['what'], number>();
  readonly #failoversMs: number[] = [];
  worlds = 0;
  broken = 0;
  doomed = 0;
  seals = 0;
  terms = 0;
  virtualMs = 0;
  sent = 0;
  /** Double spends of which so many went into the ledger. */
  readonly doubles = { neither: 0, one: 0, both: 0 };

  add({ plan, world, violation, failoversMs, settled }: Life): void {
    const views = world.peers.map((peer) => world.view(peer));
    this.worlds += 1;
    if (violation !== null) this.broken += 1;
    if (plan.isDoomed) this.doomed += 1;
    this.seals += Math.max(...views.map(({ height }) => height));
    this.terms += Math.max(...views.map(({ term }) => term));
    this.virtualMs += world.agenda.now;
    this.#failoversMs.push(...failoversMs);
    this.sent += settled.sent;
    for (const many of ['neither', 'one', 'both'] as const) this.doubles[many] += settled[many];
    for (const { what } of plan.deeds) this.#faults.set(what, (this.#faults.get(what) ?? 0) + 1);
  }

  get faults(): number {
    return [...this.#faults.values()].reduce((a, b) => a + b, this.doomed);
  }

  /** Several lines for people. */
  describe(): string {
    const kinds = [...this.#faults].sort(([, a], [, b]) => b - a);
    const sorted = this.#failoversMs.toSorted((a, b) => a - b);
    const at = (share: number): string =>
      `${((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) / 1000).toFixed(2)} s`;
    return [
      `faults: ${kinds.map(([what, count]) => `${what} ${count}`).join(', ')}`,
      `${this.seals} blocks sealed in ${this.terms} terms, ${hours(this.virtualMs)} of world time`,
      `${this.doomed} worlds lost their majority for good in the end, and decided nothing more`,
      `${this.sent} transactions sent; of double spends through two peers at once ` +
        `${this.doubles.one} went one way, ${this.doubles.both} both ways, ` +
        `${this.doubles.neither} neither (who had them was lost, or the money was)`,
      `${sorted.length} times a controller was lost, or cut off: the next mandate after ` +
        `${at(0.5)} (median), ${at(0.99)} (99 %), ${at(1)} (worst)`,
    ].join('\n');
  }
}

function hours(ms: number): string {
  return `${(ms / 3_600_000).toFixed(1)} hours`;
}
