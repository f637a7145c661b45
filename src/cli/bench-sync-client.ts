/** A client process of `bench sync`: waits for its words, and watches how large it grows. */

import { fileURLToPath } from 'node:url';
import { WorldError } from '../node/world-error.ts';
import { ClientProcess } from './fleet-process.ts';
import type { Said } from './fleet-said.ts';
import { peakResidentBytes } from './resident-size.ts';

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

export class BenchClient {
  readonly #process: ClientProcess;
  readonly #waitMs: number;
  readonly #said: Said[] = [];
  #ending: string | null = null;
  #look: () => void = () => {};

  /** It is run as `client --json` with `args`; no word of it may take longer than `waitMs`. */
  constructor(args: readonly string[], waitMs: number) {
    this.#waitMs = waitMs;
    this.#process = new ClientProcess(PROGRAM, ['client', '--json', ...args], {
      onSaid: (said) => {
        this.#said.push(said);
        this.#look();
      },
      onEnded: ({ lastWords }) => {
        this.#ending = lastWords;
        this.#look();
      },
    });
  }

  /** Its first word of this kind. Throws a `WorldError` if it ends before, or takes too long. */
  hear<Kind extends Said['kind']>(kind: Kind): Promise<Extract<Said, { kind: Kind }>> {
    return this.#until(`says "${kind}"`, () => {
      const said = this.#said.find((each) => each.kind === kind);
      if (said !== undefined) return said as Extract<Said, { kind: Kind }>;
      if (this.#ending !== null) throw failed(`The client ended: ${this.#ending}`);
      return null;
    });
  }

  /** The most that it ever held so far; null where the system does not tell. */
  peakBytes(): number | null {
    return peakResidentBytes(this.#process.pid);
  }

  /** In order. */
  async leave(): Promise<void> {
    this.#process.tell('leave');
    await this.#until('ends', () => (this.#ending === null ? null : true));
  }

  /** At once, if it is still there. */
  async end(): Promise<void> {
    if (this.#ending !== null) return;
    this.#process.kill();
    await this.#until('ends', () => (this.#ending === null ? null : true));
  }

  #until<Found>(what: string, find: () => Found | null): Promise<Found> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(failed(`A client did not come so far that it ${what}.`));
      }, this.#waitMs);
      this.#look = () => {
        try {
          const found = find();
          if (found === null) return;
          clearTimeout(timer);
          resolve(found);
        } catch (error) {
          clearTimeout(timer);
          reject(error);
        }
      };
      this.#look();
    });
  }
}

function failed(sentence: string): WorldError {
  return new WorldError(sentence, { code: 'bench-failed', facts: {} });
}
