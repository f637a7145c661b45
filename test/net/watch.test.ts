import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Broker, openBroker } from '../../broker/broker.ts';
import { openPacketSpy } from './packet-spy.ts';
import { endPrograms, Program } from './program.ts';
import { until } from './until.ts';

const cleanups: (() => unknown)[] = [];
let broker: Broker;
let stranger: MqttClient;

beforeEach(async () => {
  broker = await openBroker({ port: 0 });
  stranger = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
  cleanups.push(() => broker.close());
  cleanups.push(() => stranger.endAsync(true));
});

afterEach(async () => {
  await endPrograms();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Told = { readonly event: string; readonly [field: string]: unknown };

/** What a watcher has told with `--json`. */
const told = ({ stdout }: Program): readonly Told[] =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Told);

const watch = (port: number, ...args: readonly string[]): Program =>
  new Program(['watch', '-p', String(port), ...args]);

const listening = (watcher: Program, times = 1): Promise<void> =>
  until(
    () => told(watcher).filter(({ event }) => event === 'connected').length >= times,
    `the watcher listens (${watcher.stderr})`,
  );

const client = (...args: readonly string[]): Program =>
  new Program(['client', '--json', '-p', String(broker.port), '--threads', '1', ...args]);

test('every message of a network holds, and whoever watches publishes nothing', async () => {
  const spy = await openPacketSpy(broker.port);
  cleanups.push(() => spy.close());
  const watcher = watch(spy.port, '--json');
  await listening(watcher);
  const rules = ['--peers', '2', '--difficulty', 'fixed:12', '--challenges', '2'];
  const clients = [client(...rules), client(...rules)];
  for (const each of clients) await each.hear('result', 2);
  for (const each of clients) each.child.kill('SIGTERM');
  for (const each of clients) await each.exit();
  spy.cut();
  await listening(watcher, 2);
  watcher.child.kill('SIGTERM');
  expect(await watcher.exit()).toBe(0);
  const messages = told(watcher).filter(({ event }) => event === 'message');
  const kinds = new Set(messages.map(({ kind }) => kind));
  for (const kind of ['introduction', 'vote', 'mandate', 'acknowledgement', 'result']) {
    expect(kinds).toContain(kind);
  }
  const faults = messages.filter(({ verdict }) => verdict !== 'ok');
  // Words that came late are nobody's fault, and a heartbeat may overtake the introduction.
  const codes = faults.map(({ refusal }) => (refusal as { code: string }).code);
  expect(codes.filter((code) => !/^stale-|^unknown-sender$/.test(code))).toEqual([]);
  const [mandate] = messages.filter(({ kind }) => kind === 'mandate');
  expect(mandate).toMatchObject({ verdict: 'ok', message: { Term: 1 }, qos: 1 });
  const sent = new Set(spy.packets);
  sent.delete('PINGREQ');
  expect(sent).toEqual(new Set(['CONNECT', 'SUBSCRIBE', 'PUBACK', 'DISCONNECT']));
});

test('garbage, forgeries and a flood each have a line with a verdict', async () => {
  const watcher = watch(broker.port, '--json');
  await listening(watcher);
  await stranger.publishAsync('sd/init', 'garbage', { qos: 1 });
  await stranger.publishAsync('sd/odd\u001b[2J', '{}', { qos: 1 });
  await stranger.publishAsync('sd/voting', Buffer.of(0xff), { qos: 1 });
  await stranger.publishAsync('sd/init', 'x'.repeat(70_000), { qos: 1 });
  const count = 3_000;
  for (let each = 0; each < count; each += 1) stranger.publish('sd/init', `{"n":${each}}`);
  await stranger.publishAsync('sd/last', '{}', { qos: 1 });
  await until(() => told(watcher).length >= count + 6, 'all are heard', 20_000);
  const messages = told(watcher).slice(1);
  expect(messages.slice(0, 4)).toMatchObject([
    { verdict: 'schema', refusal: { code: 'not-json' }, payload: 'garbage', from: null },
    { verdict: 'schema', refusal: { code: 'unknown-topic', topic: 'sd/odd?[2J' }, kind: null },
    { verdict: 'schema', refusal: { code: 'not-utf8' }, kind: 'vote' },
    { verdict: 'schema', refusal: { code: 'too-large', bytes: 70_000 }, bytes: 70_000 },
  ]);
  expect(messages).toHaveLength(count + 5);
});

test('people read a line for each message, and no control characters', async () => {
  const watcher = watch(broker.port, '--dialect', 'ufes', '--peers', '2');
  await watcher.write('listening to mqtt://');
  await stranger.publishAsync('sd/voting', '{"ClientID":"a\\u001b[31m","VoteID":"7"}', { qos: 1 });
  await stranger.publishAsync('sd/init', '{"ClientID":null}', { qos: 1 });
  await watcher.write('nameless');
  expect(watcher.stdout).toContain('a?[31m votes with 7');
  expect(watcher.stdout).toMatch(/init: \{"ClientID":null\} \[schema: nameless \(topic init\)\]/);
  watcher.child.kill('SIGINT');
  expect(await watcher.exit()).toBe(0);
  expect(watcher.stdout).not.toContain('\u001b');
});

test('what makes no sense is refused in a sentence', async () => {
  const watcher = watch(broker.port, '--peers', '3');
  expect(await watcher.exit()).toBe(2);
  expect(watcher.stderr).toBe(
    '--peers is for --dialect alone: our own peers say how many they are.\n',
  );
  const odd = watch(broker.port, '--dialect', 'odd');
  expect(await odd.exit()).toBe(2);
  expect(odd.stderr).toBe('--dialect must be ufes or statement, not "odd".\n');
});
