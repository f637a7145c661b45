/** The chances of a false world: fast, seeded, and no secret of anybody's. */

/** Marsaglia's xorshift with 32 bits of state (Journal of Statistical Software 8(14), 2003). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
    for (let round = 0; round < 8; round += 1) this.next();
  }

  /** At least 0, less than 1. */
  next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) / 2 ** 32;
  }

  /** At least `low`, less than `high`. */
  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** How long a thing of this mean takes that may happen at any moment. */
  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }

  /** 64 hex digits. */
  hex(): string {
    return Array.from({ length: 8 }, () =>
      Math.floor(this.next() * 2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    ).join('');
  }
}
