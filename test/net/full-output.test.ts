/** Commands whose output does not arrive: a full device, a file that may not grow, no reader. */

import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterAll, afterEach, expect, it } from 'vitest';
import { openBroker } from '../../broker/broker.ts';
import { skipLoudly } from './loud-skip.ts';
import { endPrograms, Program } from './program.ts';
import { until } from './until.ts';

const FULL = '/dev/full';

const folder = mkdtempSync(join(tmpdir(), 'sortition-output-'));
afterAll(() => rmSync(folder, { recursive: true }));
const undo: (() => unknown)[] = [];
afterEach(async () => {
  await endPrograms();
  for (const step of undo.splice(0).reverse()) await step();
});

const recording = join(folder, 'recording.ndjson');
const word = { time: 1, topic: 'sd/heartbeat', qos: 0, retained: false, payload: 'x' };
writeFileSync(recording, `${JSON.stringify(word)}\n`);
const key = join(folder, 'wallet.pem');

/** Each ends by itself. */
const COMMANDS = [
  '--version',
  '--help',
  'client --help',
  'mine --block x --bits 8 --workers 1',
  'mine --block x --bits 8 --workers 1 --json',
  'simulate --worlds 1',
  'explore --help',
  'bench --help',
  `replay ${recording}`,
  `check ${recording} --json`,
  `check ${recording} --junit`,
  `wallet new --wallet ${key}`,
];

it.for(COMMANDS)('%s fails where nothing of it arrives', async (line, context) => {
  if (!existsSync(FULL)) skipLoudly(context, `There is no ${FULL}.`);
  const program = new Program(line.split(' '), { output: openSync(FULL, 'w') });
  expect(await program.exit()).toBeGreaterThan(0);
  expect(program.stderr).toContain(' of the standard output could not be written (ENOSPC: the d');
});

/** Any user may limit the size of files. */
const WITHOUT_ULIMIT = process.platform === 'win32' ? 'There is no ulimit.' : null;

it('a command fails whose file may not grow, and is not ended by the system', async (context) => {
  if (WITHOUT_ULIMIT !== null) skipLoudly(context, WITHOUT_ULIMIT);
  const output = openSync(join(folder, 'help'), 'a');
  const program = new Program(['client', '--help'], { limits: '-f 1', output });
  expect(await program.exit()).toBe(5);
  expect(program.stderr).toContain('(EFBIG: the file may not grow any more).');
});

it('a recording that may not grow goes on with whole lines, and has failed', async (context) => {
  if (WITHOUT_ULIMIT !== null) skipLoudly(context, WITHOUT_ULIMIT);
  const broker = await openBroker({ port: 0 });
  undo.push(() => broker.close());
  const path = join(folder, 'cut.ndjson');
  const args = ['record', path, '--json', '-p', String(broker.port)];
  const recorder = new Program(args, { limits: '-f 1' });
  await recorder.hear('recording');
  const stranger = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
  undo.push(() => stranger.endAsync(true));
  for (let word = 0; word < 20; word += 1)
    await stranger.publishAsync('sd/init', 'x'.repeat(100), { qos: 1 });
  const sentence = `The recording ${path} cannot be written (EFBIG: the file may not grow any`;
  await until(() => recorder.stderr.includes(sentence), 'the full file');
  recorder.child.kill('SIGTERM');
  expect(await recorder.exit()).toBe(5);
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ topic: 'sd/init' });
  expect(recorder.all('recorded')[0]?.['messages']).toBe(lines.length);
  expect(recorder.stderr).toContain('lines of the recording');
});

it('a peer whose trace may not grow goes on without it, and has failed', async (context) => {
  if (WITHOUT_ULIMIT !== null) skipLoudly(context, WITHOUT_ULIMIT);
  const broker = await openBroker({ port: 0 });
  undo.push(() => broker.close());
  const args = ['client', '--json', '-p', String(broker.port), '--peers', '1', '--threads', '1'];
  const trace = ['--difficulty', 'fixed:8', '--trace', join(folder, 'trace.ndjson')];
  const peer = new Program([...args, ...trace], { limits: '-f 16' });
  await until(() => peer.stderr.includes('The trace ends here.'), 'the full file', 20_000);
  await peer.hear('result', peer.all('result').length + 1);
  peer.child.kill('SIGTERM');
  expect(await peer.exit()).toBe(5);
});

it('a journal that may not grow is a full disk, and not the end of its peer', async (context) => {
  if (WITHOUT_ULIMIT !== null) skipLoudly(context, WITHOUT_ULIMIT);
  const broker = await openBroker({ port: 0 });
  undo.push(() => broker.close());
  const args = ['client', '--json', '-p', String(broker.port), '--peers', '1', '--threads', '1'];
  const journal = ['--difficulty', 'fixed:8', '--data', join(folder, 'data')];
  const peer = new Program([...args, ...journal], { limits: '-f 32' });
  await peer.hear('failed');
  expect(peer.all('failed')[0]).toMatchObject({ effect: 'record', code: 'EFBIG' });
  peer.child.kill('SIGTERM');
  expect(await peer.exit()).toBe(0);
});

it('a reader that has gone is no failure', async () => {
  const program = new Program(['client', '--help']);
  program.child.stdout?.destroy();
  expect(await program.exit()).toBe(0);
  expect(program.stderr).toBe('');
});

it.for([
  'watch',
  'watch --json',
  'client',
  'client --json',
  'gateway --listen 0',
  `record ${join(folder, 'new.ndjson')}`,
])('%s goes on where nothing arrives, says so once, and has failed', async (line, context) => {
  if (!existsSync(FULL)) skipLoudly(context, `There is no ${FULL}.`);
  const broker = await openBroker({ port: 0 });
  undo.push(() => broker.close());
  const args = [...line.split(' '), '-p', String(broker.port)];
  const program = new Program(args, { output: openSync(FULL, 'w') });
  const sentence = 'The standard output cannot be written (ENOSPC: the disk is full): ';
  await until(() => program.stderr.includes(sentence), 'the full disk');
  expect(program.child.exitCode).toBeNull();
  program.child.kill('SIGTERM');
  expect(await program.exit()).toBe(5);
  expect(program.stderr.split(sentence)).toHaveLength(2);
});
