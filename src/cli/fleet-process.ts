/** One client process: what it says, how it is told what to do, and how it ended. */

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Command } from '../domain/contract.ts';
import { bareEnvironment } from './bare-environment.ts';
import { LineCutter } from './fleet-lines.ts';
import { parseSaid, type Said } from './fleet-said.ts';
import { lastWordsOf, startErrorOf } from './starved.ts';

/** How a client process came to its end. */
export type Ending = {
  /**
   * `left`: in order, of its own will or as it was told; `killed`: by us; `died`: by somebody
   * else's signal, or by an error.
   */
  readonly how: 'left' | 'killed' | 'died';
  readonly code: number | null;
  readonly signal: string | null;
  /** The last it wrote to its standard error, without the last line's end. */
  readonly lastWords: string;
};

/** What its machine denies to a process. */
export type Confines = {
  /** A device that its standard output goes to, in place of us. */
  readonly output?: string;
  /** It runs as this user, who has no other process, and may have this many threads. */
  readonly user?: { readonly uid: number; readonly threads: number };
};

export type ProcessOptions = {
  readonly confines?: Confines;
  /** Beside our own environment without its settings. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly onSaid: (said: Said) => void;
  /** Once, and nothing comes after it. */
  readonly onEnded: (ending: Ending) => void;
};

/** So much of a standard error is kept. */
const LAST_WORDS = 4_000;

export class ClientProcess {
  readonly #child: ChildProcess;
  readonly #options: ProcessOptions;
  #isAlive = true;
  #hasEnded = false;
  #isKilled = false;
  #hasSaidEnded = false;
  #isAskedToLeave = false;
  #lastWords = '';

  /** `program` is a script for Node, run with `args` and an IPC channel. */
  constructor(program: string, args: readonly string[], options: ProcessOptions) {
    this.#options = options;
    // Not `fork`: it would hand on this process' own options for Node (an inspector's port).
    const { output, user } = options.confines ?? {};
    const command = [process.execPath, program, ...args];
    const [file = '', ...rest] = user === undefined ? command : limited(user.threads, command);
    const out = output === undefined ? 'pipe' : openSync(output, 'w');
    this.#child = spawn(file, rest, {
      env: { ...bareEnvironment(), ...options.env },
      // A group of its own: Ctrl-C in the terminal reaches us alone, who end them in order. It
      // cannot outlive us, since the end of the channel makes it leave. On Windows this would
      // give it a console of its own; there it leaves by itself, which is not held against it.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', out, 'pipe', 'ipc'],
      ...(user !== undefined && { uid: user.uid, gid: user.uid, cwd: '/' }),
    });
    if (typeof out === 'number') closeSync(out);
    this.#listen();
  }

  /** 0 for a process that could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** False as soon as it has exited, though some of its lines may still be on their way. */
  get isAlive(): boolean {
    return this.#isAlive;
  }

  tell(command: Command['kind']): void {
    if (command === 'leave') this.#isAskedToLeave = true;
    if (!this.#child.connected) return;
    // It may die while this is on its way; its end says so.
    this.#child.send({ command }, () => {});
  }

  /** As a crash would; nothing is left undone. */
  kill(): void {
    if (!this.#isAlive) return;
    this.#isKilled = true;
    this.#child.kill('SIGKILL');
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#isAlive) this.#child.kill(signal);
  }

  #listen(): void {
    const child = this.#child;
    const lines = new LineCutter((line) => this.#hear(line));
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => lines.push(piece));
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      this.#lastWords = (this.#lastWords + piece).slice(-LAST_WORDS);
    });
    child.on('error', (error) => {
      // Also for a message that could not be sent; without a pid it never lived.
      if (child.pid !== undefined) return;
      this.#lastWords = (startErrorOf(error) ?? error).message;
      this.#end(null, null);
    });
    child.on('exit', () => {
      this.#isAlive = false;
    });
    // After its exit and its last line.
    child.on('close', (code, signal) => {
      lines.end();
      this.#end(code, signal);
    });
  }

  #hear(line: string): void {
    const said = parseSaid(line);
    if (said === null) return;
    if (said.kind === 'ended') this.#hasSaidEnded = true;
    this.#options.onSaid(said);
  }

  #end(code: number | null, signal: string | null): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#isAlive = false;
    const hasLeft = code === 0 && (this.#hasSaidEnded || this.#isAskedToLeave);
    const how = this.#isKilled && signal !== null ? 'killed' : hasLeft ? 'left' : 'died';
    const lastWords = lastWordsOf(signal, this.#lastWords.trimEnd());
    this.#options.onEnded({ how, code, signal, lastWords });
  }
}

/** A command whose user may have this many threads in all. */
function limited(threads: number, command: readonly string[]): readonly string[] {
  return ['bash', '-c', `ulimit -u ${threads} && exec "$0" "$@"`, ...command];
}
