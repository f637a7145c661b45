import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Fault } from '../../src/domain/transaction.ts';
import { FrameCutter, frameOf } from '../../src/node/gateway/frame-cutter.ts';
import { Gateway } from '../../src/node/gateway/gateway.ts';

const SILENCE_MS = 300;
const NO: Fault = { code: 'INVALID_NONCE', problem: 'is not taken here' };
const BAD: Fault = { code: 'INVALID_JSON', problem: 'it is no JSON object' };

/** Waits for a condition, on busy machines, too. */
const until = (condition: () => void): Promise<void> => vi.waitFor(condition, 20_000);

let gateway: Gateway;
let port = 0;
let heard: string[];
const sockets: Socket[] = [];

/** Says yes to `{"yes":…}`, and something to `"wait"` only when it is let go. */
let release: () => void = () => undefined;
async function send(text: string): Promise<Fault | null> {
  heard.push(text);
  if (text === '"wait"')
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  // As long as a signature takes.
  const end = performance.now() + (text.startsWith('{"yes":"long') ? 0.1 : 0);
  while (performance.now() < end);
  if (text.startsWith('{"yes"')) return null;
  return text.startsWith('{') ? NO : BAD;
}

beforeEach(async () => {
  heard = [];
  gateway = new Gateway(send, SILENCE_MS);
  port = await gateway.listen('127.0.0.1', 0);
});
afterEach(async () => {
  release();
  for (const socket of sockets.splice(0)) socket.destroy();
  await gateway.close();
});

class Client {
  readonly socket: Socket;
  readonly answers: string[] = [];
  readonly #cutter = new FrameCutter();
  hasEnded = false;

  constructor(localAddress = '127.0.0.1') {
    this.socket = connect({ port, host: '127.0.0.1', localAddress });
    sockets.push(this.socket);
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.hasEnded = true;
    });
    this.socket.on('data', (piece) => {
      this.#cutter.push(piece);
      for (let frame = this.#cutter.next(); frame !== null; frame = this.#cutter.next())
        this.answers.push(frame.toString());
    });
  }

  say(...texts: readonly string[]): void {
    this.socket.write(Buffer.concat(texts.map(frameOf)));
  }

  async answered(count: number): Promise<readonly string[]> {
    await until(() => expect(this.answers.length).toBeGreaterThanOrEqual(count));
    return this.answers;
  }

  ended(): Promise<void> {
    return until(() => expect(this.hasEnded).toBe(true));
  }
}

const yes = '{"response": true}';
const no = '{"response": false}';

describe('a gateway', () => {
  it('answers each frame in its turn, however many come at once', async () => {
    const client = new Client();
    client.say('{"yes":1}', '{"no":1}', '{"yes":2}');
    expect(await client.answered(3)).toEqual([yes, no, yes]);
    client.say('{"yes":3}');
    expect(await client.answered(4)).toEqual([yes, no, yes, yes]);
    expect(gateway.counts).toMatchObject({
      connections: 1,
      frames: 4,
      taken: 3,
      refused: { INVALID_NONCE: 1 },
    });
  });

  it('serves many at once, and one that sends much does not keep the others waiting', async () => {
    const busy = new Client();
    busy.say(...Array.from({ length: 5_000 }, (_, at) => `{"yes":"long ${at}"}`));
    const others = Array.from({ length: 50 }, () => new Client());
    for (const [at, client] of others.entries()) client.say(`{"yes":"other ${at}"}`);
    for (const client of others) expect(await client.answered(1)).toEqual([yes]);
    const last = (mark: string): number => heard.findLastIndex((text) => text.includes(mark));
    expect((await busy.answered(5_000)).every((answer) => answer === yes)).toBe(true);
    expect(last('other')).toBeLessThan(last('long'));
  });

  it.each([
    ['a length of zero', Buffer.from([0, 0]), 'zero-length', []],
    ['a length above 65,533', Buffer.from([0xff, 0xfe]), 'too-long', []],
    ['what is no JSON', frameOf('GET / HTTP/1.1'), 'garbage', [no]],
    ['what is no UTF-8', Buffer.from([0, 2, 0xff, 0xfe]), 'garbage', [no]],
    ['half a frame and silence', frameOf('{"yes":1}').subarray(0, 5), 'silent', []],
  ])('closes the connection after %s, and counts it', async (_, bytes, closing, answers) => {
    const client = new Client();
    const bystander = new Client();
    client.socket.write(bytes);
    await client.ended();
    expect(client.answers).toEqual(answers);
    expect(gateway.counts.closed).toEqual({ [closing]: 1 });
    bystander.say('{"yes":1}');
    expect(await bystander.answered(1)).toEqual([yes]);
    expect(bystander.hasEnded).toBe(false);
  });

  it('closes on whoever sends a frame byte by byte', async () => {
    const client = new Client();
    const bytes = frameOf(`{"yes":"${'x'.repeat(1_000)}"}`);
    let sent = 0;
    const drip = setInterval(() => {
      client.socket.write(bytes.subarray(sent, sent + 1));
      sent += 1;
    }, SILENCE_MS / 20);
    await client.ended();
    clearInterval(drip);
    expect(gateway.counts.closed).toEqual({ silent: 1 });
    expect(sent).toBeLessThan(bytes.length);
    expect(heard).toEqual([]);
  });

  it('lets anybody be silent between frames', async () => {
    const client = new Client();
    client.say('{"yes":1}');
    await client.answered(1);
    const other = new Client();
    other.socket.write(Buffer.from([0]));
    // By then the first one has been silent for longer than that one.
    await other.ended();
    client.say('{"yes":2}');
    expect(await client.answered(2)).toEqual([yes, yes]);
  });

  it('does not take a slow answer of its own for silence of others', async () => {
    const client = new Client();
    client.say('"wait"', '{"yes":1}');
    await until(() => expect(heard).toEqual(['"wait"']));
    await new Promise((resolve) => setTimeout(resolve, 2 * SILENCE_MS));
    expect(client.hasEnded).toBe(false);
    release();
    expect(await client.answered(2)).toEqual([no, yes]);
  });

  it('answers what was sent by somebody who then says that this was all', async () => {
    const client = new Client();
    client.socket.end(Buffer.concat([frameOf('{"yes":1}'), frameOf('{"no":1}')]));
    expect(await client.answered(2)).toEqual([yes, no]);
    await client.ended();
    expect(gateway.counts.closed).toEqual({});
  });

  it('answers in order, and before the end, what takes long to judge', async () => {
    const client = new Client();
    client.socket.end(Buffer.concat(['"wait"', '{"yes":1}', '{"no":1}'].map(frameOf)));
    await until(() => expect(heard).toEqual(['"wait"']));
    const other = new Client();
    other.say('{"yes":2}');
    expect(await other.answered(1)).toEqual([yes]);
    expect(heard).toEqual(['"wait"', '{"yes":2}']);
    release();
    expect(await client.answered(3)).toEqual([no, yes, no]);
    await client.ended();
    expect(gateway.counts.closed).toEqual({});
  });

  it('counts frames that were cut off, and forgets connections that are gone', async () => {
    const client = new Client();
    client.socket.end(frameOf('{"yes":1}').subarray(0, 5));
    await client.ended();
    expect(gateway.counts.closed).toEqual({ 'cut-off': 1 });
    const other = new Client();
    other.say('{"yes":1}');
    await other.answered(1);
    other.socket.resetAndDestroy();
    await until(() => expect(gateway.counts.connections).toBe(0));
  });

  it('closes on whoever sends and does not read', async () => {
    const client = new Client();
    client.socket.pause();
    const many = Buffer.concat(Array.from({ length: 3_000 }, () => frameOf('{"no":1}')));
    const flood = setInterval(() => client.socket.write(many), 1);
    await until(() => expect(gateway.counts.closed).toEqual({ stuck: 1 }));
    clearInterval(flood);
  });

  it('is not shut by a thousand connections of one address that say nothing', async () => {
    const idle = Array.from({ length: 1_000 }, () => new Client('127.0.0.2'));
    await until(() => expect(gateway.counts.connections).toBe(1_000));
    const newcomer = new Client();
    newcomer.say('{"yes":1}');
    expect(await newcomer.answered(1)).toEqual([yes]);
    await until(() => expect(gateway.counts.closed).toEqual({ displaced: 1 }));
    // Those that are displaced and come again have nothing of it but places of their own address.
    for (let time = 0; time < 50; time += 1) idle.push(new Client('127.0.0.2'));
    await until(() => expect(gateway.counts.closed).toEqual({ displaced: 51 }));
    newcomer.say('{"yes":2}');
    expect(await newcomer.answered(2)).toEqual([yes, yes]);
    expect(newcomer.hasEnded).toBe(false);
  });

  it('tells a newcomer that it is full when all places are taken', async () => {
    const clients = Array.from({ length: 1_000 }, () => new Client('127.0.0.2'));
    for (const client of clients) client.say('{"yes":1}');
    await until(() => expect(gateway.counts.taken).toBe(1_000));
    const late = new Client('127.0.0.2');
    late.say('{"yes":2}');
    expect(await late.answered(1)).toEqual([
      '{"response": false, "reason": "the gateway is full"}',
    ]);
    await late.ended();
    // It may send on, and is not reset: with a reset, the answer would be lost on some systems.
    const host = '127.0.0.1';
    const eager = connect({ port, host, localAddress: '127.0.0.2', allowHalfOpen: true });
    sockets.push(eager);
    const errors: Error[] = [];
    eager.on('error', (error) => errors.push(error));
    await once(eager.resume(), 'end');
    for (let time = 0; time < 500; time += 1) {
      await new Promise((resolve) => eager.write(frameOf('{"yes":3}'), resolve));
      await new Promise(setImmediate);
    }
    eager.end();
    await once(eager, 'close');
    expect(errors).toEqual([]);
    expect(gateway.counts).toMatchObject({ connections: 1_000, closed: { 'too-many': 2 } });
    expect(gateway.counts.taken).toBe(1_000);
    // One of another address has the place of one of them.
    const other = new Client();
    other.say('{"yes":4}');
    expect(await other.answered(1)).toEqual([yes]);
    const ended = (): readonly Client[] => clients.filter(({ hasEnded }) => hasEnded);
    await until(() => expect(ended()).toHaveLength(1));
    expect(gateway.counts.closed).toEqual({ 'too-many': 2, displaced: 1 });
  });

  it('says in a sentence why it cannot listen', async () => {
    const second = new Gateway(send);
    await expect(second.listen('127.0.0.1', port)).rejects.toMatchObject({
      code: 'port-taken',
      message: `Port ${port} on 127.0.0.1 is taken: name another one, or 0 for any that is free.`,
    });
    await expect(second.listen('192.0.2.1', 0)).rejects.toMatchObject({ code: 'bad-host' });
  });

  it('ends every connection when it goes', async () => {
    const client = new Client();
    await once(client.socket, 'connect');
    client.say('{"yes":1}');
    await client.answered(1);
    await gateway.close();
    await client.ended();
  });
});
