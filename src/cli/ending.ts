/** What ends a client: a wish, or an error that nothing can mend. */

import type { WorldError } from '../node/world-error.ts';

/** Comes once: by a wish to leave, or by an error that nothing can mend. */
export class Ending {
  readonly come: Promise<WorldError | null>;
  #resolve: ((error: WorldError | null) => void) | null = null;

  constructor() {
    this.come = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  leave(): void {
    this.#resolve?.(null);
  }

  fail(error: WorldError): void {
    this.#resolve?.(error);
  }
}
