/** Sets of letters, where equal sets are one. */

import type { Letter } from './making.ts';

export type Pool = {
  readonly id: number;
  /** In order of their ids. */
  readonly letters: readonly Letter[];
};

export class Pools {
  readonly #known = new Map<string, Pool>();
  readonly #unions = new Map<string, Pool>();
  readonly empty: Pool = this.#intern([]);

  /** The set with one more letter; the same set if it is in there. */
  with(pool: Pool, letter: Letter): Pool {
    if (pool.letters.includes(letter)) return pool;
    const key = `${pool.id} ${letter.id}`;
    const known = this.#unions.get(key);
    if (known !== undefined) return known;
    const union = this.#intern([...pool.letters, letter].sort((a, b) => a.id - b.id));
    this.#unions.set(key, union);
    return union;
  }

  /** The set without a letter that is in there. */
  without(pool: Pool, letter: Letter): Pool {
    return this.#intern(pool.letters.filter((each) => each !== letter));
  }

  #intern(letters: readonly Letter[]): Pool {
    const key = letters.map(({ id }) => id).join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const pool = { id: this.#known.size, letters };
    this.#known.set(key, pool);
    return pool;
  }
}
