import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Relay } from '../../src/cli/relay.ts';
import { until } from './until.ts';

/** Stands for a broker: says back what it hears. */
let server: Server;
let served: Socket[] = [];
let relay: Relay;
const clients: Caller[] = [];

class Caller {
  readonly socket: Socket;
  heard = '';
  isClosed = false;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setEncoding('utf8').on('data', (text) => {
      this.heard += text;
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.isClosed = true;
    });
    clients.push(this);
  }
}

beforeEach(async () => {
  served = [];
  server = createServer((socket) => {
    served.push(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  relay = await Relay.open((server.address() as AddressInfo).port);
});

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  await relay.close();
  for (const socket of served) socket.destroy();
  server.close();
});

async function connected(): Promise<Caller> {
  const caller = new Caller(relay.port);
  caller.socket.write('hello');
  await until(() => caller.heard === 'hello', 'an echo');
  return caller;
}

it('a closed one breaks connections and lets nobody in, and an open one does again', async () => {
  const before = await connected();
  relay.set('closed');
  await until(() => before.isClosed, 'the end of the connection');
  const meanwhile = new Caller(relay.port);
  await until(() => meanwhile.isClosed, 'the end of another');
  expect(served).toHaveLength(1);
  relay.set('open');
  await connected();
});

it('a frozen one passes nothing on and tells nobody, and later passes all of it', async () => {
  const caller = await connected();
  relay.set('frozen');
  caller.socket.write(' and more');
  const meanwhile = new Caller(relay.port);
  await once(meanwhile.socket, 'connect');
  // What another relay passes on shows that there was time for it.
  const other = await Relay.open((server.address() as AddressInfo).port);
  const through = new Caller(other.port);
  through.socket.write('x');
  await until(() => through.heard === 'x', 'an echo by another way');
  await other.close();
  expect(caller.heard).toBe('hello');
  expect(caller.isClosed || meanwhile.isClosed).toBe(false);
  relay.set('open');
  await until(() => caller.heard === 'hello and more', 'the rest');
  await until(() => meanwhile.isClosed, 'whoever came meanwhile being turned away');
  expect(served).toHaveLength(2);
});

it.each([
  ['broke', (socket?: Socket) => socket?.resetAndDestroy()],
  ['ended', (socket?: Socket) => socket?.destroy()],
] as const)('a frozen one does not tell that the broker %s the connection', async (_, end) => {
  const caller = await connected();
  relay.set('frozen');
  end(served[0]);
  const other = await Relay.open((server.address() as AddressInfo).port);
  const through = new Caller(other.port);
  through.socket.write('x');
  await until(() => through.heard === 'x', 'an echo by another way');
  await other.close();
  expect(caller.isClosed).toBe(false);
  relay.set('open');
  await until(() => caller.isClosed, 'the end');
});

it('a deaf client is heard, and a mute one hears', async () => {
  const caller = await connected();
  let heard = '';
  served[0]?.on('data', (bytes) => {
    heard += String(bytes);
  });
  relay.set('deaf');
  caller.socket.write('!');
  await until(() => heard === '!', 'the deaf one being heard');
  expect(caller.heard).toBe('hello');
  relay.set('mute');
  await until(() => caller.heard === 'hello!', 'what the deaf one had missed');
  caller.socket.write('?');
  served[0]?.write('.');
  await until(() => caller.heard === 'hello!.', 'the mute one hearing');
  expect(heard).toBe('!');
});

it('a slow one keeps the order, and the end comes last', async () => {
  const caller = await connected();
  relay.set(40);
  caller.socket.write('a');
  relay.set(1);
  caller.socket.write('b');
  caller.socket.end('c');
  await until(() => caller.isClosed, 'the end');
  expect(caller.heard).toBe('helloabc');
});

it('a client that dies while only it is deaf is missed by the broker', async () => {
  const caller = await connected();
  relay.set('deaf');
  caller.socket.resetAndDestroy();
  await until(() => served[0]?.destroyed === true, 'the broker noticing');
});

it('one that refuses answers new clients as a broker would, and leaves others alone', async () => {
  const before = await connected();
  relay.isRefusing = true;
  const meanwhile = new Caller(relay.port);
  meanwhile.socket.setEncoding('latin1').write('CONNECT');
  await until(() => meanwhile.isClosed, 'the end of who came meanwhile');
  expect([...Buffer.from(meanwhile.heard, 'latin1')]).toEqual([0x20, 2, 0, 5]);
  expect(served).toHaveLength(1);
  before.socket.write('!');
  await until(() => before.heard === 'hello!', 'another echo');
  relay.isRefusing = false;
  await connected();
});
