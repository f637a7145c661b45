import { expect, it } from 'vitest';
import { opened } from '../net/broker-callers.ts';
import { PlainClient } from './plain-client.ts';

/** MQTT 3.1.1 sections 3.3 to 3.11 and 4: what subscribers get, and how. */

const ALL = [0, 1, 2] as const;

/** A subscriber, and somebody who talks. */
async function pair(): Promise<readonly [PlainClient, PlainClient]> {
  const broker = await opened();
  return [
    await PlainClient.enter(broker, 'listener'),
    await PlainClient.enter(broker, 'talker', { clean: true }),
  ];
}

it('a client gets its own messages, each with its QoS', async () => {
  const [client] = await pair();
  expect(await client.subscribe(['TopicA', 2])).toEqual([2]);
  for (const qos of ALL) await client.publish({ topic: 'TopicA', payload: `qos ${qos}`, qos });
  expect(await client.messages(3)).toEqual(ALL.map((qos) => `TopicA qos ${qos} ${qos}`));
});

it('a QoS 2 message that is said again before its PUBREL comes once', async () => {
  const [listener, talker] = await pair();
  await listener.subscribe(['a', 2]);
  const message = talker.publishing({ topic: 'a', payload: 'once', qos: 2 });
  talker.completes = false;
  for (const dup of [false, true]) {
    talker.say({ ...message, dup });
    await talker.answer('pubrec');
  }
  talker.completes = true;
  talker.say({ cmd: 'pubrel', messageId: message.messageId ?? 0 });
  await talker.answer('pubcomp');
  await talker.publish({ topic: 'a', payload: 'next', qos: 2 });
  expect(await listener.messages(2)).toEqual(['a once 2', 'a next 2']);
});

it('that a message was said again is not passed on', async () => {
  const [listener, talker] = await pair();
  await listener.subscribe(['#', 2]);
  for (const qos of [1, 2] as const) {
    await talker.publish({ topic: 'a', qos, dup: true, retain: true });
  }
  expect(await listener.messages(2)).toEqual(['a - 1', 'a - 2']);
  await talker.subscribe(['a', 2]);
  expect(await talker.message()).toBe('a - 2 retained');
});

it.each(ALL)('a message comes with the QoS granted where that is lower: %d', async (granted) => {
  const [listener, talker] = await pair();
  expect(await listener.subscribe(['+/b', granted])).toEqual([granted]);
  for (const qos of ALL) await talker.publish({ topic: 'a/b', qos, retain: true });
  const expected = ALL.map((qos) => `a/b - ${Math.min(qos, granted)}`);
  expect(await listener.messages(3)).toEqual(expected);
  // The last one again, since it is retained.
  await listener.subscribe(['a/#', granted]);
  expect(await listener.message()).toBe(`a/b - ${granted} retained`);
});

it.each([
  [['TopicA/#', 2] as const, ['TopicA/+', 1] as const],
  [['TopicA/+', 0] as const, ['TopicA/#', 2] as const],
  [['TopicA/C', 0] as const, ['#', 2] as const],
  [['+/C', 2] as const, ['TopicA/C', 1] as const],
])('of overlapping filters the one with the highest QoS counts: %s, %s', async (first, second) => {
  const [listener, talker] = await pair();
  await listener.subscribe(first, second, ['other', 0], ['TopicA', 1]);
  await talker.publish({ topic: 'TopicA/C', qos: 2 });
  await talker.publish({ topic: 'TopicA', payload: 'end', qos: 1 });
  expect(await listener.message()).toBe('TopicA/C - 2');
  expect(await listener.message()).toBe('TopicA end 1');
});

it('a filter subscribed to again has the new QoS, and brings what is retained', async () => {
  const [listener, talker] = await pair();
  await talker.publish({ topic: 'a', payload: 'kept', qos: 2, retain: true });
  for (const granted of [2, 0, 1] as const) {
    expect(await listener.subscribe(['a', granted])).toEqual([granted]);
    expect(await listener.message()).toBe(`a kept ${granted} retained`);
    await talker.publish({ topic: 'a', payload: 'live', qos: 2 });
    expect(await listener.message()).toBe(`a live ${granted}`);
  }
});

it('what is retained comes to later subscribers until it is cleared', async () => {
  const [listener, talker] = await pair();
  await listener.subscribe(['#', 2]);
  for (const qos of ALL) await talker.publish({ topic: `t/${qos}`, qos, retain: true });
  expect(await listener.messages(3)).toEqual(ALL.map((qos) => `t/${qos} - ${qos}`));
  await talker.subscribe(['+/+', 2]);
  expect(await talker.messages(3)).toEqual(ALL.map((qos) => `t/${qos} - ${qos} retained`));
  for (const qos of ALL)
    await talker.publish({ topic: `t/${qos}`, payload: '', qos, retain: true });
  // Who listened hears that it is cleared.
  expect(await listener.messages(3)).toEqual(ALL.map((qos) => `t/${qos}  ${qos}`));
  await talker.messages(3);
  await talker.unsubscribe('+/+');
  await talker.publish({ topic: 'u/1', retain: true, qos: 1 });
  await talker.subscribe(['#', 2]);
  expect(await talker.message()).toBe('u/1 - 1 retained');
});

it.each(ALL)('retained and plain messages in one segment all come, QoS %d', async (qos) => {
  const [listener, talker] = await pair();
  await listener.subscribe(['#', 2]);
  const topics = Array.from({ length: 20 }, (_, index) => `t/${index}`);
  await talker.publish(...topics.map((topic, index) => ({ topic, qos, retain: index % 2 === 0 })));
  expect(await listener.messages(20)).toEqual(topics.map((topic) => `${topic} - ${qos}`));
});

const TOPICS = [
  ...['a', '/a', 'a/', 'a//b', 'a/b', 'a/b/c', 'A', 'a b', '$x', '$x/a', '$SYS-x/a', '/', 'é/ü'],
];

it.each([
  ['#', ['a', '/a', 'a/', 'a//b', 'a/b', 'a/b/c', 'A', 'a b', '/', 'é/ü']],
  ['+', ['a', 'A', 'a b']],
  ['+/+', ['/a', 'a/', 'a/b', '/', 'é/ü']],
  ['/+', ['/a', '/']],
  ['/#', ['/a', '/']],
  ['+/a', ['/a']],
  ['a/#', ['a', 'a/', 'a//b', 'a/b', 'a/b/c']],
  ['a/+', ['a/', 'a/b']],
  ['a/+/b', ['a//b']],
  ['a/b/#', ['a/b', 'a/b/c']],
  ['a/', ['a/']],
  ['$x', ['$x']],
  ['$x/#', ['$x', '$x/a']],
  ['$x/+', ['$x/a']],
  ['+/+/c', ['a/b/c']],
  ['é/+', ['é/ü']],
])('the filter %s matches, live and retained: %j', async (filter, expected) => {
  const [listener, talker] = await pair();
  const said = [...TOPICS, 'zz/end'].map((topic) => ({ topic, qos: 1, retain: true }) as const);
  await listener.subscribe([filter, 1], ['zz/end', 0]);
  await talker.publish(...said);
  const live: string[] = [];
  while (!live.at(-1)?.startsWith('zz/end')) live.push(await listener.message());
  expect(live.filter((it) => !it.startsWith('zz'))).toEqual(expected.map((it) => `${it} - 1`));
  await listener.unsubscribe(filter, 'zz/end');
  await listener.subscribe([filter, 1], ['zz/end', 0]);
  const kept: string[] = [];
  while (!kept.at(-1)?.startsWith('zz/end')) kept.push(await listener.message());
  const isEnd = (it: string): boolean => it.startsWith('zz');
  expect(kept.filter((it) => !isEnd(it))).toEqual(expected.map((it) => `${it} - 1 retained`));
});

it('a SUBACK has a code for each filter, in their order', async () => {
  const [listener, talker] = await pair();
  const granted = listener.subscribe(
    ...([
      ['a', 0],
      ['b/nosubscribe', 2],
      ['a', 1],
      ['c', 2],
      ['a', 2],
      ['nosubscribe', 0],
    ] as const),
  );
  expect(await granted).toEqual([2, 0x80, 2, 2, 2, 0x80]);
  await talker.publish(
    { topic: 'b/nosubscribe', qos: 2 },
    { topic: 'nosubscribe', qos: 2 },
    { topic: 'a', qos: 2 },
    { topic: 'c', qos: 2 },
  );
  expect(await listener.messages(2)).toEqual(['a - 2', 'c - 2']);
});

it('an UNSUBSCRIBE ends that subscription alone, and is answered without one, too', async () => {
  const [listener, talker] = await pair();
  await listener.subscribe(['a', 2], ['b', 2], ['a/+', 2]);
  await listener.unsubscribe('a', 'never had', 'a/b');
  await talker.publish({ topic: 'a', qos: 1 }, { topic: 'a/b', qos: 1 }, { topic: 'b', qos: 1 });
  expect(await listener.messages(2)).toEqual(['a/b - 1', 'b - 1']);
});

const text = (it: string): string => `\0${String.fromCharCode(it.length)}${it}`;
const bytes = (type: number, body: string): Buffer =>
  Buffer.concat([Buffer.of(type, body.length), Buffer.from(body, 'latin1')]);

const FORBIDDEN: readonly (readonly [string, Buffer])[] = [
  ...['a#', 'a+', '+a', 'a/+b', 'a/b+', '#/a', 'a/#/b', 'a/b#', '', 'a\0b'].map(
    (filter) => [`a subscription to "${filter}"`, bytes(0x82, `\0\x01${text(filter)}\0`)] as const,
  ),
  ['a subscription to nothing', bytes(0x82, '\0\x01')],
  ['a subscription with QoS 3', bytes(0x82, `\0\x01${text('a')}\x03`)],
  ['a subscription without a number', bytes(0x82, `\0\0${text('a')}\0`)],
  ['a subscription with other flags', bytes(0x80, `\0\x01${text('a')}\0`)],
  ['an UNSUBSCRIBE of nothing', bytes(0xa2, '\0\x01')],
  ['an UNSUBSCRIBE without a number', bytes(0xa2, `\0\0${text('a')}`)],
  ['an UNSUBSCRIBE with other flags', bytes(0xa0, `\0\x01${text('a')}`)],
  ...['a/+', '#', '', 'a\0b'].map(
    (topic) => [`a message on "${topic}"`, bytes(0x30, `${text(topic)}x`)] as const,
  ),
  ['a message with QoS 3', bytes(0x36, `${text('a')}\0\x01x`)],
  ['a QoS 1 message without a number', bytes(0x32, `${text('a')}\0\0x`)],
  ['a PUBREL with other flags', bytes(0x60, '\0\x01')],
  ['a PINGREQ with a body', bytes(0xc0, '\0')],
  ['a PUBACK with a reason', bytes(0x40, '\0\x01\0')],
  ['a PUBACK without a number', bytes(0x40, '')],
  ['a DISCONNECT with a reason', bytes(0xe0, '\0')],
  ['a message on what is no UTF-8', bytes(0x30, '\0\x02\xc3\x28x')],
  ['a subscription to what is no UTF-8', bytes(0x82, '\0\x01\0\x02\xc3\x28\0')],
  ['a CONNACK', bytes(0x20, '\0\0')],
  ['a PINGRESP', bytes(0xd0, '')],
  ['a reserved type', bytes(0xf0, '')],
];

it.each(FORBIDDEN)(
  '%s ends the connection, and the will is published',
  async (_what, forbidden) => {
    const broker = await opened();
    const viewer = await PlainClient.enter(broker, 'viewer');
    await viewer.subscribe(['#', 0]);
    const will = { topic: 'gone', payload: Buffer.from('w'), qos: 0, retain: false } as const;
    const client = await PlainClient.enter(broker, 'a', { will });
    client.say(forbidden);
    expect(await client.end()).toEqual([]);
    expect(await viewer.message()).toBe('gone w 0');
  },
);

it('a client hears nothing of other clients on topics of the broker', async () => {
  const broker = await opened();
  const viewer = await PlainClient.enter(broker, 'viewer');
  await viewer.subscribe(['$SYS/#', 1], ['seen', 1]);
  const other = await PlainClient.enter(broker, 'other');
  await other.subscribe(['a', 1]);
  other.leave();
  await other.end();
  const last = await PlainClient.enter(broker, 'last');
  await last.publish({ topic: 'seen', qos: 1 });
  expect(await viewer.message()).toBe('seen - 1');
});
