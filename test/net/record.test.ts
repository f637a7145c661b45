import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Broker, openBroker } from '../../broker/broker.ts';
import { createMqttLink } from '../../src/node/mqtt-link.ts';
import { type RecordedLine, RecordingReader } from '../../src/record/recording-reader.ts';
import { openPacketSpy } from './packet-spy.ts';
import { endPrograms, Program } from './program.ts';
import { nextClientID } from './told-link.ts';
import { until } from './until.ts';

const REFUSED = Buffer.of(0x20, 2, 0, 5);

const cleanups: (() => unknown)[] = [];
let broker: Broker;
let folder: string;
let stranger: MqttClient;

beforeEach(async () => {
  broker = await openBroker({ port: 0 });
  folder = mkdtempSync(join(tmpdir(), 'sortition-record-'));
  stranger = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
  cleanups.push(() => broker.close());
  cleanups.push(() => rmSync(folder, { recursive: true }));
  cleanups.push(() => stranger.endAsync(true));
});

afterEach(async () => {
  await endPrograms();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function read(path: string): readonly RecordedLine[] {
  const reader = new RecordingReader();
  return [...reader.push(readFileSync(path)), ...reader.end()];
}

/** Each message as its topic, quality and payload. */
const tell = (lines: readonly RecordedLine[]): readonly string[] =>
  lines.map((line) => {
    if (!line.ok) return line.fault.code;
    const { topic, qos, retained, payload } = line.recorded;
    const kept = retained ? ' retained' : '';
    return `${topic} ${qos}${kept} ${Buffer.from(payload).toString('latin1')}`;
  });

const record = (path: string, ...args: readonly string[]): Program =>
  new Program(['record', path, '--json', '-p', String(broker.port), ...args]);

test('what a broker brings is written down as it came, until Ctrl-C', async () => {
  await stranger.publishAsync('lab/peer/a', 'old', { qos: 1, retain: true });
  const path = join(folder, 'run.ndjson');
  const recorder = record(path, '--prefix', 'lab');
  await recorder.hear('recording');
  await stranger.publishAsync('lab/init', '{"ClientID":"é"}', { qos: 1 });
  await stranger.publishAsync('lab/x/y/z', Buffer.of(0xff, 0x00), { qos: 0 });
  await stranger.publishAsync('elsewhere', 'no', { qos: 1 });
  await stranger.publishAsync('lab/peer/a', 'new', { qos: 1, retain: true });
  await until(() => read(path).length === 4, 'four messages');
  recorder.child.kill('SIGINT');
  expect(await recorder.exit()).toBe(0);
  expect(tell(read(path))).toEqual([
    'lab/peer/a 1 retained old',
    'lab/init 1 {"ClientID":"Ã©"}',
    'lab/x/y/z 0 \u00ff\u0000',
    'lab/peer/a 1 new',
  ]);
  const [end] = recorder.all('recorded');
  expect(end).toMatchObject({ messages: 4, bytes: statSync(path).size });
});

test('who records sends no PUBLISH and leaves no will, and comes back after a cut', async () => {
  const spy = await openPacketSpy(broker.port);
  cleanups.push(() => spy.close());
  const path = join(folder, 'run.ndjson');
  const recorder = record(path, '--port', String(spy.port));
  await recorder.hear('recording');
  await stranger.publishAsync('sd/init', 'one', { qos: 1 });
  await until(() => read(path).length === 1, 'the first message');
  spy.cut();
  await recorder.hear('recording', 2);
  expect(recorder.all('disconnected')).toHaveLength(1);
  await stranger.publishAsync('sd/init', 'two', { qos: 1 });
  await until(() => read(path).length === 2, 'the second message');
  recorder.child.kill('SIGTERM');
  expect(await recorder.exit()).toBe(0);
  const sent = new Set(spy.packets);
  sent.delete('PINGREQ');
  expect(sent).toEqual(new Set(['CONNECT', 'SUBSCRIBE', 'PUBACK', 'DISCONNECT']));
});

test('the spy would see a will and a PUBLISH', async () => {
  const spy = await openPacketSpy(broker.port);
  cleanups.push(() => spy.close());
  const url = `mqtt://127.0.0.1:${spy.port}`;
  const options = { url, clientID: nextClientID(), subscriptions: ['a'] };
  const link = createMqttLink(options, (error) => {
    throw error;
  });
  const onConnected = (): void => link.publish('a', 'b', { qos: 1, retained: false });
  const events = { onConnected, onDisconnected: () => undefined, onDelivery: () => undefined };
  link.connect({ topic: 'a', text: 'c' }, events);
  await until(() => spy.packets.includes('PUBLISH'), 'a PUBLISH');
  await link.close();
  expect(spy.packets[0]).toBe('CONNECT with a will');
});

test('no file is overwritten, and none is left behind by who never heard a thing', async () => {
  const path = join(folder, 'run.ndjson');
  writeFileSync(path, 'precious');
  const second = record(path);
  expect(await second.exit()).toBe(5);
  expect(second.stderr).toBe(`${path} is there already: name another file, or take it away.\n`);
  expect(readFileSync(path, 'utf8')).toBe('precious');
  const nowhere = record(join(folder, 'no', 'such', 'folder'));
  expect(await nowhere.exit()).toBe(5);
  expect(nowhere.stderr).toContain('(ENOENT)');
  const untried = join(folder, 'untried.ndjson');
  // CONNACK with return code 5 (MQTT 3.1.1 section 3.2.2.3).
  const server = createServer((socket) => socket.on('data', () => socket.end(REFUSED)));
  cleanups.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const unwanted = new Program(['record', untried, '-p', String(port), '--patience', '0']);
  expect(await unwanted.exit()).toBe(3);
  expect(existsSync(untried)).toBe(false);
});

test('a killed recorder leaves whole lines, and one with a limit ends', async () => {
  const path = join(folder, 'killed.ndjson');
  const killed = record(path);
  await killed.hear('recording');
  for (let each = 0; each < 50; each += 1) stranger.publish('sd/init', 'x'.repeat(100));
  await until(() => read(path).length >= 20, 'twenty messages');
  killed.child.kill('SIGKILL');
  await killed.exit();
  expect(read(path).every((line) => line.ok)).toBe(true);
  const limited = record(join(folder, 'limited.ndjson'), '--for', '300ms');
  expect(await limited.exit()).toBe(0);
  expect(limited.all('recorded')).toMatchObject([{ messages: 0 }]);
});
