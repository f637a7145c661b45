import { readFileSync } from 'node:fs';
import type { IConnectPacket } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { opened } from '../net/broker-callers.ts';
import { connecting, PlainClient } from './plain-client.ts';

/** MQTT 3.1.1 sections 3.1, 3.2, 3.12 and 3.14: how clients come, stay and go. */

const will = { topic: 'gone', payload: Buffer.from('last words'), qos: 1, retain: false } as const;

/** CONNECT with a protocol name, level and flags of one's own; client id `a`. */
function connect(name: string, level: number, flags: number, rest = ''): Buffer {
  const string = (text: string): Buffer =>
    Buffer.concat([Buffer.of(0, text.length), Buffer.from(text)]);
  const tail = Buffer.from(rest, 'latin1');
  const body = Buffer.concat([string(name), Buffer.of(level, flags, 0, 0), string('a'), tail]);
  return Buffer.concat([Buffer.of(0x10, body.length), body]);
}

it.each([0, 1, 60, 61, 120, 65_535])('a keepalive of %d s is accepted', async (keepalive) => {
  const client = await PlainClient.reach(await opened());
  client.say(connecting('a', { keepalive }));
  expect(await client.answer('connack')).toMatchObject({ returnCode: 0, sessionPresent: false });
  client.say({ cmd: 'pingreq' });
  await client.answer('pingresp');
});

it('a client that breaks its keepalive is given up, and its will published', async () => {
  const broker = await opened();
  const viewer = await PlainClient.enter(broker, 'viewer');
  await viewer.subscribe(['gone', 2]);
  const silent = await PlainClient.enter(broker, 'silent', { keepalive: 1, will });
  await silent.end();
  expect(await viewer.message()).toBe('gone last words 1');
});

// Only Linux tells which timers run for a socket.
it.runIf(process.platform === 'linux')(
  'the system asks after a client that has no keepalive',
  async () => {
    const broker = await opened();
    const client = await PlainClient.enter(broker, 'a');
    const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
    const ends = new RegExp(`:${hex(broker.port)} \\w+:${hex(client.localPort)} 01 .*`);
    const [line = ''] = ends.exec(readFileSync('/proc/net/tcp', 'utf8')) ?? [];
    // Timer 2 is that of the keepalive of TCP.
    expect(line).toMatch(/ 02:/);
  },
);

it.each([
  ['with CleanSession 1 is given an id', '100c00044d515454040200000000', 0],
  ['with CleanSession 0 is refused', '100c00044d515454040000000000', 2],
])('a client without an id %s', async (_what, hex, returnCode) => {
  const client = await PlainClient.reach(await opened());
  client.say(Buffer.from(hex, 'hex'));
  expect(await client.answer('connack')).toMatchObject({ returnCode, sessionPresent: false });
  if (returnCode !== 0) await client.end();
});

it('a lasting session is not kept, and the client told so each time', async () => {
  const broker = await opened();
  for (const visit of ['first', 'second']) {
    const client = await PlainClient.reach(broker);
    client.say(connecting('a', { clean: false }));
    const { returnCode, sessionPresent } = await client.answer('connack');
    expect({ visit, returnCode, sessionPresent }).toEqual({
      visit,
      returnCode: 0,
      sessionPresent: false,
    });
    await client.subscribe([visit, 2]);
    client.leave();
    await client.end();
  }
  // What it missed, and what it subscribed to, are gone.
  const [talker, again] = [
    await PlainClient.enter(broker, 'talker'),
    await PlainClient.enter(broker, 'a', { clean: false }),
  ];
  await again.subscribe(['now', 1]);
  await talker.publish({ topic: 'first', qos: 1 }, { topic: 'now', qos: 1 });
  expect(await again.message()).toBe('now - 1');
});

it.each([
  ['level 5', Buffer.from('100e00044d515454050200000000' + '0161', 'hex')],
  ['level 6', connect('MQTT', 6, 2)],
  ['level 0', connect('MQTT', 0, 2)],
  ['level 3 under the name of 3.1.1', connect('MQTT', 3, 2)],
  ['level 4 under the name of 3.1', connect('MQIsdp', 4, 2)],
])('%s is answered with CONNACK 1, and the connection ended', async (_level, bytes) => {
  const client = await PlainClient.reach(await opened());
  client.say(bytes);
  const answers = await client.end();
  expect(answers).toMatchObject([{ cmd: 'connack', returnCode: 1, sessionPresent: false }]);
});

it('MQTT 3.1 is spoken, too', async () => {
  const old: Partial<IConnectPacket> = { protocolId: 'MQIsdp', protocolVersion: 3, keepalive: 120 };
  const client = await PlainClient.enter(await opened(), 'a', old);
  await client.subscribe(['a', 1]);
  await client.publish({ topic: 'a', qos: 1 });
  expect(await client.message()).toBe('a - 1');
});

it.each([
  ['another protocol', connect('hj', 4, 2)],
  ['the reserved flag', connect('MQTT', 4, 0x03)],
  ['a will with QoS 3', connect('MQTT', 4, 0x1e, '\0\x01w\0\x01x')],
  ['a QoS of a will without a will', connect('MQTT', 4, 0x0a)],
  ['a retained will without a will', connect('MQTT', 4, 0x22)],
  ['a will on a filter', connect('MQTT', 4, 0x06, '\0\x01#\0\x01x')],
  ['a will on no topic', connect('MQTT', 4, 0x06, '\0\0\0\x01x')],
  ['a password without a user', connect('MQTT', 4, 0x42, '\0\x01p')],
  ['a user that is missing', connect('MQTT', 4, 0x82)],
  ['a user that is no UTF-8', connect('MQTT', 4, 0x82, '\0\x02\xc3\x28')],
  ['NUL in a user', connect('MQTT', 4, 0x82, '\0\x02a\0')],
  ['a will on what is no UTF-8', connect('MQTT', 4, 0x06, '\0\x03\xf0\x9f\x98\0\x01x')],
  ['bytes behind its fields', connect('MQTT', 4, 2, 'more')],
  ['an id that is no UTF-8', Buffer.from('100e00044d515454040200000002c328', 'hex')],
  ['NUL in an id', Buffer.from('100e00044d5154540402000000026100', 'hex')],
])('a CONNECT with %s ends the connection unanswered', async (_what, bytes) => {
  const client = await PlainClient.reach(await opened());
  client.say(bytes);
  expect(await client.end()).toEqual([]);
});

it('a second CONNECT ends the connection, and the will is published', async () => {
  const broker = await opened();
  const viewer = await PlainClient.enter(broker, 'viewer');
  await viewer.subscribe(['gone', 2]);
  const client = await PlainClient.enter(broker, 'a', { will });
  client.say(connecting('a'));
  expect(await client.end()).toEqual([]);
  expect(await viewer.message()).toBe('gone last words 1');
});

it('a will is published when a connection breaks, and not after a DISCONNECT', async () => {
  const broker = await opened();
  const viewer = await PlainClient.enter(broker, 'viewer');
  await viewer.subscribe(['+/will', 2]);
  const leaver = await PlainClient.enter(broker, 'leaver', {
    will: { ...will, topic: 'leaver/will' },
  });
  leaver.leave();
  await leaver.end();
  for (const qos of [0, 1, 2] as const) {
    const topic = `${qos}/will`;
    const client = await PlainClient.enter(broker, 'a', { will: { ...will, topic, qos } });
    client.vanish();
    expect(await viewer.message()).toBe(`${topic} last words ${qos}`);
  }
});

it('a retained will is live for who listens, and retained for who comes later', async () => {
  const broker = await opened();
  const viewer = await PlainClient.enter(broker, 'viewer');
  await viewer.subscribe(['gone', 1]);
  const client = await PlainClient.enter(broker, 'a', { will: { ...will, retain: true } });
  client.vanish();
  expect(await viewer.message()).toBe('gone last words 1');
  const later = await PlainClient.enter(broker, 'later');
  await later.subscribe(['#', 2]);
  expect(await later.message()).toBe('gone last words 1 retained');
});

it('a second client with an id ends the first one, whose will is published', async () => {
  const broker = await opened();
  const viewer = await PlainClient.enter(broker, 'viewer');
  await viewer.subscribe(['gone', 1]);
  const first = await PlainClient.enter(broker, 'a', { will });
  const second = await PlainClient.enter(broker, 'a');
  await first.end();
  expect(await viewer.message()).toBe('gone last words 1');
  second.say({ cmd: 'pingreq' });
  await second.answer('pingresp');
});

it('what is said before the CONNACK has come is heard', async () => {
  const client = await PlainClient.reach(await opened());
  const subscriptions = [{ topic: 'a', qos: 1 }] as const;
  client.say(
    connecting('a'),
    { cmd: 'subscribe', messageId: 7, subscriptions: [...subscriptions] },
    client.publishing({ topic: 'a', qos: 1 }),
  );
  await client.answer('connack');
  expect(await client.answer('suback')).toMatchObject({ messageId: 7, granted: [1] });
  expect(await client.message()).toBe('a - 1');
});
