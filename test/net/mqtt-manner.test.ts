/** Brokers that do not take all that a peer wishes: it is let in with less. */

import type { Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { Doctor } from '../../src/node/doctor/examine.ts';
import type { Finding } from '../../src/node/doctor/finding.ts';
import { addressOf } from '../../src/node/mqtt-connection.ts';
import { type Crime, openCrookedProxy } from './crooked-proxy.ts';
import { skipLoudly } from './loud-skip.ts';
import { NO_MOSQUITTO, startMosquitto } from './mosquitto.ts';
import { startPeer } from './peers.ts';
import { cleanups, opened, tell } from './told-link.ts';
import { until } from './until.ts';

const willOf = (packet: Packet): { qos?: number; retain?: boolean } | null =>
  packet.cmd === 'connect' ? (packet.will ?? null) : null;

const isRetained = (packet: Packet): boolean =>
  willOf(packet)?.retain === true || (packet.cmd === 'publish' && packet.retain);

const isHighQos = (packet: Packet): boolean =>
  (willOf(packet)?.qos ?? 0) > 0 || (packet.cmd === 'publish' && packet.qos > 0);

/** What a broker ends the connection over, and what it lacks in the words of the doctor. */
const MINDS: readonly (readonly [string, (packet: Packet) => boolean, string])[] = [
  ['retained messages', isRetained, 'without retained messages'],
  ['QoS 1', isHighQos, 'without QoS 1'],
  [
    'QoS 1 and retained messages',
    (packet) => isRetained(packet) || isHighQos(packet),
    'without retained messages and QoS 1',
  ],
  ['wills', (packet) => willOf(packet) !== null, 'without retained messages and QoS 1 and wills'],
  // Some look at a retained message when it comes, and not at the will.
  [
    'retained messages, not wills',
    (packet) => packet.cmd === 'publish' && packet.retain,
    'without retained messages',
  ],
];

async function stubborn(crime: Crime): Promise<string> {
  const broker = await opened();
  const proxy = await openCrookedProxy(broker.port, crime);
  cleanups.push(() => proxy.close());
  return `mqtt://127.0.0.1:${proxy.port}`;
}

type Findings = Partial<Record<string, Finding>>;

async function examine(url: string): Promise<Findings> {
  const doctor = new Doctor(addressOf({ url }, 'doctor'), 'sd');
  const findings: [string, Finding][] = [];
  for await (const finding of doctor.examine()) findings.push([finding.check, finding]);
  return Object.fromEntries(findings);
}

/** The rest takes long. */
async function examineArrival(url: string): Promise<Finding | undefined> {
  const doctor = new Doctor(addressOf({ url }, 'doctor'), 'sd');
  for await (const finding of doctor.examine()) {
    await doctor.stop();
    return finding;
  }
  return undefined;
}

/** Two peers found a network there, and whichever is not its controller wins. */
async function isMinedOn(url: string): Promise<void> {
  const settings = { peers: 2, difficulty: 'fixed:8', heartbeatMs: 500 };
  const peers = [startPeer(url, settings, 1), startPeer(url, settings, 1)];
  for (const peer of peers) cleanups.push(() => peer.close());
  await until(() => peers.every(({ client }) => client.view().height > 0), 'a block', 30_000);
  await Promise.all(peers.map((peer) => peer.close()));
}

describe.each(MINDS)('a broker that ends connections over %s', (_, minds, without) => {
  it('lets peers in, who mine there, and the doctor says what they do without', async () => {
    const url = await stubborn({ minds });
    await isMinedOn(url);
    const reachable = await examineArrival(url);
    expect(reachable?.grade).toBe('fair');
    expect(reachable?.found).toMatch(new RegExp(`, ${without}$`));
  });
});

it('the doctor examines such a broker to the end, and finds nothing bad', async () => {
  const minds = (packet: Packet): boolean => isRetained(packet) || isHighQos(packet);
  const findings = await examine(await stubborn({ minds }));
  const grades = Object.values(findings).map((it) => `${it?.check} ${it?.grade}`);
  expect(grades.filter((it) => / (fair|bad)$/.test(it))).toEqual([
    'reachable fair',
    'qos-1 fair',
    'retained fair',
  ]);
  expect(findings['cleaned-up']?.facts).toEqual({ left: [] });
});

describe.each([
  [['retain_available false'], 'without retained messages'],
  [['max_qos 0'], 'without QoS 1'],
  [['retain_available false', 'max_qos 0'], 'without retained messages and QoS 1'],
])('Mosquitto with %j', (settings, without) => {
  it('lets peers in, who mine there, and the doctor says what they do without', async (context) => {
    const mosquitto = await startMosquitto(settings);
    if (mosquitto === null) return skipLoudly(context, NO_MOSQUITTO);
    cleanups.push(() => mosquitto.stop());
    await isMinedOn(mosquitto.url);
    const { reachable, ...others } = await examine(mosquitto.url);
    expect(reachable?.found).toMatch(new RegExp(`, ${without}$`));
    expect(Object.values(others).map((it) => it?.grade)).not.toContain('bad');
  });
});

it('a broker that lets no peer in is bad in the eyes of the doctor, too', async () => {
  const silent = await stubborn({ minds: ({ cmd }) => cmd === 'connect' });
  expect(await examineArrival(silent)).toMatchObject({ grade: 'bad' });
  const over = await stubborn({ minds: ({ cmd }) => cmd === 'publish' });
  expect(await examineArrival(over)).toMatchObject({ grade: 'bad', facts: { code: 'taken-over' } });
});

it('a link that has less goes for all again at its next connection', async () => {
  const connects: (boolean | undefined)[] = [];
  const minds = (packet: Packet): boolean => {
    if (packet.cmd !== 'connect') return false;
    connects.push(packet.will?.retain);
    return connects.length === 1;
  };
  const told = tell(await stubborn({ minds }));
  told.connect();
  await until(() => told.log.length === 1);
  told.connect();
  await until(() => told.log.length === 2);
  expect(told.log).toEqual(['connected', 'connected']);
  expect(connects).toEqual([true, false, true]);
});
