/** Starts a Mosquitto of the system on a port of its own, where one is installed. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../../src/cli/free-port.ts';

export type Mosquitto = {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
};

export const NO_MOSQUITTO = 'no mosquitto on PATH or in /usr/sbin (apt-get install mosquitto)';

/**
 * `settings` are further lines of its configuration, `rights` those of a file of access rules. Null
 * where none is installed.
 */
export async function startMosquitto(
  settings: readonly string[] = [],
  rights: readonly string[] = [],
): Promise<Mosquitto | null> {
  const program = await findProgram('mosquitto');
  if (program === null) return null;
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'sortition-mosquitto-'));
  const configuration = join(folder, 'mosquitto.conf');
  const rules = join(folder, 'rights');
  await writeFile(rules, [...rights, ''].join('\n'));
  const further = rights.length === 0 ? settings : [...settings, `acl_file ${rules}`];
  // Started as root it would become another user, who does not see the folder.
  const who = process.getuid?.() === 0 ? ['user root'] : [];
  const lines = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', ...who, ...further, ''];
  await writeFile(configuration, lines.join('\n'));
  const child = spawn(program, ['-c', configuration], { stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await answers(child, port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `mqtt://127.0.0.1:${port}`, port, pid: child.pid ?? 0, stop };
}

/** Looks through PATH, and where system daemons are; null if it is in none of these places. */
export async function findProgram(name: string): Promise<string | null> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const folder of folders.filter((it) => it !== '')) {
    const path = join(folder, name);
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}

/** Resolves once somebody accepts connections on `port`. */
async function answers(child: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    if (await accepts(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`Mosquitto did not start on port ${port} (exit code ${child.exitCode}).`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
