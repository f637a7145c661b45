/** A Worker on this machine, whose search is in the test's hands, and Masters that misbehave. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Searcher,
  type SearchOutcome,
  type WorkerFact,
  WorkerServer,
} from '../../src/node/worker/server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A search under way, and what ends it. */
type UnderWay = {
  readonly block: string;
  readonly workers: number;
  readonly end: (outcome: SearchOutcome) => void;
};

const found = (nonce: number): SearchOutcome => ({
  kind: 'found',
  worker: 1,
  nonce,
  digest: '00',
  elapsedMs: 1_500,
});

const SOON = { pauseMs: 20, partMs: 20, endMs: 0, requestMs: 1_000_000 };
/** For tests in which time ends nothing. */
const NEVER = { ...SOON, pauseMs: 1_000_000, partMs: 1_000_000 };

async function open(patience = SOON): Promise<{
  readonly server: WorkerServer;
  readonly facts: WorkerFact[];
  readonly searches: UnderWay[];
  readonly ask: (text?: string) => Asker;
}> {
  const facts: WorkerFact[] = [];
  const searches: UnderWay[] = [];
  const searcher: Searcher = ({ block, workers }, onNear, stop) =>
    new Promise((resolve) => {
      onNear({ worker: 1, nonce: 7, digest: '00000abc' });
      stop.addEventListener('abort', () => resolve({ kind: 'stopped' }));
      searches.push({ block, workers, end: resolve });
    });
  const server = new WorkerServer(searcher, (fact) => facts.push(fact), patience);
  const port = await server.listen('127.0.0.1', 0);
  cleanups.push(() => server.close());
  const ask = (text = ''): Asker => {
    const asker = new Asker(port);
    cleanups.push(() => asker.socket.destroy());
    if (text !== '') asker.socket.write(text);
    return asker;
  };
  return { server, facts, searches, ask };
}

class Asker {
  readonly socket: Socket;
  #heard = '';

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    this.socket.on('error', () => {});
    this.socket.setEncoding('utf8').on('data', (piece: string) => {
      this.#heard += piece;
    });
  }

  /** All that was said to it, once that has ended. */
  async answer(): Promise<string> {
    if (!this.socket.readableEnded) await once(this.socket, 'end');
    this.socket.end();
    return this.#heard;
  }
}

/** The kinds of what was told, but near misses. */
const kindsOf = (facts: readonly WorkerFact[]): readonly string[] =>
  facts.map(({ kind }) => kind).filter((kind) => kind !== 'near');

const patient = { timeout: 60_000, interval: 2 };

describe('a request', () => {
  it('without an end is whole after a pause, and its answer ends the connection', async () => {
    const { facts, searches, ask } = await open();
    const asker = ask('abc 2');
    await expect.poll(() => searches.length, patient).toBe(1);
    expect(searches[0]).toMatchObject({ block: 'abc', workers: 2 });
    searches[0]?.end(found(5));
    expect(await asker.answer()).toBe('success 1 5 1.500');
    expect(facts.map(({ kind }) => kind)).toEqual(['searching', 'near', 'found']);
  });

  it.each([
    ['line', 'abc 2\n', false],
    ['half-close', 'abc 2', true],
    ['line, and half-close at once', 'abc 2\n', true],
  ])('has an end by %s', async (_, text, isHalfClosed) => {
    const { searches, ask } = await open({ ...NEVER, endMs: 1_000_000 });
    const asker = ask(text);
    if (isHalfClosed) asker.socket.end();
    await expect.poll(() => searches.length, patient).toBe(1);
    searches[0]?.end({ kind: 'exhausted', elapsedMs: 9 });
    expect(await asker.answer()).toBe('Worker 1 did not find nonce\nWorker 2 did not find nonce');
  });

  it('may come in pieces, as long as it is none before the last', async () => {
    const { searches, ask } = await open({ ...NEVER, pauseMs: 20 });
    const asker = ask('ab');
    await once(asker.socket, 'connect');
    asker.socket.write('c');
    await new Promise((resolve) => asker.socket.write(' 2', resolve));
    await expect.poll(() => searches.length, patient).toBe(1);
    expect(searches[0]?.block).toBe('abc');
  });

  it.each([
    ['half of one', 'pause', 'abc', 'must be a block without'],
    ['no text', 'line', Buffer.from([0xff, 0x20, 0x32, 0x0a]), 'is not UTF-8'],
    ['a line without a number', 'line', 'abc\n2', 'must be a block without'],
    ['too much', 'length', 'x'.repeat(1_025), 'has more than 1024 bytes'],
    ['too many workers', 'line', 'abc 1000\n', 'from 1 to 256 workers'],
    ['too many workers, without an end', 'pause', 'abc 1000', 'from 1 to 256 workers'],
    ['two requests', 'line', 'abc 2\nabd 2\n', 'must be a block without'],
  ])(
    'that is %s is refused with a reason, and others are served on',
    async (_, end, text, problem) => {
      const { facts, searches, ask } = await open(end === 'pause' ? SOON : NEVER);
      const asker = ask();
      asker.socket.write(text);
      expect(await asker.answer()).toMatch(new RegExp(`^error the request .*${problem}.*\\.$`));
      expect(facts).toMatchObject([{ kind: 'refused', problem: expect.stringContaining(problem) }]);
      ask('abc 2\n');
      await expect.poll(() => searches.length, patient).toBe(1);
    },
  );

  it('comes within a time, however slowly, or not at all', async () => {
    const { ask } = await open({ ...NEVER, requestMs: 20 });
    expect(await ask().answer()).toMatch(/^error the request must be a block/);
    expect(await ask('abc').answer()).toMatch(/^error the request must be a block/);
  });

  it('with more behind it is dropped, and its search stops', async () => {
    const { facts, searches, ask } = await open(NEVER);
    const asker = ask('abc 1\n');
    await expect.poll(() => searches.length, patient).toBe(1);
    asker.socket.write('2');
    expect(await asker.answer()).toMatch(/^error the request was followed by more/);
    expect(kindsOf(facts)).toEqual(['searching', 'refused']);
    const next = ask('abd 1\n');
    await expect.poll(() => searches.length, patient).toBe(2);
    searches[1]?.end({ kind: 'failed', problem: 'No thread runs.' });
    expect(await next.answer()).toBe('error No thread runs.');
  });
});

describe('Masters', () => {
  it('at the same time are served one after another', async () => {
    const { facts, searches, ask } = await open(NEVER);
    const one = ask('one 1\n');
    await expect.poll(() => searches.length, patient).toBe(1);
    const two = ask('two 3\n');
    await expect.poll(() => facts.at(-1), patient).toMatchObject({ kind: 'waiting', ahead: 1 });
    // A connection that says nothing delays no other.
    ask();
    expect(searches).toHaveLength(1);
    searches[0]?.end(found(1));
    expect(await one.answer()).toMatch(/^success 1 1 /);
    await expect.poll(() => searches.length, patient).toBe(2);
    searches[1]?.end(found(2));
    expect(await two.answer()).toMatch(/^success 1 2 /);
    const told = ['searching', 'waiting', 'found', 'searching', 'found'];
    expect(kindsOf(facts)).toEqual(told);
  });

  it.each([
    ['close', (socket: Socket) => socket.end()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('that hang up (%s) stop their search, or leave the queue', async (_, hangUp) => {
    const { facts, searches, ask } = await open(NEVER);
    const one = ask('one 1\n');
    await expect.poll(() => searches.length, patient).toBe(1);
    const two = ask('two 1\n');
    await expect.poll(() => kindsOf(facts).length, patient).toBe(2);
    const three = ask('three 1\n');
    await expect.poll(() => kindsOf(facts).length, patient).toBe(3);
    hangUp(two.socket);
    await expect.poll(() => facts.at(-1), patient).toMatchObject({ kind: 'hung-up', block: 'two' });
    hangUp(one.socket);
    await expect.poll(() => searches.length, patient).toBe(2);
    searches[1]?.end(found(3));
    expect(await three.answer()).toMatch(/^success 1 3 /);
    expect(facts.filter(({ kind }) => kind === 'hung-up')).toHaveLength(2);
    expect(kindsOf(facts).slice(-2)).toEqual(['searching', 'found']);
  });

  it('that come and go without a word are told, and no more', async () => {
    const { facts, ask } = await open(NEVER);
    ask().socket.end();
    await expect.poll(() => facts, patient).toMatchObject([{ kind: 'hung-up', block: null }]);
  });

  it('are 64 at once; one more is refused', async () => {
    const { ask } = await open(NEVER);
    const all = Array.from({ length: 64 }, () => ask());
    await Promise.all(all.map(({ socket }) => once(socket, 'connect')));
    expect(await ask().answer()).toMatch(/^error the request comes while 64 others are/);
  });
});

describe('0 workers', () => {
  it('end the Worker in their turn, and who waits behind is told', async () => {
    const { server, facts, searches, ask } = await open(NEVER);
    const one = ask('one 1\n');
    await expect.poll(() => searches.length, patient).toBe(1);
    const zero = ask('any 0\n');
    const last = ask();
    await once(last.socket, 'connect');
    // A fault is answered at once: whatever came before it has been heard.
    expect(await ask('bad\n').answer()).toMatch(/^error/);
    searches[0]?.end(found(1));
    expect(await one.answer()).toMatch(/^success/);
    await server.shutDown;
    expect(await zero.answer()).toBe('Shutting down server');
    const closed = server.close();
    expect(await last.answer()).toBe('error this worker has been ended.');
    await closed;
    expect(kindsOf(facts)).toEqual(['searching', 'refused', 'found', 'shutting-down']);
  });
});
