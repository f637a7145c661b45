import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openBroker } from '../../broker/broker.ts';
import { freePort } from '../../src/cli/free-port.ts';
import {
  CONNECT,
  cleanups,
  enter,
  expectWell,
  opened,
  PING,
  PUBLISH,
  raw,
  usersFile,
} from './broker-callers.ts';
import { until } from './until.ts';

it.each(['0.0.0.0', '::', '192.0.2.1'])('it does not listen on %s without users', async (host) => {
  const opening = openBroker({ host, port: 0 });
  await expect(opening).rejects.toMatchObject({ code: 'needs-users', facts: { host } });
  await expect(opening).rejects.toThrow(/--add-user NAME/);
});

it('with users it listens anywhere, and asks who comes', async () => {
  const users = await usersFile({ ann: 'peer' });
  const broker = await opened({ host: '0.0.0.0', users });
  await expect(enter(broker)).rejects.toMatchObject({ code: 5 });
  await expect(enter(broker, { username: 'ann', password: 'guess' })).rejects.toMatchObject({
    code: 4,
  });
  await expect(enter(broker, { username: 'eve', password: 'secret' })).rejects.toMatchObject({
    code: 4,
  });
  const client = await enter(broker, { username: 'ann', password: 'secret' });
  expect(client.connected).toBe(true);
  await until(() => broker.clients() === 1);
  await expect(openBroker({ port: 0, host: '192.0.2.1', users })).rejects.toMatchObject({
    code: 'bad-host',
    facts: { host: '192.0.2.1' },
  });
});

it('a plain password in the users file keeps it from opening', async () => {
  const users = await usersFile({});
  await writeFile(users, 'ann:secret\n');
  await expect(openBroker({ port: 0, users })).rejects.toMatchObject({ code: 'bad-users-file' });
});

it('a port that is taken is named, and with orNext the next one is', async () => {
  const first = await opened();
  const { port } = first;
  const opening = openBroker({ port });
  await expect(opening).rejects.toMatchObject({
    code: 'port-taken',
    facts: { host: '127.0.0.1', port },
  });
  await expect(opening).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`);
  const second = await opened({ port, wsPort: port, orNext: true });
  expect(second.port).toBeGreaterThan(port);
  expect(second.wsPort).toBeGreaterThan(second.port);
  await expectWell(second);
});

it('a broker whose second port is taken frees the first', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  cleanups.push(() => taken.close());
  const { port: wsPort } = taken.address() as { port: number };
  const port = await freePort();
  await expect(openBroker({ port, wsPort })).rejects.toMatchObject({ code: 'port-taken' });
  await opened({ port });
});

it.each([-1, 1.5, 65_536, Number.NaN])('%d is no port', async (port) => {
  await expect(openBroker({ port })).rejects.toMatchObject({ code: 'bad-port' });
});

it('a packet over 256 KiB ends its connection before it has come, and no other', async () => {
  const broker = await opened();
  const other = await enter(broker);
  const before = await raw(broker.port);
  before.write(Buffer.from('10ffffff7f', 'hex')); // CONNECT of 256 MiB.
  await until(() => before.isOver, 'the end of who sends too much at first');

  const after = await raw(broker.port);
  after.write(CONNECT);
  await until(() => after.got.length > 0);
  after.write(Buffer.from('308180', 'hex'));
  after.write(Buffer.from('10', 'hex')); // PUBLISH of 256 KiB and 1.
  await until(() => after.isOver, 'the end of who sends too much later');
  expect(other.connected).toBe(true);
  await expectWell(broker);
});

it('a packet of 250 KiB passes', async () => {
  const broker = await opened();
  const client = await enter(broker);
  let bytes = 0;
  client.on('message', (_topic, payload) => {
    bytes = payload.length;
  });
  await client.subscribeAsync('a', { qos: 1 });
  await client.publishAsync('a', Buffer.alloc(250 * 1024), { qos: 1 });
  await until(() => bytes === 250 * 1024);
});

it.each([
  ['noise', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['a length without end', Buffer.from('10ffffffff', 'hex')],
  ['a publish before the connect', PUBLISH],
  ['a ping before the connect', PING],
  ['a second connect', Buffer.concat([CONNECT, CONNECT])],
  ['a packet type that is reserved', Buffer.concat([CONNECT, Buffer.from('0000', 'hex')])],
  ['a topic with a wildcard', Buffer.concat([CONNECT, Buffer.from('30040001236869', 'hex')])],
  ['the topics of the broker', Buffer.concat([CONNECT, Buffer.from('30070005245359532f', 'hex')])],
])('%s ends that connection alone', async (_name, bytes) => {
  const broker = await opened();
  const other = await enter(broker);
  const socket = await raw(broker.port);
  socket.write(bytes);
  await until(() => socket.isOver);
  expect(other.connected).toBe(true);
  await until(() => broker.clients() === 1);
  await expectWell(broker);
});

it('whoever connects and says nothing is sent away', async () => {
  const broker = await opened();
  const silent = await raw(broker.port);
  await until(() => silent.isOver, 'its end', 8_000);
});

it('a flood of subscriptions is granted up to a thousand', async () => {
  const broker = await opened();
  const greedy = await enter(broker);
  const filters = Array.from({ length: 5_000 }, (_, index) => `flood/${index}/#`);
  await expect(greedy.subscribeAsync(filters, { qos: 1 })).rejects.toThrow(/Subscribe error/);
  const modest = await enter(broker);
  await expect(modest.subscribeAsync('flood/4999/#')).resolves.toMatchObject([{ qos: 0 }]);
  await expectWell(broker);
});

it('a client that reads nothing is cut off, and the others go on', async () => {
  const broker = await opened();
  const frozen = await raw(broker.port);
  frozen.write(CONNECT);
  frozen.write(Buffer.from('820a00010005666c6f6f6400', 'hex')); // SUBSCRIBE to flood, QoS 0.
  await until(() => Buffer.concat(frozen.got).includes(Buffer.from('9003000100', 'hex')));
  frozen.pause();
  const talker = await enter(broker);
  await until(() => broker.clients() === 2);
  const payload = Buffer.alloc(200_000);
  for (let index = 0; index < 100; index += 1) talker.publish('flood', payload);
  await until(() => broker.clients() === 1, 'the end of the frozen client', 15_000);
  expect(talker.connected).toBe(true);
  await expectWell(broker);
});

it('a session that wanted to be kept is not', async () => {
  const broker = await opened();
  const options = { clean: false, clientId: 'stay' };
  const first = await enter(broker, options);
  await first.subscribeAsync('a', { qos: 1 });
  await first.endAsync();
  await (await enter(broker)).publishAsync('a', 'missed', { qos: 1 });
  const heard: string[] = [];
  const again = await enter(broker, options);
  again.on('message', (_topic, payload) => heard.push(payload.toString()));
  await again.subscribeAsync('b', { qos: 1 });
  await again.publishAsync('b', 'now', { qos: 1 });
  await until(() => heard.length > 0);
  expect(heard).toEqual(['now']);
});

it('its WebSocket is for programs and pages of this machine, not for web sites', async () => {
  const broker = await opened({ wsPort: 0 });
  const url = `ws://127.0.0.1:${broker.wsPort}`;
  const outcome = async (origin?: string): Promise<string> => {
    const socket = new WebSocket(url, ['mqtt'], origin === undefined ? {} : { origin });
    const event = new Promise<string>((resolve) => {
      socket.on('open', () => resolve(`open, ${socket.protocol}`));
      socket.on('error', (error) => resolve(error.message));
    });
    const said = await event;
    socket.terminate();
    return said;
  };
  expect(await outcome()).toBe('open, mqtt');
  expect(await outcome('http://localhost:5173')).toBe('open, mqtt');
  expect(await outcome('http://127.0.0.1')).toBe('open, mqtt');
  expect(await outcome('https://example.org')).toMatch(/401/);
  expect(await outcome('null')).toMatch(/401/);
});

it('a browser that opens the WebSocket port as a page is told what it is', async () => {
  const broker = await opened({ wsPort: 0 });
  const [response] = await once(get(`http://127.0.0.1:${broker.wsPort}/`), 'response');
  expect(response.statusCode).toBe(426);
  response.resume();
});

it('a text frame, and a frame too large, end that WebSocket alone', async () => {
  const broker = await opened({ wsPort: 0 });
  for (const frame of ['text', Buffer.alloc(2 * 1024 * 1024)]) {
    const socket = new WebSocket(`ws://127.0.0.1:${broker.wsPort}`, ['mqtt']);
    let isOver = false;
    socket.on('error', () => {});
    socket.on('close', () => {
      isOver = true;
    });
    await once(socket, 'open');
    socket.send(frame);
    await until(() => isOver);
  }
  await expectWell(broker);
});

it('close ends every connection, may be repeated, and frees the port', async () => {
  const broker = await opened({ port: await freePort(), wsPort: await freePort() });
  const client = await enter(broker);
  const silent = await raw(broker.port);
  const half = await raw(broker.wsPort ?? 0);
  half.write('GET / HTTP/1.1\r\n');
  await Promise.all([broker.close(), broker.close()]);
  await broker.close();
  await until(() => !client.connected && silent.isOver && half.isOver);
  await opened({ port: broker.port, wsPort: broker.wsPort });
});
