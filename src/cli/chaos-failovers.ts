/** Times how soon all who are able to know a controller after one was taken away. */

import type { Term } from '../domain/names.ts';

export type Loss = 'killed' | 'frozen' | 'cut off';

export type Failover = { readonly loss: Loss; readonly ms: number };

type Pending = { readonly loss: Loss; readonly term: Term; readonly at: number };

/** What somebody who is able to knows: whom it obeys in which term, since when. */
type Known = { readonly term: Term; readonly at: number } | null;

export class Failovers {
  readonly done: Failover[] = [];
  /** Those in whose midst something else befell all: they say nothing of failover alone. */
  disturbed = 0;
  #pending: Pending[] = [];
  /** Until then nobody suspects anybody. */
  #settledAt = 0;

  /** The controller of `term` is taken away; `at` in Unix milliseconds, as below. */
  begin(loss: Loss, term: Term, at: number): void {
    if (at < this.#settledAt) this.disturbed += 1;
    else this.#pending.push({ loss, term, at });
  }

  /** Looks whether all know a later mandate by now; gives what is over. */
  look(able: readonly Known[]): readonly Failover[] {
    const over = this.#pending.filter(({ term }) =>
      able.every((known) => known !== null && known.term > term),
    );
    if (over.length === 0 || able.length === 0) return [];
    this.#pending = this.#pending.filter((each) => !over.includes(each));
    const last = Math.max(...able.map((known) => known?.at ?? 0));
    const failovers = over.map(({ loss, at }) => ({ loss, ms: Math.max(0, last - at) }));
    this.done.push(...failovers);
    return failovers;
  }

  /** The broker is gone, and it will be a while until everybody is as before; `until` as `at`. */
  disturb(until: number): void {
    this.#settledAt = until;
    this.disturbed += this.#pending.length;
    this.#pending = [];
  }

  /** The controller of `term` came back before anybody followed it. */
  cameBack(term: Term): void {
    this.#pending = this.#pending.filter((each) => each.term !== term);
  }
}
