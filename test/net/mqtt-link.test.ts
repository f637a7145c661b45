import { networkInterfaces } from 'node:os';
import { connectAsync } from 'mqtt';
import { expect, it } from 'vitest';
import { openBroker } from '../../broker/broker.ts';
import { freePort } from '../../src/cli/free-port.ts';
import { Relay } from '../../src/cli/relay.ts';
import type { Link } from '../../src/client/link.ts';
import { createMqttLink } from '../../src/node/mqtt-link.ts';
import type { WorldError } from '../../src/node/world-error.ts';
import { describeLink, type LinkBench } from '../contracts/link.ts';
import { describeAttending } from '../contracts/link-attending.ts';
import { makeCertificate } from './certificate.ts';
import { skipLoudly } from './loud-skip.ts';
import { NO_MOSQUITTO, startMosquitto } from './mosquitto.ts';
import { cleanups, nextClientID, opened, tell } from './told-link.ts';
import { until } from './until.ts';

/** A bench on the broker at `port`, each link behind a relay of its own, so that it can be cut. */
async function benchOn(
  port: number,
  scheme: string,
  stop: () => Promise<void>,
): Promise<LinkBench> {
  const relays = new Map<Link, Relay>();
  const stranger = await connectAsync(`${scheme}://127.0.0.1:${port}`);
  const link = async (subscriptions: readonly string[]): Promise<Link> => {
    const relay = await Relay.open(port);
    const url = `${scheme}://127.0.0.1:${relay.port}`;
    const made = createMqttLink({ url, clientID: nextClientID(), subscriptions }, failOnFatal);
    relays.set(made, relay);
    return made;
  };
  return {
    link,
    deadLink: async () => {
      const url = `${scheme}://127.0.0.1:${await freePort()}`;
      return createMqttLink({ url, clientID: nextClientID(), subscriptions: [] }, failOnFatal);
    },
    cut: (it) => relays.get(it)?.cut(),
    publish: async (topic, payload, retain) => {
      await stranger.publishAsync(topic, Buffer.from(payload), { qos: 1, retain });
    },
    until,
    close: async () => {
      await stranger.endAsync(true);
      for (const relay of relays.values()) await relay.close();
      await stop();
    },
  };
}

function failOnFatal(error: WorldError): void {
  throw error;
}

async function benchOnOurs(): Promise<LinkBench> {
  const broker = await openBroker({ port: 0 });
  return await benchOn(broker.port, 'mqtt', () => broker.close());
}

describeLink('MQTT on the embedded broker', benchOnOurs);
describeAttending('MQTT on the embedded broker', benchOnOurs);

describeLink('MQTT in WebSocket on the embedded broker', async () => {
  const broker = await openBroker({ port: 0, wsPort: 0 });
  return await benchOn(broker.wsPort ?? 0, 'ws', () => broker.close());
});

const mosquitto = await startMosquitto();
if (mosquitto) {
  describeAttending('MQTT on Mosquitto', () => benchOn(mosquitto.port, 'mqtt', async () => {}));
  describeLink('MQTT on Mosquitto', () => benchOn(mosquitto.port, 'mqtt', mosquitto.stop));
} else {
  it('a link over MQTT on Mosquitto', (context) => skipLoudly(context, NO_MOSQUITTO));
}

it('a link goes to an address with its interface, by TCP, WebSocket and TLS', async (context) => {
  const loopback = loopbackWithInterface();
  if (loopback === null) return skipLoudly(context, 'this machine has no ::1');
  const plain = await opened({ host: loopback, wsPort: 0 });
  const urls = [`mqtt://[${loopback}]:${plain.port}`, `ws://[${loopback}]:${plain.wsPort}`];
  const ends = urls.map((url) => tell(url));
  const certificate = await makeCertificate();
  if (certificate !== null) {
    const secure = await opened({ host: loopback, wsPort: 0, tls: certificate });
    const inUrls = loopback.replace('%', '%25');
    for (const [scheme, port] of [['mqtts', secure.port] as const, ['wss', secure.wsPort] as const])
      ends.push(tell(`${scheme}://[${inUrls}]:${port}`, { ca: certificate.cert }));
  }
  for (const { connect } of ends) connect();
  await until(() => ends.every(({ log }) => log.length > 0), 'an outcome of each');
  expect(ends.map(({ log }) => log)).toEqual(ends.map(() => ['connected']));
});

/** `::1%lo` on Linux. */
function loopbackWithInterface(): string | null {
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    if (addresses.some(({ address }) => address === '::1')) return `::1%${name}`;
  }
  return null;
}

it('a link notices a frozen connection by its keepalive', async () => {
  const broker = await opened();
  const relay = await Relay.open(broker.port);
  cleanups.push(() => relay.close());
  const told = tell(`mqtt://127.0.0.1:${relay.port}`, { keepaliveSeconds: 1 });
  told.connect();
  await until(() => told.log.includes('connected'));
  relay.set('frozen');
  await until(() => told.log.length === 2);
  expect(told.log[1]).toMatch(/fell silent/);
});

it('a frozen connection does not keep a link from closing', async () => {
  const broker = await opened();
  const relay = await Relay.open(broker.port);
  cleanups.push(() => relay.close());
  const told = tell(`mqtt://127.0.0.1:${relay.port}`);
  told.connect();
  await until(() => told.log.includes('connected'));
  relay.set('frozen');
  told.link.publish('a/b', 'never acknowledged', { qos: 1, retained: false });
  await told.link.close();
  // Not by the keepalive, which would have been told.
  expect(told.log).toEqual(['connected']);
});

it('a host that does not exist, and a port where nobody is, are told apart', async () => {
  const absent = tell('mqtt://no-such-host.invalid');
  absent.connect();
  const port = await freePort();
  const nobody = tell(`mqtt://127.0.0.1:${port}`);
  nobody.connect();
  await until(() => absent.log.length === 1 && nobody.log.length === 1);
  expect(absent.log[0]).toMatch(/no host named no-such-host.invalid|cannot be looked up/);
  expect(nobody.log[0]).toBe(`No broker is at mqtt://127.0.0.1:${port}: nothing listens there.`);
});
