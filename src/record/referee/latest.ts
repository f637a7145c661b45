/** Remembers what was said last: a network lives longer than all of its words fit into memory. */

/** Years of restarts without a data directory; and a flood of names ends somewhere. */
export const PEERS_KEPT = 20_000;

/** A map of the entries that were set last; the others are as if they had never been. */
export class Latest<Key, Value> extends Map<Key, Value> {
  readonly #most: number;

  constructor(most: number) {
    super();
    this.#most = most;
  }

  /** What is set again counts as new. */
  override set(key: Key, value: Value): this {
    this.delete(key);
    super.set(key, value);
    if (this.size > this.#most) {
      const [oldest] = this.keys();
      this.delete(oldest as Key);
    }
    return this;
  }
}
