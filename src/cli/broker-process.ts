/** A broker in a process of its own, as users have them: started, killed, and started again. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorldError } from '../node/world-error.ts';
import { bareEnvironment } from './bare-environment.ts';
import { type BrokerKind, type Recipe, recipeOf, type Start } from './broker-recipes.ts';
import { lastWordsOf, startErrorOf } from './starved.ts';

const POLL_MS = 20;

/** Another program may take a port in the moment before the broker does. */
const MOST_STARTS = 3;

export class BrokerProcess {
  readonly #recipe: Recipe;
  #helper: ChildProcess | null = null;
  #broker: ChildProcess | null = null;
  #hasEndedByItself = false;
  /** An exit of ours takes it along. */
  readonly #onExit = (): void => {
    this.#broker?.kill('SIGKILL');
    this.#helper?.kill('SIGKILL');
    this.#clear();
  };

  private constructor(recipe: Recipe) {
    this.#recipe = recipe;
  }

  /**
   * Starts one that answers on a port of its own; null where it is not installed. `own`: as in
   * `recipeOf`.
   *
   * @throws WorldError `cannot-listen`.
   */
  static async open(kind: BrokerKind, own?: string): Promise<BrokerProcess | null> {
    for (let starts = 1; ; starts += 1) {
      const recipe = await recipeOf(kind, own);
      if (recipe === null) return null;
      const opened = new BrokerProcess(recipe);
      process.on('exit', opened.#onExit);
      if (recipe.helper !== undefined) opened.#helper = run(recipe.helper);
      try {
        await opened.start();
        return opened;
      } catch (error) {
        if (starts === MOST_STARTS || !opened.#hasEndedByItself) throw error;
      }
    }
  }

  /** With its version where it has one of its own. */
  get name(): string {
    return this.#recipe.name;
  }

  /** The same for all its lives. */
  get port(): number {
    return this.#recipe.port;
  }

  /** Of its files; null where it has none. */
  get folder(): string | null {
    return this.#recipe.folder;
  }

  /** Of all processes that are there for it now. */
  get pids(): readonly number[] {
    const all = [this.#broker, this.#helper];
    return all.flatMap((child) => (child === null || hasEnded(child) ? [] : (child.pid ?? [])));
  }

  /** Starts it, or starts it again; resolves once it answers. Throws as `open`. */
  async start(): Promise<void> {
    const { name, port, broker, startMs } = this.#recipe;
    const child = run(broker);
    this.#broker = child;
    // Without a number it never lived, and its error comes in a moment.
    const [cause] = child.pid === undefined ? await once(child, 'error') : [];
    const deadline = performance.now() + startMs;
    while (!hasEnded(child) && performance.now() < deadline) {
      if (await accepts(port)) return;
      await sleep(POLL_MS);
    }
    this.#hasEndedByItself = hasEnded(child);
    await this.end();
    const unstarted = startErrorOf(cause);
    if (unstarted !== null) throw unstarted;
    const words = lastWordsOf(child.signalCode, '');
    const why = words === '' ? '' : `: ${words}`;
    throw new WorldError(
      `The broker ${name} (${broker.program}) did not open port ${port}${why}.`,
      {
        code: 'cannot-listen',
        facts: { broker: name, port },
      },
    );
  }

  /** As a crash would; resolves when it is gone. It may be started again. */
  async kill(): Promise<void> {
    await ended(this.#broker);
  }

  /** At once; its files go, too. */
  async end(): Promise<void> {
    process.off('exit', this.#onExit);
    await ended(this.#broker);
    await ended(this.#helper);
    this.#clear();
  }

  #clear(): void {
    const { folder } = this.#recipe;
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}

function run({ program, args, env }: Start): ChildProcess {
  const child = spawn(program, args, {
    stdio: 'ignore',
    windowsHide: true,
    // A group of its own: Ctrl-C in the terminal reaches us alone, who end it in order.
    detached: process.platform !== 'win32',
    env: { ...bareEnvironment(), ...env },
  });
  child.on('error', () => {});
  return child;
}

async function ended(child: ChildProcess | null): Promise<void> {
  if (child === null || hasEnded(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/** Whether somebody listens there. */
export function accepts(port: number, host: string = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
