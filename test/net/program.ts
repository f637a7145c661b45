/** Processes of the built program, as users run them; none outlives its test. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

const built = (file: string): string =>
  fileURLToPath(new URL(`../../dist/src/cli/${file}`, import.meta.url));

/** What somebody's own settings would change. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('SORTITION_')),
);

export type Options = {
  readonly env?: Readonly<Record<string, string>>;
  /** The program; `main.js` unless told otherwise. */
  readonly file?: string;
  /** Written to its standard input, which then ends. */
  readonly input?: string;
  /** What the shell's `ulimit` is told before it starts, such as `-f 8` (blocks of 1,024 bytes). */
  readonly limits?: string;
  /** A user to run as, which only root can say. */
  readonly uid?: number;
  /** A file that it writes to instead of a pipe to us. */
  readonly output?: number;
  /** With a channel, as by `fork`. */
  readonly hasParent?: boolean;
};

/** A line of `--json`. */
export type Said = Readonly<Record<string, unknown>> & { readonly kind: string };

/**
 * Kills the process that is the controller now, in a run with `--json`; gives its pid. Resolves
 * once the run has told of its end, and of another controller.
 */
export async function killController(told: (kind: string) => readonly Said[]): Promise<number> {
  const controller = (): unknown => told('mandate').at(-1)?.['controller'];
  const killed = controller();
  const pid = Number(told('peer').find(({ name }) => name === killed)?.['pid']);
  process.kill(pid, 'SIGKILL');
  await until(() => told('gone').length > 0, 'its end', 20_000);
  await until(() => controller() !== killed, 'another controller', 60_000);
  return pid;
}

const running = new Set<Program>();

/** Ends, by their pids, all that are left. */
export async function endPrograms(): Promise<void> {
  for (const program of running) program.child.kill('SIGKILL');
  await Promise.all([...running].map((program) => program.exit()));
}

export class Program {
  readonly child: ChildProcess;
  readonly name: string;
  stdout = '';
  stderr = '';
  #isOver = false;

  constructor(args: readonly string[], options: Options = {}) {
    const { env = {}, file = 'main.js', input, limits, hasParent = false } = options;
    const { output = 'pipe', uid } = options;
    this.name = args.join(' ');
    const stdin = input === undefined ? 'ignore' : 'pipe';
    const command = [process.execPath, built(file), ...args];
    const [program = '', ...rest] =
      limits === undefined
        ? command
        : ['bash', '-c', `ulimit ${limits} && exec "$0" "$@"`, ...command];
    this.child = spawn(program, rest, {
      env: { ...environment, ...env },
      ...(uid !== undefined && { uid, gid: uid, cwd: '/' }),
      stdio: hasParent ? [stdin, output, 'pipe', 'ipc'] : [stdin, output, 'pipe'],
    });
    this.child.stdin?.end(input);
    this.child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      this.stdout += piece;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      this.stderr += piece;
    });
    running.add(this);
    // Not its event "close", which stays away where we have closed the channel ourselves.
    const ends = [
      once(this.child, 'exit'),
      ...[this.child.stdout, this.child.stderr].map((stream) => stream && once(stream, 'close')),
    ];
    void Promise.all(ends).then(() => {
      this.#isOver = true;
      running.delete(this);
    });
  }

  /** Its exit code, once it has ended and all it wrote is here; 128 and more for a signal. */
  async exit(): Promise<number> {
    await until(() => this.#isOver, `the end of "${this.name}"`, 45_000);
    return this.child.exitCode ?? 128;
  }

  /** What it has said with `--json`. */
  get said(): readonly Said[] {
    const lines = this.stdout.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Said);
  }

  all(kind: string): readonly Said[] {
    return this.said.filter((said) => said.kind === kind);
  }

  /** Waits until it has said so many of a kind. */
  async hear(kind: string, count = 1): Promise<void> {
    const what = `${count} of "${kind}" from "${this.name}" (${this.stderr})`;
    await until(() => this.all(kind).length >= count, what, 20_000);
  }

  /** Waits until it has written `text` for people. */
  async write(text: string): Promise<void> {
    await until(() => this.stdout.includes(text), `"${text}" from "${this.name}"`, 15_000);
  }
}
