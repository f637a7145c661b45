/** The bar of `sortition chaos`: how far the run is, and where the network stands. */

import { SingleBar } from 'cli-progress';

const COLUMNS = 30;
const REFRESH_MS = 500;

export type Standing = { readonly term: number; readonly blocks: number; readonly living: number };

/** At the bottom of the terminal that is behind the standard error; nothing elsewhere. */
export class ChaosBar {
  readonly #bar: SingleBar;
  readonly #forMs: number;
  readonly #look: () => Standing;
  readonly #startedAt: number = performance.now();
  #timer: NodeJS.Timeout | null = null;

  constructor(forMs: number, look: () => Standing) {
    this.#forMs = forMs;
    this.#look = look;
    this.#bar = new SingleBar({
      stream: process.stderr,
      clearOnComplete: true,
      gracefulExit: false,
      format: () => this.#line(),
    });
  }

  start(): void {
    if (!process.stderr.isTTY) return;
    this.#bar.start(this.#forMs, 0);
    this.#timer = setInterval(() => this.#bar.update(this.#doneMs()), REFRESH_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#bar.stop();
  }

  /** Does what writes lines, with the bar out of its way. */
  aside(write: () => void): void {
    if (this.#timer === null) {
      write();
      return;
    }
    this.#bar.stop();
    write();
    this.#bar.start(this.#forMs, this.#doneMs());
  }

  #doneMs(): number {
    return Math.min(this.#forMs, performance.now() - this.#startedAt);
  }

  #line(): string {
    const done = this.#doneMs();
    const filled = Math.floor((COLUMNS * done) / this.#forMs);
    const bar = '█'.repeat(filled) + '░'.repeat(COLUMNS - filled);
    const { term, blocks, living } = this.#look();
    const left = Math.ceil((this.#forMs - done) / 1000);
    const rest = left > 0 ? `${left} s to go` : 'ending';
    return `${bar} ${rest}, ${living} peers, term ${term}, ${blocks} blocks`;
  }
}
