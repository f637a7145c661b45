/** A web service in a false world: gives tasks, takes finds, and has its moods. */

import type { WorkSource } from '../client/work-source.ts';
import type { Hasher } from '../domain/crypto.ts';
import type { Fetched, Find, Submitted, Trouble } from '../domain/task.ts';
import { zeroBits } from '../ledger/block.ts';
import { bytesOfHex } from '../ledger/hex.ts';
import type { Body } from './body.ts';

/** There and back. */
const tripMs = 8;

/** So long whoever calls waits for an answer that never comes. */
const patienceMs = 10_000;

export type Mood =
  | 'well'
  /** Nobody can reach it. */
  | 'down'
  /** It answers nothing. */
  | 'silent'
  /** It answers what no task is. */
  | 'mad'
  /** It takes finds, and its answers are lost. */
  | 'mute'
  /** It rejects whatever it is given. */
  | 'picky';

/** A find that it took, and the task that it was for. */
export type Taken = { readonly find: Find; readonly previous: string };

export class FalseService {
  readonly #hasher: Hasher;
  readonly #bits: number;
  readonly taken: Taken[] = [];
  /** Finds that are none, or for what was never asked: no peer hands in any such thing. */
  readonly wrong: Find[] = [];
  /** All texts that it ever asked something for, the present one last. */
  readonly #wanted: string[] = ['genesis'];
  mood: Mood = 'well';

  constructor(hasher: Hasher, bits: number) {
    this.#hasher = hasher;
    this.#bits = bits;
  }

  /** Gives another task, whatever becomes of the one before. */
  moveOn(previous: string): void {
    this.#wanted.push(previous);
  }

  get #previous(): string {
    return this.#wanted.at(-1) ?? '';
  }

  /** As a process knows it: who is killed or frozen hears no answer. */
  open(body: Body): WorkSource {
    let isOpen = true;
    const answer = <T>(give: () => { readonly said: T; readonly afterMs: number }, to: Say<T>) => {
      body.plan(tripMs / 2, () => {
        const { said, afterMs } = give();
        body.plan(afterMs, () => {
          if (isOpen) to(said);
        });
      });
    };
    return {
      fetch: (say) => answer(() => this.#give(), say),
      submit: (find, say) => answer(() => this.#take(find), say),
      close: () => {
        isOpen = false;
      },
    };
  }

  #give(): { readonly said: Fetched; readonly afterMs: number } {
    const trouble = this.#trouble();
    if (trouble !== null) return trouble;
    const task = { previous: this.#previous, bits: this.#bits };
    return { said: { kind: 'task', task }, afterMs: tripMs / 2 };
  }

  #take(find: Find): { readonly said: Submitted; readonly afterMs: number } {
    const isHeard = this.mood === 'well' || this.mood === 'mute';
    const problem = isHeard ? this.#judge(find) : null;
    const trouble = this.#trouble();
    if (trouble !== null) return trouble;
    if (this.mood === 'picky') return { said: rejected('takes nothing'), afterMs: tripMs / 2 };
    const said = problem === null ? ({ kind: 'accepted' } as const) : rejected(problem);
    return { said, afterMs: tripMs / 2 };
  }

  /** Takes what is right; null, too, for what it has taken already. */
  #judge(find: Find): string | null {
    if (this.taken.some((one) => one.find.key === find.key)) return null;
    if (this.#isDone(this.#previous, find)) {
      this.taken.push({ find, previous: this.#previous });
      this.moveOn(find.digest);
      return null;
    }
    if (!this.#wanted.some((previous) => this.#isDone(previous, find))) this.wrong.push(find);
    return 'is not what is wanted now';
  }

  #isDone(previous: string, { timestamp, nonce, digest }: Find): boolean {
    const once = this.#hasher.sha256(`${previous}${timestamp}${nonce}`);
    const twice = this.#hasher.sha256(bytesOfHex(once));
    return twice === digest && zeroBits(digest) >= this.#bits;
  }

  #trouble(): { readonly said: Failed; readonly afterMs: number } | null {
    switch (this.mood) {
      case 'well':
      case 'picky':
        return null;
      case 'down':
        return failed('unreachable', 'cannot be reached', tripMs / 2);
      case 'mad':
        return failed('nonsense', 'gives us no task', tripMs / 2);
      case 'silent':
      case 'mute':
        return failed('slow', 'does not answer', patienceMs);
    }
  }
}

type Say<T> = (said: T) => void;
type Failed = { readonly kind: 'trouble'; readonly trouble: Trouble };

function failed(
  code: Trouble['code'],
  problem: string,
  afterMs: number,
): { readonly said: Failed; readonly afterMs: number } {
  return { said: { kind: 'trouble', trouble: { code, problem, patienceMs: null } }, afterMs };
}

function rejected(problem: string): Submitted {
  return { kind: 'rejected', problem };
}
