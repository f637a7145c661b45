/** Everything wrong that a stranger can publish: refused by name, counted, and without effect. */

import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broker, openBroker } from '../../broker/broker.ts';
import type { Message } from '../../src/domain/message.ts';
import type { RefusalCode } from '../../src/domain/refusal.ts';
import { generateIdentity } from '../../src/node/crypto.ts';
import { PREFIX, sign, startPeer, type TestPeer } from './peers.ts';
import { KINDS, messageOf, TERMED } from './specimens.ts';
import { until } from './until.ts';

/** How often each message is sent. */
const TIMES = 3;

let broker: Broker;
let stranger: MqttClient;
const peers: TestPeer[] = [];

beforeAll(async () => {
  broker = await openBroker({ port: 0 });
  const url = `mqtt://127.0.0.1:${broker.port}`;
  stranger = await connectAsync(url);
  for (let count = 0; count < 5; count += 1)
    peers.push(startPeer(url, { peers: 5, difficulty: 'fixed:60' }));
  await until(() => term() >= 1, 'a first mandate');
  // A second term, so that there is a stale one.
  const first = peers.findIndex((peer) => peer.client.view().role === 'controller');
  const [gone] = peers.splice(first, 1);
  await gone?.close();
  await until(() => term() >= 2, 'a second mandate');
});

afterAll(async () => {
  await Promise.all(peers.map((peer) => peer.close()));
  await stranger.endAsync(true);
  await broker.close();
});

/** In which all are governed; 0 while they are not. */
function term(): number {
  const views = peers.map(({ client }) => client.view());
  const [first] = views;
  const isOne = views.every((view) => view.term === first?.term && view.controllerID !== null);
  return isOne ? (first?.term ?? 0) : 0;
}

function controller(): TestPeer {
  const found = peers.find((peer) => peer.client.view().role === 'controller');
  if (found === undefined) throw new Error('There is a controller.');
  return found;
}

function member(): TestPeer {
  const found = peers.find((peer) => peer.client.view().role === 'member');
  if (found === undefined) throw new Error('There is a member.');
  return found;
}

/** What a message without effect must leave as it is. */
function stands(): string {
  return JSON.stringify(
    peers.map(({ client }) => {
      const { clientID, role, term, controllerID, network, roster, height, tip } = client.view();
      return { clientID, role, term, controllerID, network, roster, height, tip };
    }),
  );
}

/** Publishes a few times; demands that each listener counts each one, and nothing else changes. */
async function demandRefusal(
  topic: string,
  payload: string | Buffer,
  code: RefusalCode,
  listeners: readonly TestPeer[] = peers,
): Promise<void> {
  const before = stands();
  const counts = listeners.map(({ client }) => client.view().refusals[code] ?? 0);
  for (let time = 0; time < TIMES; time += 1)
    await stranger.publishAsync(topic, payload, { qos: 1 });
  await until(
    () => listeners.every((peer, at) => count(peer, code) >= (counts[at] ?? 0) + TIMES),
    `${code} counted for ${topic}`,
  );
  expect(listeners.map((peer) => count(peer, code))).toEqual(counts.map((was) => was + TIMES));
  expect(stands()).toBe(before);
}

function count(peer: TestPeer, code: RefusalCode): number {
  return peer.client.view().refusals[code] ?? 0;
}

describe.each(KINDS)('a bad %s', (kind) => {
  const topic = (): string => sign(controller(), messageOf(kind, controller(), 9))[0];

  it.each([
    ['a list', '[]', 'not-an-object'],
    ['a scalar', '7', 'not-an-object'],
    ['null', 'null', 'not-an-object'],
    ['an empty object', '{}', 'malformed'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'not-utf8'],
    ['no JSON', '{"ClientID":', 'not-json'],
    ['100 KiB', `{"ClientID":"${'x'.repeat(100 * 1024)}"}`, 'too-large'],
  ] as const)('that is %s is refused, and counted', async (_, payload, code) => {
    await demandRefusal(topic(), payload, code);
  });

  it('that is forged in the name of the controller is refused, and counted', async () => {
    const message = messageOf(kind, controller(), 9);
    const [where, text] = sign(controller(), message);
    // The first byte of the signature is another one.
    const forged = text.replace(/("Signature":")(.)/, (_, head, digit) =>
      digit === 'A' ? `${head}B` : `${head}A`,
    );
    // The controller, too, is told from whoever speaks in its name.
    await demandRefusal(where, forged, 'forged');
  });

  if (kind !== 'introduction' && kind !== 'presence') {
    it('of somebody whom nobody knows is refused, and counted', async () => {
      const nobody = { identity: generateIdentity() };
      // A mandate brings the keys of its members, and so its sender's: but no roster of ours.
      const code = kind === 'mandate' ? 'not-a-mandate' : 'unknown-sender';
      await demandRefusal(...sign(nobody, messageOf(kind, nobody, 9)), code);
    });
  }

  if (TERMED.includes(kind)) {
    it('of a term that is over is refused, and counted', async () => {
      const sender = member();
      const others = peers.filter((peer) => peer !== sender);
      const message = messageOf(kind, sender, term() - 1);
      await demandRefusal(...sign(sender, message), 'stale-term', others);
    });
  }
});

it('300 KiB end the connection of who sends them, and nothing else', async () => {
  const before = stands();
  const sender = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0 });
  let isClosed = false;
  sender.on('close', () => {
    isClosed = true;
  });
  sender.on('error', () => {
    isClosed = true;
  });
  sender.publish(`${PREFIX}/init`, 'x'.repeat(300 * 1024), { qos: 0 });
  await until(() => isClosed, 'the connection ended');
  expect(stands()).toBe(before);
  await sender.endAsync(true);
});

it('a topic that nobody knows is refused, and counted', async () => {
  await demandRefusal(`${PREFIX}/unheard-of`, '{}', 'unknown-topic');
});

it('a thousand forged messages a second in its name do not silence the controller', async () => {
  const speaker = controller();
  const listeners = peers.filter((peer) => peer !== speaker);
  const forgedBefore = listeners.map((peer) => count(peer, 'forged'));
  const [topic, text] = sign(speaker, {
    ...messageOf('heartbeat', speaker, term()),
    incarnation: 2 ** 52,
  } as Message);
  const forged = text.replace(/("Signature":").{8}/, '$1AAAAAAAA');
  const before = stands();
  const startedAt = performance.now();
  let sent = 0;
  while (sent < 2_000) {
    const due = Math.floor(performance.now() - startedAt);
    for (; sent < Math.min(due, 2_000); sent += 1) stranger.publish(topic, forged, { qos: 0 });
    await new Promise((resolve) => setImmediate(resolve));
  }
  // In the midst of them a message of the controller's own is heard and obeyed.
  await speaker.client.pause();
  await until(
    () => listeners.every((peer, at) => count(peer, 'forged') >= (forgedBefore[at] ?? 0) + 1_000),
    'the forged messages being counted',
  );
  expect(stands()).toBe(before);
  const last = term();
  await speaker.client.leave();
  await until(
    () => listeners.every((peer) => peer.client.view().term > last),
    'its goodbye being heard, and an election',
  );
});
