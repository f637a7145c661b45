/** Ways in which people, terminals and parents say that a process should end, and how often. */

import { constants } from 'node:os';
import { ignoresHangup } from './hangup.ts';

/** SIGBREAK is Ctrl-Break on Windows; SIGHUP comes when a terminal closes, there too. */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'];

/** What a shell shows for a process that a signal ended. */
const BY_SIGNAL = 128;

/** Listens for the wish that we end. */
export class Wishes {
  readonly #onFirst: () => void;
  #isFirst = true;

  /** Calls `onFirst` for the first signal; a second one ends the process at once. */
  constructor(onFirst: () => void) {
    this.#onFirst = onFirst;
    for (const signal of SIGNALS) {
      if (signal === 'SIGHUP' && ignoresHangup()) continue;
      process.on(signal, () => this.signal(signal));
    }
  }

  /** As if `signal` had come: terminals in raw mode send Ctrl-C as a key. */
  signal(signal: NodeJS.Signals): void {
    // A closing terminal may say so twice; only people are impatient.
    if (!this.#isFirst && signal !== 'SIGHUP') process.exit(BY_SIGNAL + constants.signals[signal]);
    this.end();
  }

  /** Asks to end, politely, however often it is called. */
  end(): void {
    if (!this.#isFirst) return;
    this.#isFirst = false;
    this.#onFirst();
  }

  /** Whoever reads what we write has gone. */
  watchOutput(): void {
    process.stdout.on('error', () => this.end());
  }
}
