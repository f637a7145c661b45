/** Virtual time: what is to happen, in order of time, and for the same time as planned. */

type Entry = { readonly at: number; readonly order: number; run: (() => void) | null };

const mostAtOnce = 100_000;

export class Agenda {
  /** A binary heap: the entry that comes first is at index 0. */
  readonly #heap: Entry[] = [];
  #now = 1;
  #planned = 0;
  #atOnce = 0;

  get now(): number {
    return this.#now;
  }

  /** More has happened without any time passing than ever should. */
  get isStuck(): boolean {
    return this.#atOnce > mostAtOnce;
  }

  /** Plans `run` in so many milliseconds; the function it returns takes it back. */
  plan(afterMs: number, run: () => void): () => void {
    this.#planned += 1;
    const entry: Entry = { at: this.#now + Math.max(0, afterMs), order: this.#planned, run };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    return () => {
      entry.run = null;
    };
  }

  /** Lets the next thing happen if it is due by `until`; false if there is none. */
  step(until: number): boolean {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.at > until) {
        this.#now = Math.max(this.#now, until);
        return false;
      }
      this.#removeFirst();
      if (first.run === null) continue;
      this.#atOnce = first.at === this.#now ? this.#atOnce + 1 : 0;
      this.#now = first.at;
      first.run();
      return true;
    }
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isEarlier(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(): void {
    let index = 0;
    for (;;) {
      let first = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < this.#heap.length && this.#isEarlier(child, first)) first = child;
      }
      if (first === index) return;
      this.#swap(index, first);
      index = first;
    }
  }

  #isEarlier(a: number, b: number): boolean {
    const one = this.#heap[a];
    const other = this.#heap[b];
    if (one === undefined || other === undefined) return false;
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    const one = this.#heap[a];
    const other = this.#heap[b];
    if (one === undefined || other === undefined) return;
    this.#heap[a] = other;
    this.#heap[b] = one;
  }
}
