/** A fleet of client processes on this machine; none of them outlives this process. */

import { assert } from '../domain/assert.ts';
import { ClientProcess, type Confines, type Ending } from './fleet-process.ts';
import type { Said } from './fleet-said.ts';

/** The number of a process in its fleet, from 1, in order of their starts. */
export type Place = number;

export type FleetOptions = {
  /** Path of a script for Node. */
  readonly program: string;
  readonly args: readonly string[];
  /** Beside our own environment without its settings. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly onSaid: (place: Place, said: Said) => void;
  /** Once for each process, after the last that it said. */
  readonly onEnded: (place: Place, ending: Ending) => void;
  /** How long processes may take to leave before they are killed. */
  readonly politeMs?: number;
};

/** A member gives up its seat in 3 s at most (PROTOCOL 8), and its connection in 2 s. */
const POLITE_MS = 6_000;

export class Fleet {
  readonly #options: FleetOptions;
  readonly #processes: ClientProcess[] = [];
  readonly #ended = new Set<Place>();
  #waiting: (() => void)[] = [];
  #isEnding = false;
  readonly #killAll = (): void => {
    for (const process of this.#processes) process.kill();
  };

  constructor(options: FleetOptions) {
    this.#options = options;
    // Whatever ends us, be it an error that nobody caught; except a SIGKILL, upon which they leave
    // since their channel ends.
    process.on('exit', this.#killAll);
  }

  /** Starts one more; gives its place and its pid (0: it could not be started). */
  start(
    more: readonly string[] = [],
    confines: Confines = {},
  ): { readonly place: Place; readonly pid: number } {
    assert(!this.#isEnding, 'A fleet that ends starts nobody.');
    const { program, args, env, onSaid, onEnded } = this.#options;
    const place = this.#processes.length + 1;
    const process = new ClientProcess(program, [...args, ...more], {
      onSaid: (said) => onSaid(place, said),
      onEnded: (ending) => {
        this.#ended.add(place);
        onEnded(place, ending);
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const look of waiting) look();
      },
      env,
      confines,
    });
    this.#processes.push(process);
    return { place, pid: process.pid };
  }

  /** How many processes have not exited. */
  get living(): number {
    return this.#processes.filter(({ isAlive }) => isAlive).length;
  }

  isAlive(place: Place): boolean {
    return this.#at(place).isAlive;
  }

  /** Kills one as a crash would (SIGKILL). */
  kill(place: Place): void {
    this.#at(place).kill();
  }

  /** Sends one a signal, as whoever knows its process might. */
  signal(place: Place, signal: NodeJS.Signals): void {
    this.#at(place).signal(signal);
  }

  pause(): void {
    for (const process of this.#processes) process.tell('pause');
  }

  resume(): void {
    for (const process of this.#processes) process.tell('resume');
  }

  /** Asks one to say goodbye and exit. */
  leave(place: Place): void {
    this.#at(place).tell('leave');
  }

  /**
   * Asks all to leave, `last` after the others have gone; kills who is still there in the end.
   * Resolves when no process is left and everything they said is heard.
   */
  async end(last: Place | null = null): Promise<void> {
    this.#isEnding = true;
    const killer = setTimeout(this.#killAll, this.#options.politeMs ?? POLITE_MS);
    const places = this.#processes.map((_, index) => index + 1);
    const others = places.filter((place) => place !== last);
    for (const place of others) this.leave(place);
    await this.#until(() => others.every((place) => this.#ended.has(place)));
    if (last !== null) this.leave(last);
    await this.#until(() => this.#ended.size === places.length);
    clearTimeout(killer);
    process.off('exit', this.#killAll);
  }

  /** Kills all that are left, at once. */
  killAll(): void {
    this.#killAll();
  }

  #at(place: Place): ClientProcess {
    const process = this.#processes[place - 1];
    assert(process !== undefined, 'A place is the number of a process.');
    return process;
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
