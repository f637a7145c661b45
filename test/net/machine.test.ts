/** The built program on machines that give little: few open files, no terminal. */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openBroker } from '../../broker/broker.ts';
import { until } from './until.ts';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const CLIENT = fileURLToPath(new URL('../../dist/src/cli/client-bin.js', import.meta.url));

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs a line of shell, in which $0 is Node, to its end. */
function shell(line: string, ...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile('sh', ['-c', line, process.execPath, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const isUnix = process.platform !== 'win32';

it.skipIf(!isUnix).each([
  ['--help', MAIN, ['--help']],
  ['wallet', MAIN, ['wallet', 'address']],
  ['client', CLIENT, ['--port', '1']],
])('too few open files to load %s are told in a sentence', async (_, file, args) => {
  expect(await shell('ulimit -n 24; exec "$0" "$@"', file, ...args)).toEqual({
    code: 5,
    stdout: '',
    stderr:
      'sortition cannot open a file that it needs (EMFILE): ' +
      'let it open more files at once (ulimit -n; LimitNOFILE= in a unit of systemd).\n',
  });
});

it
  .skipIf(!isUnix)
  .each(['check', 'replay', 'client --roster', 'broker --users', 'client --cafile'])(
  '%s does not wait for ever on a pipe without a writer',
  async (command) => {
    const folder = await mkdtemp(join(tmpdir(), 'sortition-pipe-'));
    const pipe = join(folder, 'pipe');
    const { code, stderr } = await shell(
      'mkfifo "$2" && exec "$0" "$1" $3 "$2"',
      MAIN,
      pipe,
      command,
    );
    expect(code).toBe(5);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(stderr).toContain(pipe);
    await rm(folder, { recursive: true });
  },
);

it.skipIf(!isUnix)('check reads a recording from the standard input', async () => {
  const line = '{"time":1,"topic":"sd/x","qos":0,"retained":false,"payload":""}';
  const { stdout } = await shell('echo "$2" | "$0" "$1" check -', MAIN, line);
  expect(stdout).toContain('1 message ');
});

it.skipIf(!isUnix)('a peer under nohup lives on when its terminal is closed', async () => {
  const broker = await openBroker({ port: 0 });
  const folder = await mkdtemp(join(tmpdir(), 'sortition-nohup-'));
  const log = join(folder, 'log');
  const file = openSync(log, 'w');
  const args = ['client', '--json', '-p', String(broker.port), '--peers', '1', '--threads', '1'];
  const peer = spawn('nohup', [process.execPath, MAIN, ...args], { stdio: ['ignore', file, file] });
  const ended = once(peer, 'exit');
  const count = (kind: string): number =>
    readFileSync(log, 'utf8').split(`"kind":"${kind}"`).length - 1;
  try {
    await until(() => count('mandate') > 0, 'a mandate', 20_000);
    peer.kill('SIGHUP');
    const before = count('progress');
    await until(() => count('progress') > before + 1, 'more progress after SIGHUP', 20_000);
    expect(count('leaving')).toBe(0);
    peer.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(count('ended')).toBe(1);
  } finally {
    peer.kill('SIGKILL');
    closeSync(file);
    await broker.close();
    await rm(folder, { recursive: true });
  }
});
