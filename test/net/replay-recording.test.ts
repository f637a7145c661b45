/** What was recorded is told, published and recorded again as it was. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Broker, openBroker } from '../../broker/broker.ts';
import type { UnixMs } from '../../src/domain/names.ts';
import { type Recorded, writeRecorded } from '../../src/record/recording.ts';
import { RecordingReader } from '../../src/record/recording-reader.ts';
import { endPrograms, Program } from './program.ts';
import { until } from './until.ts';

const cleanups: (() => unknown)[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sortition-replay-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
});

afterEach(async () => {
  await endPrograms();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function brokerFor(): Promise<Broker> {
  const broker = await openBroker({ port: 0 });
  cleanups.push(() => broker.close());
  return broker;
}

const replay = (...args: readonly string[]): Program => new Program(['replay', ...args]);

function message(topic: string, payload: string | Buffer, more: Partial<Recorded> = {}): Recorded {
  const bytes = Buffer.from(payload);
  return { time: 1_000 as UnixMs, topic, payload: bytes, qos: 1, retained: false, ...more };
}

const MESSAGES = [
  message('sd/peer/x', 'kept', { retained: true }),
  message('sd/init', '{"ClientID":"a"}'),
  message('sd/init', Buffer.of(0xff, 0x00, 0x0a), { time: 1_400 as UnixMs }),
  message('sd/voting', '{"ClientID":"a","VoteID":"7"}', { time: 900 as UnixMs }),
  ...Array.from({ length: 300 }, (_, index) => message('sd/result', `${index}`)),
];

function write(name: string, ...pieces: readonly (Recorded | string)[]): string {
  const path = join(folder, name);
  const lines = pieces.map((it) => (typeof it === 'string' ? it : writeRecorded(it)));
  writeFileSync(path, lines.join(''));
  return path;
}

/** Each message as it travelled, without its time. */
function shown(path: string): readonly string[] {
  const reader = new RecordingReader();
  const lines = [...reader.push(readFileSync(path)), ...reader.end()];
  return lines.flatMap((line) => {
    if (!line.ok) return [];
    const { topic, payload, qos, retained } = line.recorded;
    return [`${topic} ${qos} ${retained} ${Buffer.from(payload).toString('hex')}`];
  });
}

test('a recording that is published again is recorded alike', async () => {
  const broker = await brokerFor();
  const port = String(broker.port);
  const path = write('first.ndjson', ...MESSAGES);
  const again = join(folder, 'again.ndjson');
  const recorder = new Program(['record', again, '--json', '-p', port]);
  await recorder.hear('recording');
  const publisher = replay(path, '--to-broker', '--speed', 'max', '--json', '-p', port);
  expect(await publisher.exit()).toBe(0);
  expect(publisher.all('published')).toMatchObject([{ messages: MESSAGES.length, leftOut: 0 }]);
  await until(() => shown(again).length >= MESSAGES.length, 'all of it', 15_000);
  // Retained by the broker now, but it was there when it came (MQTT-3.3.1-9).
  const expected = shown(path).map((line) => line.replace(' 1 true ', ' 1 false '));
  expect(shown(again)).toEqual(expected);
  const late = join(folder, 'late.ndjson');
  const latecomer = new Program(['record', late, '--json', '-p', port]);
  await latecomer.hear('recording');
  await until(() => shown(late).length > 0, 'what is retained');
  expect(shown(late)).toEqual([shown(path)[0]]);
  latecomer.child.kill('SIGTERM');
  await latecomer.exit();
});

test('at its own speed it takes its own time, and a clock that went back none', async () => {
  const broker = await brokerFor();
  const path = write('slow.ndjson', ...MESSAGES.slice(0, 4));
  const publisher = replay(path, '--to-broker', '--json', '-p', String(broker.port));
  expect(await publisher.exit()).toBe(0);
  const [end] = publisher.all('published');
  expect(Number(end?.['ms'])).toBeGreaterThanOrEqual(395);
  const fast = replay(path, '--to-broker', '--speed', '4', '--json', '-p', String(broker.port));
  expect(await fast.exit()).toBe(0);
  expect(Number(fast.all('published')[0]?.['ms'])).toBeGreaterThanOrEqual(95);
});

test('it is told as a watcher would have told it, and bad lines by their number', async () => {
  const [first, second, ...rest] = MESSAGES;
  if (first === undefined || second === undefined) throw new Error('There are two.');
  const path = write('bad.ndjson', first, 'garbage\n', second, ...rest, '{"time":1,"top');
  const teller = replay(path, '--dialect', 'ufes', '--json');
  expect(await teller.exit()).toBe(0);
  const lines = teller.stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(MESSAGES.length);
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ kind: 'introduction', verdict: 'ok' });
  expect(JSON.parse(lines[2] ?? '')).toMatchObject({ refusal: { code: 'not-utf8' } });
  const last = MESSAGES.length + 2;
  expect(teller.stderr).toBe(
    `${path}: line 2 is no JSON\n` +
      `${path}: line ${last} is torn off: whoever wrote it was stopped\n`,
  );
  const people = replay(path, '--dialect', 'ufes');
  expect(await people.exit()).toBe(0);
  expect(people.stdout).toContain('a introduces itself\n');
});

test('an empty recording is said to be, and without a broker nothing is published', async () => {
  const empty = replay(write('empty.ndjson'));
  expect(await empty.exit()).toBe(0);
  expect(empty.stdout).toBe('');
  expect(empty.stderr).toMatch(/empty\.ndjson: there is no message in it\n$/);
  const path = write('some.ndjson', ...MESSAGES);
  const lonely = replay(path, '--to-broker', '-p', '1');
  expect(await lonely.exit()).toBe(1);
  expect(lonely.stderr).toContain('127.0.0.1:1');
  const broker = await brokerFor();
  const slow = replay(path, '--to-broker', '--speed', '0.01', '-p', String(broker.port));
  await slow.write('publishing');
  await broker.close();
  expect(await slow.exit()).toBe(1);
  expect(slow.stderr).toMatch(/closed the connection/);
});

test('options that contradict one another are refused in a sentence', async () => {
  const path = write('some.ndjson', ...MESSAGES);
  for (const [args, sentence] of [
    [['--step'], '--step needs a terminal with a keyboard.'],
    [['--step', '--to-broker'], '--step and --to-broker are two things: choose one.'],
    [['--speed', '2'], '--speed is for --to-broker alone.'],
    [['--to-broker', '--speed', '0'], '--speed must be a number from 0.01 to 1000000, or max'],
    [['--peer', 'abcd'], '--peer is for traces'],
  ] as const) {
    const refused = replay(path, ...args);
    expect(await refused.exit()).toBe(2);
    expect(refused.stderr).toContain(sentence);
  }
  const missing = replay(join(folder, 'missing'));
  expect(await missing.exit()).toBe(5);
  expect(missing.stderr).toContain('(ENOENT)');
});
