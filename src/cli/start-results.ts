/** The results of a run: the last ones whole, and of those before their digests. */

import type { Digest, TransactionID } from '../domain/names.ts';
import { LatestDigests } from '../record/latest-digests.ts';
import { keep } from '../record/picture.ts';
import type { Outcome } from './start-fact.ts';

/** How many results have a line in the closing tables: a run may go on for months. */
export const OUTCOMES_KEPT = 1_000;
/** How many are compared with what other peers say: half a day at eight blocks a second. */
const DIGESTS_KEPT = 400_000;

export class Results {
  readonly #outcomes: Outcome[] = [];
  readonly #digests = new LatestDigests(DIGESTS_KEPT);
  #highest = -1;
  #count = 0;

  /** The last ones, `OUTCOMES_KEPT` at most. */
  get outcomes(): readonly Outcome[] {
    return this.#outcomes;
  }

  /** How many there were in all. */
  get count(): number {
    return this.#count;
  }

  /** Whether there was one of this number, be it forgotten since. */
  has(transactionID: TransactionID): boolean {
    const isForgotten = transactionID <= this.#highest - DIGESTS_KEPT;
    return isForgotten || this.digestOf(transactionID) !== null;
  }

  /** Null where there was none, or where it is forgotten. */
  digestOf(transactionID: TransactionID): Digest | null {
    return this.#digests.get(transactionID);
  }

  add(outcome: Outcome): void {
    keep(this.#outcomes, outcome, OUTCOMES_KEPT);
    this.#digests.add(outcome.transactionID, outcome.digest);
    this.#highest = Math.max(this.#highest, outcome.transactionID);
    this.#count += 1;
  }
}
