/** The bar of `sortition simulate`: how many worlds were lived, and how fast. */

import { SingleBar } from 'cli-progress';

const COLUMNS = 30;

/** At the bottom of the terminal that is behind the standard error; nothing elsewhere. */
export class SimulateBar {
  readonly #bar: SingleBar;
  readonly #worlds: number;
  readonly #startedAt: number = performance.now();
  #done = 0;
  #broken = 0;

  constructor(worlds: number) {
    this.#worlds = worlds;
    this.#bar = new SingleBar({
      stream: process.stderr,
      clearOnComplete: true,
      gracefulExit: false,
      format: () => this.#line(),
    });
  }

  show(done: number, broken: number): void {
    this.#done = done;
    this.#broken = broken;
    if (this.#bar.isActive) this.#bar.update(done);
    else this.#bar.start(this.#worlds, done);
  }

  hide(): void {
    this.#bar.stop();
  }

  /** Writes to the standard output, with the bar out of its way. */
  aside(text: string): void {
    const wasShown = this.#bar.isActive;
    this.hide();
    process.stdout.write(text);
    if (wasShown) this.show(this.#done, this.#broken);
  }

  #line(): string {
    const filled = Math.floor((COLUMNS * this.#done) / this.#worlds);
    const bar = '█'.repeat(filled) + '░'.repeat(COLUMNS - filled);
    const perSecond = (1000 * this.#done) / (performance.now() - this.#startedAt);
    const left = Math.ceil((this.#worlds - this.#done) / Math.max(perSecond, 0.01));
    const broken = this.#broken === 0 ? '' : `, ${this.#broken} with a violation`;
    const pace = `${perSecond.toFixed(0)} a second, about ${left} s to go`;
    return `${bar} ${this.#done} of ${this.#worlds} worlds, ${pace}${broken}`;
  }
}
