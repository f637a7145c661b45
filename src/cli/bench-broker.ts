/** Brokers to measure on, each in a process of its own, as users have them. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WorldError } from '../node/world-error.ts';

export type BenchBroker = {
  /** With its version where it has one of its own. */
  readonly name: string;
  readonly port: number;
  readonly end: () => Promise<void>;
};

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

/** System daemons are often outside of a user's PATH. */
const DAEMONS = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'];

const START_MS = 10_000;
const POLL_MS = 20;

/** The embedded broker, as `sortition broker` opens it. */
export async function openEmbedded(): Promise<BenchBroker> {
  const port = await freePort();
  return await opened('aedes', port, process.execPath, [PROGRAM, 'broker', '--port', String(port)]);
}

/** Null where no Mosquitto is installed. */
export async function openMosquitto(): Promise<BenchBroker | null> {
  const program = findProgram('mosquitto');
  if (program === null) return null;
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'sortition-bench-'));
  const file = join(folder, 'mosquitto.conf');
  writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\n`);
  const [, version = ''] =
    /version (\S+)/.exec(spawnSync(program, ['-h'], { encoding: 'utf8' }).stdout ?? '') ?? [];
  const clear = (): void => rmSync(folder, { recursive: true, force: true });
  return await opened(`mosquitto ${version}`.trim(), port, program, ['-c', file], clear);
}

function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...DAEMONS];
  const files = folders.filter((folder) => folder !== '').map((folder) => join(folder, name));
  return files.find((file) => isProgram(file)) ?? null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function opened(
  name: string,
  port: number,
  program: string,
  args: readonly string[],
  clear: () => void = () => {},
): Promise<BenchBroker> {
  const child = spawn(program, args, { stdio: 'ignore', windowsHide: true });
  const kill = (): void => {
    child.kill('SIGKILL');
    clear();
  };
  process.on('exit', kill);
  const end = async (): Promise<void> => {
    process.off('exit', kill);
    const exited = hasEnded(child) ? null : once(child, 'exit');
    kill();
    await exited;
  };
  child.on('error', () => {});
  const deadline = performance.now() + START_MS;
  while (!hasEnded(child) && performance.now() < deadline) {
    if (await accepts(port)) return { name, port, end };
    await sleep(POLL_MS);
  }
  await end();
  throw new WorldError(`The broker ${name} (${program}) did not open port ${port}.`, {
    code: 'cannot-listen',
    facts: { broker: name, port },
  });
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
