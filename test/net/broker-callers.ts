/** A broker for one test, and clients that call at it: by a library, and by hand. */

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect as connectSocket, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach } from 'vitest';
import { type Broker, type BrokerOptions, openBroker } from '../../broker/broker.ts';
import type { Role } from '../../broker/rights.ts';
import { addUser } from '../../broker/users-file.ts';
import { until } from './until.ts';

/** What to undo when a test is done, the last first. */
export const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export async function opened(options: BrokerOptions = {}): Promise<Broker> {
  const broker = await openBroker({ port: 0, ...options });
  cleanups.push(() => broker.close());
  return broker;
}

/** A users file; everybody's password is `secret`. */
export async function usersFile(users: Readonly<Record<string, Role>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sortition-users-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const path = join(folder, 'users');
  for (const [user, role] of Object.entries(users)) await addUser(path, user, 'secret', role);
  return path;
}

export async function enter(broker: Broker, options: IClientOptions = {}): Promise<MqttClient> {
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
    reconnectPeriod: 0,
    ...options,
  });
  cleanups.push(() => client.endAsync(true));
  return client;
}

/** `got`: in the pieces in which it came; `isOver` once the broker has ended it. */
export type RawConnection = Socket & { isOver: boolean; got: Buffer[] };

/** A socket that speaks MQTT by hand. */
export async function raw(port: number, localAddress = '127.0.0.1'): Promise<RawConnection> {
  const socket = Object.assign(connectSocket({ port, host: '127.0.0.1', localAddress }), {
    isOver: false,
    got: [] as Buffer[],
  });
  socket.on('error', () => {});
  socket.on('data', (chunk) => socket.got.push(chunk));
  socket.on('close', () => {
    socket.isOver = true;
  });
  cleanups.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** CONNECT: protocol MQTT 4, clean, keepalive 60, an id of one letter. */
export const CONNECT: Buffer = Buffer.from('100d00044d5154540402003c000161', 'hex');
export const PUBLISH: Buffer = Buffer.from('30050001616869', 'hex');
export const PING: Buffer = Buffer.from('c000', 'hex');

/** Likewise, with no id: the broker makes one up. */
export const CONNECT_NAMELESS: Buffer = Buffer.from('100c00044d5154540402003c0000', 'hex');
export const ACCEPTED: Buffer = Buffer.from('20020000', 'hex');

/** Fails unless the broker still passes messages on. */
export async function expectWell(broker: Broker): Promise<void> {
  const client = await enter(broker);
  const heard: string[] = [];
  client.on('message', (_topic, payload) => heard.push(payload.toString()));
  await client.subscribeAsync('well/+', { qos: 1 });
  await client.publishAsync('well/known', 'yes', { qos: 1 });
  await until(() => heard.includes('yes'), 'the broker being well');
}
