/** Limits how often something may happen: an allowance that refills with time. */

import type { Instant } from '../domain/names.ts';

/** So many a second in the long run, and so many at once after a pause. */
export type Limit = { readonly perSecond: number; readonly atOnce: number };

/** Full at first. Knows no clock; time comes in with every call. */
export class Allowance {
  readonly #limit: Limit;
  #left: number;
  #at: Instant | null = null;

  constructor(limit: Limit) {
    this.#limit = limit;
    this.#left = limit.atOnce;
  }

  /** Whether one more may happen at `at`. */
  has(at: Instant): boolean {
    const elapsed = Math.max(0, at - (this.#at ?? at));
    const refilled = this.#left + (elapsed * this.#limit.perSecond) / 1000;
    this.#left = Math.min(this.#limit.atOnce, refilled);
    this.#at = at;
    return this.#left >= 1;
  }

  /** One has happened; ask `has` first. */
  take(): void {
    this.#left -= 1;
  }
}
