/** The bar of `sortition mine`: how far a search is, how fast, and when it will end. */

import { SingleBar } from 'cli-progress';
import { formatClock, formatCount, formatRate } from '../client/describe.ts';
import type { Pace, Plan } from './mine-run.ts';

export type Goal = {
  readonly tries: number;
  /** Whether the search ends there at the latest; otherwise a find takes so many on average. */
  readonly isEnd: boolean;
};

const COLUMNS = 30;

/** The end of the nonces where that comes before, or soon after, the find that is expected. */
export function goalOf({ bits, from, to }: Plan): Goal {
  const expected = 2 ** bits;
  const nonces = to - from;
  return nonces <= MOST_EXPECTED * expected
    ? { tries: nonces, isEnd: true }
    : { tries: expected, isEnd: false };
}

/** Beyond so many times what is expected, the end of the nonces is of no interest. */
const MOST_EXPECTED = 16;

/** `42 %, 7.0 M of 16.8 M, 20.1 MH/s, about 0:29 to go`. */
export function describePace(
  { tries, isEnd }: Goal,
  { tried, perSecond }: Omit<Pace, 'perWorker'>,
): string {
  const share = Math.floor((100 * tried) / tries);
  const all = isEnd ? formatCount(tries) : `about ${formatCount(tries)}`;
  const said = [`${share} %`, `${formatCount(tried)} of ${all}`, formatRate(perSecond)];
  const left = tries - tried;
  if (left <= 0) return [...said, 'any moment now'].join(', ');
  if (perSecond === 0) return said.join(', ');
  return [...said, `${isEnd ? 'at most' : 'about'} ${clockOf(left / perSecond)} to go`].join(', ');
}

/** Seconds as `0:29`, `1:02:03`, or in days where they are many. */
export function clockOf(seconds: number): string {
  const days = Math.floor(Math.ceil(seconds) / 86_400);
  return days > 1 ? `${formatCount(days)} days` : formatClock(seconds);
}

/** A bar at the bottom of the terminal that is behind the standard error; nothing elsewhere. */
export class Bar {
  readonly #bar: SingleBar;
  readonly #goal: Goal;
  #pace: Pace = { tried: 0, elapsedMs: 0, perSecond: 0, perWorker: [] };

  constructor(plan: Plan) {
    this.#goal = goalOf(plan);
    this.#bar = new SingleBar({
      stream: process.stderr,
      clearOnComplete: true,
      gracefulExit: false,
      format: () => this.#line(),
    });
  }

  show(pace: Pace): void {
    this.#pace = pace;
    const value = Math.min(pace.tried, this.#goal.tries);
    if (this.#bar.isActive) this.#bar.update(value);
    else this.#bar.start(this.#goal.tries, value);
  }

  hide(): void {
    this.#bar.stop();
  }

  /** Does what writes lines, with the bar out of its way. */
  aside(write: () => void): void {
    const wasShown = this.#bar.isActive;
    this.hide();
    write();
    if (wasShown) this.show(this.#pace);
  }

  #line(): string {
    const filled = Math.floor(
      (COLUMNS * Math.min(this.#pace.tried, this.#goal.tries)) / this.#goal.tries,
    );
    const bar = '█'.repeat(filled) + '░'.repeat(COLUMNS - filled);
    return `${bar} ${describePace(this.#goal, this.#pace)}`;
  }
}
