/** Remembers what is broken and how to mend it: after a while, or all of it at once. */

type Work = void | Promise<void>;

export class Mending {
  readonly #onFailed: (error: unknown) => void;
  /** How to mend what is broken, by the timers that will. */
  readonly #undone = new Map<NodeJS.Timeout, () => Work>();
  /** What takes its time, and must not be left half-done. */
  readonly #busy = new Set<Promise<void>>();

  constructor(onFailed: (error: unknown) => void) {
    this.#onFailed = onFailed;
  }

  later(ms: number, undo: () => Work): void {
    const timer = setTimeout(() => {
      this.#undone.delete(timer);
      this.attend(undo());
    }, ms);
    this.#undone.set(timer, undo);
  }

  /** Has work that has begun come to its end before everything counts as mended. */
  attend(work: Work): void {
    if (!(work instanceof Promise)) return;
    const watched = work.catch(this.#onFailed).finally(() => this.#busy.delete(watched));
    this.#busy.add(watched);
  }

  /** Resolves when everything is mended; what was being done may leave something to mend, too. */
  async mendAll(): Promise<void> {
    while (this.#undone.size + this.#busy.size > 0) {
      const undone = [...this.#undone];
      this.#undone.clear();
      for (const [timer, undo] of undone) {
        clearTimeout(timer);
        this.attend(undo());
      }
      await Promise.all(this.#busy);
    }
  }
}
