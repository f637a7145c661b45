/** A whole network, from the first introduction to sealed results, on each broker there is. */

import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, type TestContext } from 'vitest';
import { openBroker } from '../../broker/broker.ts';
import { BrokerProcess } from '../../src/cli/broker-process.ts';
import { type BrokerKind, describeMissing } from '../../src/cli/broker-recipes.ts';
import type { Note } from '../../src/domain/note.ts';
import { skipLoudly } from './loud-skip.ts';
import { NO_MOSQUITTO, startMosquitto } from './mosquitto.ts';
import { startPeer, type TestPeer } from './peers.ts';
import { until } from './until.ts';

type Running = { readonly url: string; stop(): Promise<void> };

const brokers: Record<string, (context: TestContext) => Promise<Running>> = {
  'the embedded broker over TCP': async () => {
    const broker = await openBroker({ port: 0 });
    return { url: `mqtt://127.0.0.1:${broker.port}`, stop: () => broker.close() };
  },
  'the embedded broker over WebSocket': async () => {
    const broker = await openBroker({ port: 0, wsPort: 0 });
    return { url: `ws://127.0.0.1:${broker.wsPort}`, stop: () => broker.close() };
  },
  Mosquitto: async (context) => {
    const mosquitto = await startMosquitto();
    return mosquitto ?? skipLoudly(context, NO_MOSQUITTO);
  },
  NATS: (context) => startBroker('nats', context),
  RabbitMQ: (context) => startBroker('rabbitmq', context),
};

async function startBroker(kind: BrokerKind, context: TestContext): Promise<Running> {
  const broker = await BrokerProcess.open(kind);
  if (broker === null) skipLoudly(context, describeMissing(kind));
  return { url: `mqtt://127.0.0.1:${broker.port}`, stop: () => broker.end() };
}

const peers: TestPeer[] = [];
let running: Running | null = null;

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  await running?.stop();
  running = null;
});

function notesOf<Kind extends Note['kind']>(
  peer: TestPeer,
  kind: Kind,
): readonly (Note & { readonly kind: Kind })[] {
  return peer.notes.filter((note): note is Note & { readonly kind: Kind } => note.kind === kind);
}

function height(peer: TestPeer): number {
  return peer.client.view().height;
}

describe.each(Object.keys(brokers))('three peers and an observer on %s', (name) => {
  it('elect one controller, and seal blocks that anybody can check', async (context) => {
    running = (await brokers[name]?.(context)) ?? null;
    const { url } = running ?? { url: '' };
    const settings = { peers: 3, difficulty: 'fixed:12', heartbeatMs: 1_000 };
    for (let count = 0; count < 3; count += 1) peers.push(startPeer(url, settings, 1));
    await until(() => peers.every((peer) => height(peer) >= 2), 'two blocks everywhere', 20_000);

    peers.push(startPeer(url, settings, 1));
    const observer = peers[3];
    if (observer === undefined) throw new Error('There is a fourth peer.');
    await until(() => height(observer) >= 4, 'the observer following the ledger', 20_000);
    expect(observer.client.view().role).toBe('observer');
    // RabbitMQ keeps the mandate from who subscribes with wildcards; the controller says it again.
    await until(() => peers.every((peer) => notesOf(peer, 'mandate').length > 0), 'a mandate');

    const controllers = () => new Set(peers.map((peer) => peer.client.view().controllerID));
    await until(() => controllers().size === 1 && !controllers().has(null), 'one controller');
    const mandates = peers.flatMap((peer) => notesOf(peer, 'mandate'));
    const named = new Set(mandates.map(({ term, controller }) => `${term} ${controller}`));
    expect(named.size).toBe(new Set(mandates.map(({ term }) => term)).size);
    for (const peer of peers) {
      for (const { preimage, digest, block } of notesOf(peer, 'result')) {
        const independent = createHash('sha256').update(preimage).digest('hex');
        expect(independent).toBe(digest);
        expect(BigInt(`0x${independent}`) >> 244n).toBe(0n);
        expect(preimage.startsWith(`sortition:${block.transactionID}:${block.parent}:`)).toBe(true);
      }
    }
    const ledgers = peers.map(({ journal }) => journal.blocks().map((b) => JSON.stringify(b)));
    const shortest = Math.min(...ledgers.map(({ length }) => length));
    const beginnings = ledgers.map((ledger) => ledger.slice(0, shortest).join('\n'));
    expect(new Set(beginnings).size).toBe(1);
  });
});

describe('a retained presence', () => {
  it('of a network that died with its wills unsent is no member of a new one', async () => {
    const broker = await openBroker({ port: 0 });
    running = { url: `mqtt://127.0.0.1:${broker.port}`, stop: () => broker.close() };
    const { url } = running;
    // Its heads die, and its connections stay: the broker keeps saying that it is ready.
    const dead = [startPeer(url, { peers: 2 }), startPeer(url, { peers: 2 })];
    peers.push(...dead);
    await until(() => dead.every((peer) => peer.client.view().controllerID !== null), 'a mandate');
    for (const peer of dead) peer.client.kill();

    const settings = { peers: 3, heartbeatMs: 200 };
    const living = [startPeer(url, settings), startPeer(url, settings)];
    peers.push(...living);
    await until(
      () => living.every((peer) => notesOf(peer, 'dead-mandate').length === 1),
      'both seeing that the mandate is of the dead',
    );
    for (const peer of living) expect(peer.client.view().role).toBe('unfounded');
    living.push(startPeer(url, settings));
    peers.push(...living.slice(2));
    await until(
      () => living.every((peer) => peer.client.view().controllerID !== null),
      'a mandate',
    );
    const names = living.map((peer) => peer.client.view().clientID).sort();
    for (const peer of living) expect([...peer.client.view().members].sort()).toEqual(names);
  });
});
