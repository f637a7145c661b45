/** What a process is made of in a false world: time that it may not get, and a disk. */

import type { Clock } from '../client/clock.ts';
import type { Journal, Page } from '../client/journal.ts';
import type { MemoryJournal } from '../client/memory-journal.ts';
import type { Entry, Moment, Recovered } from '../domain/contract.ts';
import type { Genesis } from '../domain/genesis.ts';
import type { Founding } from '../domain/message.ts';
import type { Instant, TransactionID, UnixMs } from '../domain/names.ts';
import type { Agenda } from './agenda.ts';

/** Wall clocks in a false world begin here: 2026-01-01. */
const firstUnix = 1_767_225_600_000;

/**
 * How wrong a clock is: `rate` 1.01 runs a hundredth too fast; `offsetMs` is its wall's alone, and
 * so is that it stands still.
 */
export type Drift = {
  readonly rate: number;
  readonly offsetMs: number;
  readonly isStill?: boolean;
};

export const trueClock: Drift = { rate: 1, offsetMs: 0 };

/** Runs what happens to a process: at once, or after it thaws. */
export class Body {
  readonly #agenda: Agenda;
  readonly #drift: Drift;
  readonly #waiting: (() => void)[] = [];
  isFrozen = false;

  constructor(agenda: Agenda, drift: Drift) {
    this.#agenda = agenda;
    this.#drift = drift;
  }

  /** Everything that waits in a frozen process waits here, its socket's messages among it. */
  get waiting(): number {
    return this.#waiting.length;
  }

  feel(run: () => void): void {
    if (this.isFrozen) this.#waiting.push(run);
    else run();
  }

  freeze(): void {
    this.isFrozen = true;
  }

  thaw(): void {
    this.isFrozen = false;
    while (!this.isFrozen) {
      const run = this.#waiting.shift();
      if (run === undefined) return;
      run();
    }
  }

  /** As `Agenda.plan`, but of this body's time. */
  plan(afterMs: number, run: () => void): () => void {
    let isWanted = true;
    const dismiss = this.#agenda.plan(afterMs, () =>
      this.feel(() => {
        if (isWanted) run();
      }),
    );
    return () => {
      isWanted = false;
      dismiss();
    };
  }

  clock(): Clock {
    const { rate, offsetMs, isStill } = this.#drift;
    // A rounded quotient could ring a hair before its time, and again, and again.
    const late = rate === 1 ? 0 : 0.001;
    return {
      now: (): Moment => ({
        at: (this.#agenda.now * rate) as Instant,
        unix: (firstUnix +
          (isStill ? 0 : Math.round(this.#agenda.now * rate)) +
          offsetMs) as UnixMs,
      }),
      wake: (at, ring) => this.plan(at / rate - this.#agenda.now + late, ring),
    };
  }
}

/** A disk that may be full, and tells somebody what it holds. */
export class Disk implements Journal {
  readonly #kept: MemoryJournal;
  readonly #onRecorded: (entry: Entry) => void;
  isFull = false;

  constructor(kept: MemoryJournal, onRecorded: (entry: Entry) => void) {
    this.#kept = kept;
    this.#onRecorded = onRecorded;
  }

  recover(): Recovered {
    return this.#kept.recover();
  }

  record(entries: readonly Entry[]): void {
    if (this.isFull) throw Object.assign(new Error('No room.'), { code: 'ENOSPC' });
    this.#kept.record(entries);
    for (const entry of entries) this.#onRecorded(entry);
  }

  page(from: TransactionID, bytes: number): Page | null {
    return this.#kept.page(from, bytes);
  }

  founding(): Founding | null {
    return this.#kept.founding();
  }

  genesis(): Genesis | null {
    return this.#kept.genesis();
  }
}
