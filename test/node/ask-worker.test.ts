/** What a Master makes of whatever answers it, or does not. */

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { type Answered, askWorker } from '../../src/node/worker/ask-worker.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** Time is short only where nothing else comes. */
const PATIENCE = { connectMs: 1_000_000, pauseMs: 20, nonsenseMs: 20 };

/** Asks a server that hears the request, and then does as it is told. */
async function ask(
  respond: (socket: Socket) => void,
  stop: AbortSignal = new AbortController().signal,
): Promise<{ readonly answered: Promise<Answered>; readonly requests: readonly string[] }> {
  const requests: string[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', (piece) => {
      requests.push(piece.toString());
      respond(socket);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const place = { host: '127.0.0.1', port };
  return { answered: askWorker(place, { block: 'abc', workers: 2 }, stop, PATIENCE), requests };
}

it.each([
  ['success 2 13 0.5', { kind: 'success', worker: 2, nonce: 13, seconds: '0.5' }],
  ['Worker 1 did not find nonceWorker 2 did not find nonce', { kind: 'not-found', workers: 2 }],
  ['Shutting down server', { kind: 'shutting-down' }],
])('an answer counts whether or not its connection ends: %s', async (text, expected) => {
  const open = await ask((socket) => socket.write(text));
  expect(await open.answered).toEqual(expected);
  expect(open.requests).toEqual(['abc 2']);
  const ended = await ask((socket) => socket.end(text));
  expect(await ended.answered).toEqual(expected);
});

it('one worker that found nothing does not end the search of the others', async () => {
  const notFound = 'Worker 1 did not find nonce';
  let first: Socket | undefined;
  const { answered, requests } = await ask((socket) => {
    first = socket;
    socket.write(notFound);
  });
  await expect.poll(() => requests.length).toBe(1);
  // The pause that ends this answer began later, and has passed.
  await (await ask((socket) => socket.write('Shutting down server'))).answered;
  first?.write('success 2 13 0.5');
  expect(await answered).toMatchObject({ kind: 'success', nonce: 13 });
  const cut = await ask((socket) => socket.end(notFound));
  expect(await cut.answered).toEqual({ kind: 'not-found', workers: 1 });
});

it.each([
  ['worker-gone', 'hung up without an answer', (socket: Socket) => socket.destroy()],
  ['worker-gone', 'hung up without an answer', (socket: Socket) => socket.resetAndDestroy()],
  ['worker-refused', 'refuses: no more.', (socket: Socket) => socket.write('error no more.')],
  ['worker-nonsense', 'it says "SSH-2.0"', (socket: Socket) => socket.write('SSH-2.0\r\n')],
  ['worker-nonsense', 'it says "?"', (socket: Socket) => socket.write('?\u001b\u0007')],
  ['worker-nonsense', 'it says "success 2"', (socket: Socket) => socket.end('success 2')],
  ['worker-nonsense', 'it says "xxxx', (socket: Socket) => socket.write('x'.repeat(65_537))],
] as const)('%s: %s', async (code, sentence, respond) => {
  const { answered } = await ask(respond);
  await expect(answered).rejects.toMatchObject({
    code,
    message: expect.stringContaining(sentence),
  });
});

it('who is not there is told with the reason of the system', async () => {
  const place = { host: '127.0.0.1', port: 1 };
  const { signal } = new AbortController();
  await expect(askWorker(place, { block: 'abc', workers: 2 }, signal)).rejects.toMatchObject({
    code: 'no-worker',
    message:
      'No worker answers at 127.0.0.1:1 (ECONNREFUSED): start one with "sortition worker", or ' +
      'say where it is.',
  });
});

it('who is told to stop hangs up', async () => {
  const stop = new AbortController();
  let onClose = (): void => {};
  const hungUp = new Promise<void>((resolve) => {
    onClose = resolve;
  });
  const { answered } = await ask((socket) => {
    socket.on('close', onClose);
    stop.abort();
  }, stop.signal);
  expect(await answered).toEqual({ kind: 'stopped' });
  await hungUp;
});
