/** The doctor finds out of each broker what was measured of it beforehand. */

import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, it, type TestContext } from 'vitest';
import { openBroker } from '../../broker/broker.ts';
import { BrokerProcess } from '../../src/cli/broker-process.ts';
import { type BrokerKind, describeMissing } from '../../src/cli/broker-recipes.ts';
import { freePort } from '../../src/cli/free-port.ts';
import { Doctor } from '../../src/node/doctor/examine.ts';
import { CHECKS, type CheckName, type Finding } from '../../src/node/doctor/finding.ts';
import { addressOf } from '../../src/node/mqtt-connection.ts';
import { type Crime, openCrookedProxy } from './crooked-proxy.ts';
import { skipLoudly } from './loud-skip.ts';
import { startPeer } from './peers.ts';
import { until } from './until.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Findings = Readonly<Record<CheckName, Finding>>;

async function examine(url: string, prefix = 'sd'): Promise<Findings> {
  const doctor = new Doctor(addressOf({ url }, 'doctor'), prefix);
  const findings: [CheckName, Finding][] = [];
  for await (const finding of doctor.examine()) findings.push([finding.check, finding]);
  return Object.fromEntries(findings) as Findings;
}

async function startBroker(kind: BrokerKind, context: TestContext): Promise<string> {
  if (kind === 'embedded') {
    const broker = await openBroker({ port: 0 });
    cleanups.push(() => broker.close());
    return `mqtt://127.0.0.1:${broker.port}`;
  }
  const broker = await BrokerProcess.open(kind);
  if (broker === null) skipLoudly(context, describeMissing(kind));
  cleanups.push(() => broker.end());
  return `mqtt://127.0.0.1:${broker.port}`;
}

/** What differs among them, as it was measured before anything was built. */
const BROKERS = {
  embedded: { mqtt5: false, wildcard: true, takeover: true, copies: 1, dot: 'kept', space: 'kept' },
  mosquitto: { mqtt5: true, wildcard: true, takeover: true, copies: 1, dot: 'kept', space: 'kept' },
  nats: { mqtt5: false, wildcard: true, takeover: false, copies: 2, dot: 'lost', space: 'lost' },
  rabbitmq: {
    mqtt5: false,
    wildcard: false,
    takeover: false,
    copies: 1,
    dot: 'changed',
    space: 'kept',
  },
} as const;

describe.each(Object.entries(BROKERS))('the doctor examines %s', (kind, known) => {
  it('and finds what is known of it', async (context) => {
    const url = await startBroker(kind as BrokerKind, context);
    const findings = await examine(url);
    expect(Object.keys(findings)).toEqual([...CHECKS]);
    expect(Object.values(findings).filter(({ grade }) => grade === 'bad')).toEqual([]);
    expect(findings['mqtt-5'].facts).toMatchObject({ mqtt5: known.mqtt5 });
    expect(findings.retained.facts).toMatchObject({ exact: true, wildcard: known.wildcard });
    expect(findings['will-takeover'].facts).toEqual({ hasWill: known.takeover });
    expect(findings.overlap.facts).toEqual({ copies: known.copies });
    expect(findings['topic-names'].facts).toEqual({ dot: known.dot, space: known.space });
    expect(findings['qos-1'].facts).toEqual({ qos1: true });
    expect(findings.order.facts).toMatchObject({ arrived: 500, inOrder: true });
    expect(Number(findings.payload.facts['bytes'])).toBeGreaterThanOrEqual(64 * 1024);
    expect(Number(findings.will.facts['willMs'])).toBeLessThan(5_000);
    expect(Number(findings['will-frozen'].facts['willMs'])).toBeGreaterThan(5_000);
    expect(findings.rights.facts).toMatchObject({ subscribeDenied: [], publishDenied: [] });
    expect(findings['cleaned-up'].facts).toEqual({ left: [] });
    const version = findings.version.facts['version'];
    expect(version).toEqual(kind === 'mosquitto' ? expect.stringMatching(/mosquitto \S/) : null);
  });
});

describe('the doctor behind a proxy', () => {
  async function examineThrough(crime: Crime): Promise<Findings> {
    const broker = await openBroker({ port: 0 });
    const proxy = await openCrookedProxy(broker.port, crime);
    cleanups.push(
      () => broker.close(),
      () => proxy.close(),
    );
    return await examine(`mqtt://127.0.0.1:${proxy.port}`);
  }

  /** A busy machine is graded for its pace by these. */
  const timed: readonly CheckName[] = ['round-trip', 'will', 'clock'];

  const faults = (findings: Findings): readonly string[] =>
    Object.values(findings)
      .filter(({ check, grade }) => grade === 'bad' || (grade === 'fair' && !timed.includes(check)))
      .map(({ check, grade }) => `${check} ${grade}`);

  it('reports what the proxy does, and nothing else', async () => {
    const crimes = [
      {},
      { dropsRetained: true },
      { delaysWillsMs: 1_500 },
      { denies: 'sd/commit' },
      { denies: 'sd/voting', endsOverDenied: true },
      { deniesFilter: 'sd/+' },
    ] as const;
    const [honest, retained, wills, topic, ending, filter] = await Promise.all(
      crimes.map(examineThrough),
    );
    if (!honest || !retained || !wills || !topic || !ending || !filter) throw new Error('All six.');

    expect(faults(honest)).toEqual([]);

    expect(faults(retained)).toEqual(['retained fair']);
    expect(retained.retained.found).toBe('retained messages are not kept');
    expect(retained.retained.advice).toBe('nothing is lost: we rely on no retained message');

    expect(faults(wills)).toEqual([]);
    expect(wills.will.grade).toBe('fair');
    expect(Number(wills.will.facts['willMs'])).toBeGreaterThanOrEqual(1_490);
    expect(wills.will.found).toMatch(/^the will came \d+\.\d s after a connection broke$/);
    expect(wills.will.meaning).toContain('noticed by its silence');

    expect(faults(topic)).toEqual(['rights bad']);
    expect(topic.rights.found).toBe('nothing that we say arrives on sd/commit');
    expect(topic.rights.advice).toContain('sd/#');

    expect(faults(ending)).toEqual(['rights bad']);
    expect(ending.rights.facts).toMatchObject({ publishDenied: ['sd/voting'] });

    expect(faults(filter)).toEqual(['rights bad']);
    expect(filter.rights.facts).toMatchObject({ subscribeDenied: ['sd/+'] });
  });
});

describe('the doctor and other people', () => {
  it('does not speak where peers are at work, and compares their clocks', async () => {
    const broker = await openBroker({ port: 0 });
    cleanups.push(() => broker.close());
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const peer = startPeer(url, { peers: 1, difficulty: 'fixed:14', heartbeatMs: 500 }, 1);
    cleanups.push(() => peer.close());
    await until(() => peer.client.view().height > 0, 'a block');
    const findings = await examine(url);
    expect(findings.peers.facts).toMatchObject({ peers: 1 });
    expect(findings.clock.facts).toMatchObject({ peers: 1 });
    expect(Math.abs(Number(findings.clock.facts['mostMs']))).toBeLessThan(10_000);
    expect(findings.rights).toMatchObject({ grade: 'unknown', facts: { publishTried: false } });
    expect(peer.notes.filter(({ kind }) => kind === 'refused')).toEqual([]);
  });

  it('leaves nothing behind, even if it is stopped in the middle', async () => {
    const broker = await openBroker({ port: 0 });
    cleanups.push(() => broker.close());
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const doctor = new Doctor(addressOf({ url }, 'doctor'), 'sd');
    for await (const { check } of doctor.examine()) if (check === 'retained') break;
    await doctor.stop();
    const viewer = await connectAsync(url, { reconnectPeriod: 0 });
    cleanups.push(() => viewer.endAsync(true));
    const kept: string[] = [];
    viewer.on('message', (topic) => kept.push(topic));
    await viewer.subscribeAsync('#');
    await viewer.publishAsync('the/end', '', { qos: 1 });
    await until(() => kept.includes('the/end'), 'the end');
    expect(kept).toEqual(['the/end']);
  });

  it('says in one finding that nobody is there', async () => {
    const findings = await examine(`mqtt://127.0.0.1:${await freePort()}`);
    expect(Object.keys(findings)).toEqual(['reachable']);
    expect(findings.reachable.found).toContain('nothing listens there');
  });
});

it('the doctor counts no peer of which it hears a will alone', async () => {
  const broker = await openBroker({ port: 0 });
  cleanups.push(() => broker.close());
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const undertaker = await connectAsync(url);
  const topic = 'sd/peer/0a11aaaa-0000-8000-8000-000000000000';
  const will = '{"ClientID":"0a11aaaa-0000-8000-8000-000000000000","State":"lost"}';
  const saying = setInterval(() => void undertaker.publish(topic, will, { retain: true }), 20);
  cleanups.push(() => {
    clearInterval(saying);
    return undertaker.endAsync(true);
  });
  expect((await examine(url)).peers.facts).toMatchObject({ peers: 0, messages: 0 });
}, 60_000);
