import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { PacketGuard } from '../../broker/packet-guard.ts';

/** A connection in memory: what the client sends is pushed in, what it gets is collected. */
class FakeSocket extends Duplex {
  readonly got: Buffer[] = [];
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.got.push(chunk);
    setImmediate(done);
  }
}

it('what is small enough passes unchanged, to its end', async () => {
  const socket = new FakeSocket();
  const guard = new PacketGuard(socket, 100);
  const sent = [Buffer.from([0x30, 5, 1, 2]), Buffer.from([3, 4, 5]), Buffer.from([0xc0, 0])];
  for (const chunk of sent) socket.push(chunk);
  socket.push(null);
  expect(await buffer(guard)).toEqual(Buffer.concat(sent));
});

it('a packet too large destroys both ends, with nothing of it passed on', async () => {
  const socket = new FakeSocket();
  const guard = new PacketGuard(socket, 100);
  const heard: Buffer[] = [];
  guard.on('data', (chunk: Buffer) => heard.push(chunk));
  socket.push(Buffer.from([0x30, 200]));
  socket.push(Buffer.from([1, 1, 2, 3]));
  const [error] = (await once(guard, 'error')) as [Error];
  expect(error.message).toMatch(/too-large/);
  expect(socket.destroyed).toBe(true);
  expect(heard).toEqual([Buffer.from([0x30, 200])]);
});

it('what the broker writes reaches the client in order, and its end too', async () => {
  const socket = new FakeSocket();
  const guard = new PacketGuard(socket);
  guard.cork();
  for (let index = 0; index < 10; index += 1) guard.write(Buffer.from([index]));
  guard.uncork();
  guard.write(Buffer.from([10]));
  guard.end();
  await once(socket, 'finish');
  expect([...Buffer.concat(socket.got)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

it('a client that reads nothing is noticed by whoever writes to it', () => {
  const socket = new FakeSocket();
  socket._write = () => {}; // Never done.
  const guard = new PacketGuard(socket);
  const chunk = Buffer.alloc(10_000);
  let count = 0;
  while (guard.write(chunk) && count < 1_000) count += 1;
  expect(count).toBeLessThan(100);
});

it('a broker that reads nothing holds the client up', () => {
  const socket = new FakeSocket();
  const guard = new PacketGuard(socket, 1_000_000);
  const whole = Buffer.alloc(500_000);
  whole.set([0x30, 0x9c, 0xc2, 0x1e]);
  for (let at = 0; at < whole.length; at += 10_000) socket.push(whole.subarray(at, at + 10_000));
  socket.resume();
  socket.read(0);
  expect(guard.readableLength).toBeLessThan(200_000);
});

it.each(['destroy', 'error', 'end'])('the guard ends with its socket: %s', async (how) => {
  const socket = new FakeSocket();
  const guard = new PacketGuard(socket);
  guard.on('error', () => {});
  guard.resume();
  const closed = new Promise((resolve) => guard.on('close', resolve));
  if (how === 'destroy') socket.destroy();
  if (how === 'error') socket.destroy(new Error('The network failed.'));
  if (how === 'end') {
    socket.push(null);
    guard.end();
  }
  await closed;
  expect(guard.destroyed).toBe(true);
});

it('destroying the guard destroys its socket', () => {
  const socket = new FakeSocket();
  new PacketGuard(socket).destroy();
  expect(socket.destroyed).toBe(true);
});
