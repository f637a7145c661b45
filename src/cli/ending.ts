/** What ends a client: a wish, or an error that nothing can mend. */

import type { ClientID } from '../domain/names.ts';
import { WorldError } from '../node/world-error.ts';

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

/** Two processes with one key would vote and govern twice: one of them has ended. */
export function explainNameTaken(peer: ClientID): WorldError {
  return new WorldError(
    `Another process uses the identity ${peer}, so this one has ended: give each peer its own ` +
      '--data or --identity, not a copy.',
    { code: 'name-taken', facts: { peer } },
  );
}
