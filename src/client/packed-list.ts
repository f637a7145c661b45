/** A list that only grows, of what JSON can hold: its older items cost their bytes and no more. */

/** How many items are packed as one: a peer's page of blocks is about as long. */
const PACK = 64;

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/**
 * A ledger as objects takes three times its bytes, and the garbage collector looks at all of them
 * again and again. The last items, which are asked for most, are kept as they were given.
 */
export class PackedList<Item> {
  readonly #packs: Uint8Array[] = [];
  #loose: Item[] = [];

  get length(): number {
    return this.#packs.length * PACK + this.#loose.length;
  }

  /** How many items are kept as objects. */
  get looseCount(): number {
    return this.#loose.length;
  }

  push(item: Item): void {
    this.#loose.push(item);
    if (this.#loose.length < 2 * PACK) return;
    this.#packs.push(ENCODER.encode(JSON.stringify(this.#loose.slice(0, PACK))));
    this.#loose = this.#loose.slice(PACK);
  }

  /** The items from `start` on; of those that are packed, equal ones. */
  *from(start: number): Generator<Item, undefined, undefined> {
    for (let at = Math.max(0, start); at < this.length; ) {
      const pack = this.#packs[Math.floor(at / PACK)];
      const items =
        pack === undefined
          ? this.#loose.slice(at - this.#packs.length * PACK)
          : (JSON.parse(DECODER.decode(pack)) as Item[]).slice(at % PACK);
      yield* items;
      at += items.length;
    }
  }
}
