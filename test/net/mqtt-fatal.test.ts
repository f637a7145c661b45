import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addUser } from '../../broker/users-file.ts';
import { freePort } from '../../src/cli/free-port.ts';
import { Relay } from '../../src/cli/relay.ts';
import { createMqttLink } from '../../src/node/mqtt-link.ts';
import { makeCertificate, NO_OPENSSL } from './certificate.ts';
import { skipLoudly } from './loud-skip.ts';
import { cleanups, nextClientID, opened, tell } from './told-link.ts';
import { until } from './until.ts';

const WILL = { topic: 'will', text: 'lost' };

it.each([
  [{ password: 'secret' }, 'bad-login'],
  [{ ca: 'no PEM text' }, 'bad-url'],
  [{ url: 'mqtts://h', ca: 'no PEM text' }, 'bad-certificate'],
  [{ url: 'mqtts://h', cert: 'no PEM text', key: 'none either' }, 'bad-certificate'],
  [{ url: 'mqtt://h:0' }, 'bad-url'],
])('what can never connect is refused at once: %j', (options, code) => {
  expect(() => tell('mqtt://h', options)).toThrow(expect.objectContaining({ code }));
});

it('three connections closed as soon as accepted are taken for a stolen name', async () => {
  const broker = await opened();
  const relay = await Relay.open(broker.port);
  cleanups.push(() => relay.close());
  const told = tell(`mqtt://127.0.0.1:${relay.port}`);
  for (let time = 1; time <= 3; time += 1) {
    told.connect();
    await until(() => told.log.filter((it) => it === 'connected').length === time);
    relay.cut();
    await until(() => told.log.filter((it) => it.startsWith('The ')).length === time);
  }
  expect(told.fatal.map((it) => it.code)).toEqual(['taken-over']);
  expect(told.fatal[0]?.message).toMatch(/another client has our MQTT client id sortition-0000/);
});

it('two links of one name that fight for it are told so', async () => {
  const broker = await opened();
  const clientID = nextClientID();
  const codes: string[] = [];
  const fighter = (): void => {
    const options = { url: `mqtt://127.0.0.1:${broker.port}`, clientID, subscriptions: ['a'] };
    const link = createMqttLink(options, (error) => {
      codes.push(error.code);
      void link.close();
    });
    cleanups.push(() => link.close());
    const connect = (): void =>
      link.connect(WILL, { onConnected: () => {}, onDisconnected: connect, onDelivery: () => {} });
    connect();
  };
  fighter();
  fighter();
  await until(() => codes.length > 0);
  expect(codes[0]).toBe('taken-over');
});

it('a broker that goes and comes back is no stolen name', async () => {
  const broker = await opened({ port: await freePort() });
  const told = tell(`mqtt://127.0.0.1:${broker.port}`);
  told.connect();
  await until(() => told.log.length === 1);
  await broker.close();
  await until(() => told.log.length === 2);
  for (let time = 3; time <= 5; time += 1) {
    told.connect();
    await until(() => told.log.length === time);
  }
  const again = await opened({ port: broker.port });
  told.connect();
  await until(() => told.log.length === 6);
  expect(told.log.at(-1)).toBe('connected');
  expect(told.fatal).toEqual([]);
  await again.close();
});

it('a refused subscription is fatal, and named', async () => {
  const broker = await opened();
  // The embedded broker grants at most a thousand filters to one client.
  const filters = Array.from({ length: 1_001 }, (_, index) => `a/${index}`);
  const told = tell(`mqtt://127.0.0.1:${broker.port}`, { subscriptions: filters });
  told.connect();
  await until(() => told.log.length === 2);
  expect(told.fatal[0]?.code).toBe('subscription-denied');
  expect(told.fatal[0]?.facts).toEqual({
    url: `mqtt://127.0.0.1:${broker.port}`,
    filter: 'a/1000',
  });
});

it('a wrong password, or none, is fatal; the right one connects', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sortition-users-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const users = join(folder, 'users');
  await addUser(users, 'ann', 'p:w@ä/ %');
  const { port } = await opened({ users });
  const url = `mqtt://127.0.0.1:${port}`;
  const right = tell(url, { username: 'ann', password: 'p:w@ä/ %' });
  const inUrl = tell(`mqtt://ann:${encodeURIComponent('p:w@ä/ %')}@127.0.0.1:${port}`);
  const wrong = tell(url, { username: 'ann', password: 'pw' });
  const stranger = tell(url, { username: 'bob', password: 'p:w@ä/ %' });
  const none = tell(url);
  const all = [right, inUrl, wrong, stranger, none];
  for (const { connect } of all) connect();
  await until(() => all.every(({ log, fatal }) => log.length > fatal.length));
  expect(right.log).toEqual(['connected']);
  expect(inUrl.log).toEqual(['connected']);
  expect(wrong.log).toEqual(['bad-password', wrong.fatal[0]?.message]);
  expect(stranger.log[0]).toBe('bad-password');
  expect(none.log[0]).toBe('not-authorized');
  expect(wrong.fatal[0]?.message).toBe(
    `The broker at ${url} does not know the user name or password that we gave (the user "ann").`,
  );
});

it('a link that is closed upon a fatal error says nothing more', async () => {
  const { port } = await opened();
  const filters = Array.from({ length: 1_001 }, (_, index) => `a/${index}`);
  const log: string[] = [];
  const url = `mqtt://127.0.0.1:${port}`;
  const link = createMqttLink(
    { url, clientID: nextClientID(), subscriptions: filters },
    ({ code }) => {
      log.push(code);
      void link.close().then(() => log.push('closed'));
    },
  );
  link.connect(WILL, {
    onConnected: () => log.push('connected'),
    onDisconnected: (reason) => log.push(reason),
    onDelivery: () => log.push('heard'),
  });
  await until(() => log.includes('closed'));
  expect(log).toEqual(['subscription-denied', 'closed']);
});

it('TLS wants the right authority, unless it is insecure', async (context) => {
  const certificate = await makeCertificate();
  if (certificate === null) return skipLoudly(context, NO_OPENSSL);
  const broker = await opened({ wsPort: 0, tls: certificate });
  const plain = await opened();
  for (const url of [`mqtts://127.0.0.1:${broker.port}`, `wss://127.0.0.1:${broker.wsPort}`]) {
    const trusting = tell(url, { ca: certificate.cert });
    const careless = tell(url, { insecure: true });
    const careful = tell(url);
    for (const { connect } of [trusting, careless, careful]) connect();
    await until(() => [trusting, careless, careful].every(({ log }) => log.length > 0));
    await until(() => careful.log.length === 2);
    expect(trusting.log).toEqual(['connected']);
    expect(careless.log).toEqual(['connected']);
    expect(careful.log).toEqual(['bad-certificate', expect.stringMatching(/cannot be trusted/)]);
    expect(careful.fatal[0]?.facts).toMatchObject({ tls: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  }
  const noTls = tell(`mqtts://127.0.0.1:${plain.port}`);
  const unawares = tell(`mqtt://127.0.0.1:${broker.port}`);
  noTls.connect();
  unawares.connect();
  await until(() => noTls.log.length > 0 && unawares.log.length > 0);
  expect(noTls.log[0]).toMatch(/wants no TLS/);
  expect(unawares.log[0]).toMatch(/wants TLS/);
});
