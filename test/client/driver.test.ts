import { describe, expect, it } from 'vitest';
import { Driver } from '../../src/client/driver.ts';
import type { Hands } from '../../src/client/hands.ts';
import type { LinkEvents } from '../../src/client/link.ts';
import type { WorkSource } from '../../src/client/work-source.ts';
import type { Effect, Entry, Event, Moment, Peer, Turn } from '../../src/domain/contract.ts';
import type { Message } from '../../src/domain/message.ts';
import type { Instant, RequestID, Term, TransactionID, UnixMs } from '../../src/domain/names.ts';
import type { Fetched, Find } from '../../src/domain/task.ts';
import { id } from '../names.ts';

const request = (from: number): Message => ({
  kind: 'request',
  clientID: id('ann'),
  from: from as TransactionID,
});

const say = (from: number): Effect => ({ kind: 'say', message: request(from), retained: false });
const record = (term: number): Effect => ({
  kind: 'record',
  entry: { kind: 'term', term: term as Term },
});

/** A head that answers each event as the test says, and hands that write down what they do. */
function stage(
  turns: Record<string, Turn>,
  fail: Error | null = null,
  source: WorkSource | null = null,
) {
  const log: string[] = [];
  const heard: Event[] = [];
  const alarms: { at: number; ring: () => void; isOff: boolean }[] = [];
  let events: LinkEvents | null = null;
  let release: () => void = () => undefined;
  const peer: Peer<null> = {
    state: null,
    step(event: Event, _: Moment): Turn {
      heard.push(event);
      return turns[event.kind] ?? { effects: [], wakeAt: null };
    },
  };
  const hands: Hands = {
    self: id('ann'),
    link: {
      connect: (_, given) => {
        events = given;
        log.push('connect');
      },
      publish: (_, text) => log.push(`publish ${text}`),
      attend: (topics) => log.push(`attend ${topics.join(' ')}`),
      close: () => {
        log.push('close');
        return Promise.resolve();
      },
    },
    journal: {
      recover: () => ({ entries: [] }),
      record: (entries: readonly Entry[]) => {
        log.push(`record ${entries.map(({ kind }) => kind).join(' ')}`);
        return new Promise<void>((resolve, reject) => {
          release = () => (fail === null ? resolve() : reject(fail));
        });
      },
      page: () => null,
      founding: () => null,
      genesis: () => null,
    },
    speech: {
      utter: (message) => ({ topic: 't', text: JSON.stringify(message), qos: 1 }),
      hearOwn: (message, text) => ({ kind: 'heard', message, text, retained: false, evidence: [] }),
      understand: ({ topic }) =>
        topic === 'ours' ? null : { kind: 'refused', from: null, refusal: { code: 'not-json' } },
    },
    clock: {
      now: () => ({ at: 1 as Instant, unix: 1 as UnixMs }),
      wake: (at, ring) => {
        const alarm = { at, ring, isOff: false };
        alarms.push(alarm);
        return () => {
          alarm.isOff = true;
        };
      },
    },
    miner: null,
    source,
    onNote: (note) => log.push(`note ${note.kind}`),
    onLeft: () => log.push('left'),
  };
  const view = {
    term: 0 as Term,
    height: 0 as TransactionID,
    members: new Set<never>(),
    judge: () => null,
  };
  const driver = new Driver(peer, hands, () => view);
  return { driver, log, heard, alarms, link: () => events, release: () => release() };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a driver', () => {
  it('says nothing before what must be remembered is recorded', async () => {
    const { driver, log, release } = stage({
      started: { effects: [record(1), say(1)], wakeAt: null },
    });
    driver.start('seed');
    await settled();
    expect(log).toEqual(['record term']);
    release();
    await settled();
    expect(log).toEqual(['record term', `publish ${JSON.stringify(request(1))}`]);
  });

  it('drops the rest of a turn whose record fails, and tells the head', async () => {
    const full = Object.assign(new Error('No space.'), { code: 'ENOSPC' });
    const { driver, log, heard, release } = stage(
      { started: { effects: [record(1), say(1)], wakeAt: null } },
      full,
    );
    driver.start('seed');
    release();
    await settled();
    expect(log).toEqual(['record term']);
    expect(heard.at(-1)).toEqual({
      kind: 'failed',
      code: 'ENOSPC',
      entries: [{ kind: 'term', term: 1 }],
    });
  });

  it('shows nobody else anything after a record that fails, and does the rest', async () => {
    const full = Object.assign(new Error('No space.'), { code: 'ENOSPC' });
    const asked: Effect[] = [
      record(1),
      { kind: 'connect', will: request(0) },
      { kind: 'serve', to: id('bob'), from: 0 as TransactionID },
      { kind: 'confirm' },
      record(2),
      say(1),
      { kind: 'note', note: { kind: 'paused' } },
      { kind: 'reply', request: 'r1' as RequestID, reply: { kind: 'done' } },
    ];
    const { driver, log, heard, release } = stage(
      { asked: { effects: asked, wakeAt: null } },
      full,
    );
    const reply = driver.ask({ kind: 'pause' });
    release();
    expect(await reply).toEqual({ kind: 'done' });
    await settled();
    expect(log).toEqual(['record term', 'note paused']);
    const entries = [1, 2].map((term) => ({ kind: 'term', term }));
    expect(heard.slice(1)).toEqual([{ kind: 'failed', code: 'ENOSPC', entries }]);
  });

  it('tells of a record that failed before it hands back what was said earlier', async () => {
    const full = Object.assign(new Error('No space.'), { code: 'ENOSPC' });
    const { driver, heard, release } = stage(
      { started: { effects: [say(1), record(1)], wakeAt: null } },
      full,
    );
    driver.start('seed');
    release();
    await settled();
    expect(heard.map(({ kind }) => kind)).toEqual(['started', 'failed', 'heard']);
  });

  it('confirms what is recorded, once it is', async () => {
    const { driver, heard, release } = stage({
      started: { effects: [record(1), { kind: 'confirm' }], wakeAt: null },
    });
    driver.start('seed');
    await settled();
    expect(heard).toHaveLength(1);
    release();
    await settled();
    expect(heard.at(-1)).toEqual({ kind: 'recorded' });
  });

  it('looks at no event while a record is under way', async () => {
    const { driver, heard, release } = stage({ started: { effects: [record(1)], wakeAt: null } });
    driver.start('seed');
    void driver.ask({ kind: 'pause' });
    await settled();
    expect(heard.map(({ kind }) => kind)).toEqual(['started']);
    release();
    await settled();
    expect(heard.map(({ kind }) => kind)).toEqual(['started', 'asked']);
  });

  it('hands its own voice back in order, before anything that waits', () => {
    const { driver, heard, link } = stage({
      started: { effects: [{ kind: 'connect', will: request(0) }], wakeAt: null },
      connected: { effects: [say(1), say(2)], wakeAt: null },
    });
    driver.start('seed');
    link()?.onConnected();
    const own = heard.flatMap((event) => (event.kind === 'heard' ? [event.message] : []));
    expect(own).toEqual([request(1), request(2)]);
  });

  it('has no turn for what its speech leaves out', () => {
    const { driver, heard, link } = stage({
      started: { effects: [{ kind: 'connect', will: request(0) }], wakeAt: null },
      connected: { effects: [], wakeAt: null },
    });
    driver.start('seed');
    link()?.onConnected();
    link()?.onDelivery({ topic: 'ours', payload: new Uint8Array(), retained: false });
    expect(heard.map(({ kind }) => kind)).toEqual(['started', 'connected']);
    link()?.onDelivery({ topic: 't', payload: new Uint8Array(), retained: false });
    expect(heard.at(-1)?.kind).toBe('refused');
  });

  it('keeps one alarm, the newest', () => {
    const { driver, alarms, link } = stage({
      started: { effects: [{ kind: 'connect', will: request(0) }], wakeAt: 50 as Instant },
      connected: { effects: [], wakeAt: 20 as Instant },
    });
    driver.start('seed');
    link()?.onConnected();
    expect(alarms.map(({ at, isOff }) => [at, isOff])).toEqual([
      [50, true],
      [20, false],
    ]);
  });

  it('does nothing more once it has left', async () => {
    const { driver, log, heard, link } = stage({
      started: { effects: [{ kind: 'connect', will: request(0) }], wakeAt: null },
      asked: { effects: [{ kind: 'leave' }, say(1)], wakeAt: 90 as Instant },
    });
    driver.start('seed');
    await driver.ask({ kind: 'leave' });
    link()?.onConnected();
    await settled();
    expect(log).toEqual(['connect', 'close', 'left']);
    expect(heard.map(({ kind }) => kind)).toEqual(['started', 'asked']);
  });

  it('calls a service, and goes on before its answer comes', async () => {
    const answers: ((fetched: Fetched) => void)[] = [];
    const source: WorkSource = {
      fetch: (answer) => answers.push(answer),
      submit: (_, answer) => answer({ kind: 'accepted' }),
      close: () => undefined,
    };
    const find = { key: 'k', timestamp: 1, nonce: 2, digest: 'd' } as unknown as Find;
    const effects: Effect[] = [
      { kind: 'fetch', call: 1 },
      { kind: 'submit', call: 2, find },
      say(1),
    ];
    const { driver, log, heard } = stage({ started: { effects, wakeAt: null } }, null, source);
    driver.start('seed');
    expect(log).toEqual([`publish ${JSON.stringify(request(1))}`]);
    const fetched: Fetched = { kind: 'task', task: { previous: '00', bits: 8 } };
    answers[0]?.(fetched);
    expect(heard.filter(({ kind }) => kind === 'fetched' || kind === 'submitted')).toEqual([
      { kind: 'submitted', call: 2, find, submitted: { kind: 'accepted' } },
      { kind: 'fetched', call: 1, fetched },
    ]);
  });
});
