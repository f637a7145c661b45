/** Watches how much memory processes hold: after the first minute, and at the end. */

import { medianOf } from './bench-report.ts';
import { residentBytes } from './resident-size.ts';

export type Size = {
  readonly label: string;
  readonly pid: number;
  /** Bytes; medians of some samples. */
  readonly first: number;
  readonly last: number;
  readonly ratio: number;
};

/** A garbage collection more or less is not to count. */
const WINDOW_MS = 15_000;
const FIRST_MS = 60_000;

type Sample = { readonly at: number; readonly bytes: number };

export class Sizes {
  readonly #startedAt: number;
  readonly #samples = new Map<number, Sample[]>();

  /** `startedAt` in milliseconds of a clock, as all `at` are. */
  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  sample(pids: readonly number[], at: number): void {
    for (const pid of pids) {
      const bytes = residentBytes(pid);
      if (bytes !== null) this.add(pid, { at, bytes });
    }
  }

  add(pid: number, sample: Sample): void {
    const samples = this.#samples.get(pid) ?? [];
    samples.push(sample);
    this.#samples.set(pid, samples);
  }

  /** Of those processes that were there after the first minute, and are now. */
  compare(living: readonly { readonly label: string; readonly pid: number }[]): readonly Size[] {
    const firstAt = this.#startedAt + FIRST_MS;
    return living.flatMap(({ label, pid }) => {
      const samples = this.#samples.get(pid) ?? [];
      const end = samples.at(-1)?.at ?? 0;
      const first = medianOf(between(samples, firstAt, firstAt + WINDOW_MS));
      const last = medianOf(between(samples, end - WINDOW_MS, end + 1));
      const hasBoth = first > 0 && end - WINDOW_MS >= firstAt + WINDOW_MS;
      return hasBoth ? [{ label, pid, first, last, ratio: last / first }] : [];
    });
  }
}

function between(samples: readonly Sample[], from: number, until: number): readonly number[] {
  return samples.filter(({ at }) => at >= from && at < until).map(({ bytes }) => bytes);
}
