/** However many connect to the broker, those of other addresses come in. */

import { once } from 'node:events';
import { connectAsync } from 'mqtt';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  ACCEPTED,
  CONNECT,
  CONNECT_NAMELESS,
  cleanups,
  enter,
  expectWell,
  opened,
  type RawConnection,
  raw,
} from './broker-callers.ts';
import { makeCertificate, NO_OPENSSL } from './certificate.ts';
import { skipLoudly } from './loud-skip.ts';
import { cleanups as links, tell } from './told-link.ts';
import { until } from './until.ts';

const CROWDED = '127.0.0.2';
const FULL = Buffer.from('20020003', 'hex');

/** Connections of one address; with `bytes`, they say something first. */
async function crowd(
  port: number,
  count: number,
  bytes: Buffer | null,
  address = CROWDED,
): Promise<readonly RawConnection[]> {
  const all: RawConnection[] = [];
  while (all.length < count) {
    const some = Array.from({ length: Math.min(100, count - all.length) }, () =>
      raw(port, address),
    );
    for (const socket of await Promise.all(some)) {
      if (bytes !== null) socket.write(bytes);
      all.push(socket);
    }
    if (bytes !== null) await until(() => all.every(isAnswered), 'their answers', 30_000);
  }
  return all;
}

function isAnswered({ got, isOver }: RawConnection): boolean {
  return isOver || got.length > 0;
}

const isOut = ({ isOver }: RawConnection): boolean => isOver;

it('a thousand connections that never log in shut no newcomer out', async () => {
  const broker = await opened();
  const honest = await enter(broker);
  const idle = await crowd(broker.port, 1_000, null);
  await expectWell(broker);
  // It had room before they were sent away for their silence.
  expect(idle.every(isOut)).toBe(false);
  // Their own newest have room, too, at the cost of their oldest.
  await until(() => idle.filter(isOut).length >= 750, 'the end of the oldest');
  expect(honest.connected).toBe(true);
  await until(() => idle.every(isOut), 'the end of all that never log in', 15_000);
});

it('a thousand clients of one address that only log in shut no newcomer out', async () => {
  const said: string[] = [];
  const broker = await opened({ onRefused: (sentence) => said.push(sentence) });
  const honest = await enter(broker);
  const silent = await crowd(broker.port, 1_010, CONNECT_NAMELESS);
  expect(broker.clients()).toBe(1_000);
  expect(honest.connected).toBe(true);
  await expectWell(broker);
  // Each that comes again takes a place of its own address.
  for (let time = 0; time < 20; time += 1) await crowd(broker.port, 10, CONNECT_NAMELESS);
  await expectWell(broker);
  expect(honest.connected).toBe(true);
  expect(broker.clients()).toBe(1_000);
  expect(silent.filter(isOut).length).toBeGreaterThan(200);
  expect(said).toContain('The broker is full: 127.0.0.2, which has the most clients, lost one.');
});

/** SUBSCRIBE to `a`, QoS 0. */
const SUBSCRIBE = Buffer.from('8206000100016100', 'hex');

it('a thousand that log in and subscribe yield one by one, and hear that it is full', async () => {
  const said: string[] = [];
  const broker = await opened({ wsPort: 0, onRefused: (sentence) => said.push(sentence) });
  const busy = await crowd(broker.port, 1_000, Buffer.concat([CONNECT_NAMELESS, SUBSCRIBE]));
  await until(() => busy.every(({ got }) => Buffer.concat(got).length > 4), 'all SUBACKs', 30_000);
  const late = await raw(broker.port, CROWDED);
  late.write(CONNECT);
  await until(() => late.isOver);
  expect(Buffer.concat(late.got)).toEqual(FULL);
  expect(said).toEqual(['The broker is full: a client from 127.0.0.2 was refused.']);
  expect(busy.filter(isOut)).toEqual([]);

  const webSocket = new WebSocket(`ws://127.0.0.1:${broker.wsPort}`, ['mqtt'], {
    localAddress: CROWDED,
  });
  cleanups.push(() => webSocket.terminate());
  const got: Buffer[] = [];
  webSocket.on('message', (piece: Buffer) => got.push(piece));
  await once(webSocket, 'open');
  webSocket.send(CONNECT);
  await once(webSocket, 'close');
  expect(Buffer.concat(got)).toEqual(FULL);

  await expectWell(broker);
  await until(() => busy.some(isOut), 'the end of one');
  expect(busy.filter(isOut)).toHaveLength(1);
});

it('our own client says of a full broker that it is full', async () => {
  const broker = await opened();
  // Of one address with the newcomer, so that it is the newcomer that finds no place.
  const subscribing = Buffer.concat([CONNECT_NAMELESS, SUBSCRIBE]);
  const busy = await crowd(broker.port, 1_000, subscribing, '127.0.0.1');
  await until(() => busy.every(({ got }) => Buffer.concat(got).length > 4), 'all SUBACKs', 30_000);
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const told = tell(url);
  told.connect();
  await until(() => told.log.length > 0);
  expect(told.log).toEqual([`The broker at ${url} is full, or not ready (server unavailable).`]);
  await links.pop()?.();
});

it('crowds of many addresses are thinned where they are largest', async () => {
  const broker = await opened();
  const addresses = Array.from({ length: 10 }, (_, index) => `127.0.1.${index + 1}`);
  const all: RawConnection[] = [];
  for (const address of addresses)
    all.push(...(await crowd(broker.port, 100, CONNECT_NAMELESS, address)));
  expect(all.filter(isOut)).toEqual([]);
  for (let time = 0; time < 10; time += 1) await enter(broker);
  await until(() => all.filter(isOut).length >= 10, 'the end of ten');
  await expectWell(broker);
  await until(() => all.filter(isOut).length >= 11, 'the end of one more');
  expect(broker.clients()).toBe(1_000);
});

it('WebSockets that are asked for, or opened, and then silent shut no newcomer out', async () => {
  const broker = await opened({ wsPort: 0 });
  const port = broker.wsPort ?? 0;
  const half = await crowd(port, 700, null);
  for (const socket of half) socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
  const upgrade =
    'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n' +
    'Sec-WebSocket-Protocol: mqtt\r\n\r\n';
  const open = await crowd(port, 300, Buffer.from(upgrade));
  const client = await connectAsync(`ws://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  cleanups.push(() => client.endAsync(true));
  expect([...half, ...open].every(isOut)).toBe(false);
  await expectWell(broker);
  await until(() => [...half, ...open].every(isOut), 'the end of all', 15_000);
  expect(client.connected).toBe(true);
});

it('TLS that is never begun shuts no newcomer out, with and without WebSocket', async (context) => {
  const certificate = await makeCertificate();
  if (certificate === null) skipLoudly(context, NO_OPENSSL);
  const broker = await opened({ wsPort: 0, tls: certificate });
  const { port, wsPort } = broker;
  const silent = [...(await crowd(port, 500, null)), ...(await crowd(wsPort ?? 0, 500, null))];
  const options = { reconnectPeriod: 0, ca: certificate.cert };
  for (const url of [`mqtts://127.0.0.1:${port}`, `wss://127.0.0.1:${wsPort}`]) {
    const client = await connectAsync(url, options);
    cleanups.push(() => client.endAsync(true));
    expect(silent.every(isOut)).toBe(false);
    await client.publishAsync('a', 'b', { qos: 1 });
  }
  expect(broker.clients()).toBe(2);
});

it('a CONNECT that comes a byte a second is not waited for', async () => {
  const broker = await opened();
  const slow = await raw(broker.port, CROWDED);
  let sent = 0;
  const drip = setInterval(() => {
    slow.write(CONNECT.subarray(sent, sent + 1));
    sent += 1;
  }, 1_000);
  cleanups.push(() => clearInterval(drip));
  await until(() => slow.isOver, 'its end', 10_000);
  expect(sent).toBeLessThan(CONNECT.length);
});

it('a class of forty behind one address is untouched while there is room', async () => {
  const broker = await opened();
  const pupils = await crowd(broker.port, 40, CONNECT_NAMELESS);
  const strangers = await crowd(broker.port, 900, CONNECT_NAMELESS, '127.0.0.3');
  await crowd(broker.port, 300, null, '127.0.0.3');
  await expectWell(broker);
  expect(pupils.every(({ got }) => ACCEPTED.equals(Buffer.concat(got)))).toBe(true);
  expect([...pupils, ...strangers].filter(isOut)).toEqual([]);
});

it('a peer that comes back finds a place, its own, in a full broker', async () => {
  const broker = await opened();
  const own = { clientId: 'own', localAddress: CROWDED } as object;
  const first = await enter(broker, own);
  await first.subscribeAsync('a');
  const subscribing = Buffer.concat([CONNECT_NAMELESS, SUBSCRIBE]);
  const busy = await crowd(broker.port, 999, subscribing);
  await until(() => busy.every(({ got }) => Buffer.concat(got).length > 4), 'all SUBACKs', 30_000);
  const second = await enter(broker, own);
  expect(second.connected).toBe(true);
  await until(() => !first.connected);
  expect(busy.filter(isOut)).toEqual([]);
  expect(broker.clients()).toBe(1_000);
});
