import { beforeEach, describe, expect, it } from 'vitest';
import type { Note } from '../../src/domain/note.ts';
import { rulesOf } from '../../src/ledger/rules.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { newMemory, recall } from '../../src/peer/memory.ts';
import { type Peer, SmallWorld, type Word } from './small-world.ts';

const rules = rulesOf({ peers: 3, difficulty: 'fixed:4' });

/** What its disk holds at the moment. */
function memoryOf({ journal }: Peer) {
  const memory = newMemory(rules);
  recall(memory, journal.recover(), nodeHasher);
  return memory;
}

/** What each topic shows beyond what all of them do, and the disk does not hold: nothing, ever. */
const shows: Readonly<Record<string, (fields: Word['fields'], peer: Peer) => boolean>> = {
  heartbeat: ({ Term, TransactionID }, peer) =>
    Number(Term) > memoryOf(peer).term || Number(TransactionID) > memoryOf(peer).height,
  voting: ({ Term }, peer) => Number(Term) > memoryOf(peer).usedTerm,
  controller: ({ Term }, peer) => Number(Term) > memoryOf(peer).usedTerm,
  proposal: ({ Term }, peer) => Number(Term) !== memoryOf(peer).accepted?.term,
  ack: ({ Term, Digest }, { journal }) =>
    !journal
      .recover()
      .entries.some(
        (entry) => entry.kind === 'accepted' && entry.term === Term && entry.digest === Digest,
      ),
  result: ({ Result, TransactionID }, peer) =>
    Result === 1 && Number(TransactionID) >= memoryOf(peer).height,
};

function isLeak(peer: Peer, { topic, fields }: Word): boolean {
  const { Incarnation = 0, Network = null } = fields;
  const { incarnation, network } = memoryOf(peer);
  if (Number(Incarnation) > incarnation) return true;
  if (Network !== null && Network !== network?.digest) return true;
  return shows[topic]?.(fields, peer) ?? false;
}

const kindsOf = (notes: readonly Note[]): string[] => notes.map(({ kind }) => kind);
const heightOf = (peer: Peer): number => peer.client.view().height;

let world = new SmallWorld();
const leaks: string[] = [];
beforeEach(() => {
  world = new SmallWorld();
  leaks.length = 0;
  world.onSaid = (peer, word) => {
    if (isLeak(peer, word)) leaks.push(`${word.topic} at ${word.at}`);
  };
});

function found(): Peer {
  for (let count = 0; count < 3; count += 1) world.start();
  world.runUntil(() => world.peers.every((peer) => heightOf(peer) >= 1));
  const controller = world.controller();
  if (controller === undefined) throw new Error('There is a controller.');
  return controller;
}

describe('a peer whose disk is full', () => {
  it('as controller steps down, says so, and another one goes on', () => {
    const controller = found();
    const height = heightOf(controller);
    controller.journal.refusal = () => 'ENOSPC';
    world.runUntil(() => kindsOf(controller.notes).includes('failed'));
    const failed = controller.notes.findIndex(({ kind }) => kind === 'failed');
    expect(controller.notes[failed]).toEqual({ kind: 'failed', effect: 'record', code: 'ENOSPC' });
    expect(controller.notes[failed + 1]).toMatchObject({ kind: 'stepped-down', why: 'journal' });
    const words = controller.said.length;
    expect(controller.said.at(-1)).toMatchObject({
      topic: 'heartbeat',
      fields: { ControllerID: null },
    });

    // It observes what the others seal, and says nothing at all.
    world.runUntil(() => heightOf(controller) >= height + 5, 20_000);
    expect(world.controller()).not.toBe(controller);
    expect(controller.said.length).toBe(words);
    expect(controller.notes.at(-1)?.kind).not.toBe('recorded');
    const idle = controller.notes.findLast((note) => note.kind === 'idle');
    expect(idle).toMatchObject({ idle: { reason: 'journal' } });
    expect(memoryOf(controller).height).toBeLessThanOrEqual(height + 1);
    expect(leaks).toEqual([]);
  });

  it('takes part again by itself once there is room', () => {
    const controller = found();
    controller.journal.refusal = () => 'ENOSPC';
    world.runUntil(() => kindsOf(controller.notes).includes('failed'));
    world.run(30_000);
    const height = heightOf(controller);
    controller.journal.refusal = () => null;
    world.runUntil(() => kindsOf(controller.notes).includes('recorded'), 10_000);
    expect(controller.notes.findLast((note) => note.kind === 'recorded')?.afterMs).toBeGreaterThan(
      29_000,
    );
    expect(memoryOf(controller).height).toBeGreaterThanOrEqual(height);
    const words = controller.said.length;
    const after = heightOf(controller);
    world.runUntil(() => heightOf(controller) >= after + 5);
    expect(controller.said.slice(words).map(({ topic }) => topic)).toContain('ack');
    expect(leaks).toEqual([]);
  });

  it('tells of it at first and then every 10 s, however often it tries', () => {
    const controller = found();
    controller.journal.refusal = () => 'EROFS';
    world.runUntil(() => kindsOf(controller.notes).includes('failed'));
    world.run(60_000);
    const count = kindsOf(controller.notes).filter((kind) => kind === 'failed').length;
    expect(count).toBeGreaterThanOrEqual(5);
    expect(count).toBeLessThanOrEqual(7);
  });

  it('before its first word stays away, and comes when there is room', () => {
    const peer = world.start();
    world.kill(peer);
    const { journal, self } = peer;
    journal.refusal = () => 'EIO';
    const again = world.start({ journal, self });
    world.run(20_000);
    expect(again.said).toEqual([]);
    expect(kindsOf(again.notes)).not.toContain('connected');
    journal.refusal = () => null;
    world.runUntil(() => kindsOf(again.notes).includes('connected'));
    expect(again.said.length).toBeGreaterThan(0);
    expect(leaks).toEqual([]);
  });

  it('that loses its connection comes back only when there is room', () => {
    const controller = found();
    controller.journal.refusal = () => 'ENOSPC';
    world.runUntil(() => kindsOf(controller.notes).includes('failed'));
    const words = controller.said.length;
    world.broker.stop();
    world.run(1_000);
    world.broker.start();
    world.run(10_000);
    expect(controller.client.view().isConnected).toBe(false);
    controller.journal.refusal = () => null;
    world.runUntil(() => controller.client.view().isConnected);
    expect(controller.said.length).toBeGreaterThan(words);
    expect(leaks).toEqual([]);
  });

  it('leaves without a word when it is told to', async () => {
    const controller = found();
    controller.journal.refusal = () => 'ENOSPC';
    world.runUntil(() => kindsOf(controller.notes).includes('failed'));
    const words = controller.said.length;
    const left = controller.client.leave();
    world.run(10);
    await left;
    expect(controller.said.length).toBe(words);
  });

  it('still answers who pauses it', async () => {
    const controller = found();
    controller.journal.refusal = () => 'ENOSPC';
    world.runUntil(() => kindsOf(controller.notes).includes('failed'));
    expect(await controller.client.pause()).toEqual({ kind: 'done' });
  });
});

/** Three peers whose disks fail now and then, and who are killed and started again on them. */
function liveBadly(seed: number): void {
  let count = 0;
  const isUnlucky = (): boolean => {
    count += 1;
    return Number.parseInt(nodeHasher.sha256(`${seed} ${count}`).slice(0, 2), 16) < 40;
  };
  for (let peer = 0; peer < 3; peer += 1)
    world.start().journal.refusal = () => (isUnlucky() ? 'EIO' : null);
  for (let round = 0; round < 6; round += 1) {
    world.run(15_000);
    const [victim] = living();
    if (victim === undefined) continue;
    world.kill(victim);
    world.start(victim);
  }
}

const living = (): Peer[] => world.peers.filter(({ isAlive }) => isAlive);

/** Votes of one peer in one term for different ones. */
function doubleVotes(): string[] {
  const votes = new Map<string, unknown>();
  const doubles: string[] = [];
  for (const { self, said } of world.peers)
    for (const { fields } of said.filter(({ topic }) => topic === 'voting')) {
      const key = `${self.clientID} in term ${fields['Term']}`;
      if ((votes.get(key) ?? fields['ControllerID']) !== fields['ControllerID']) doubles.push(key);
      votes.set(key, fields['ControllerID']);
    }
  return doubles;
}

describe('disks that fail at any moment', () => {
  const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
  it.each(seeds)('never make a peer say what it has not written down, seed %i', (seed) => {
    liveBadly(seed);
    for (const { journal } of world.peers) journal.refusal = () => null;
    world.run(60_000);
    const before = Math.max(...living().map(heightOf));
    world.runUntil(() => living().every((peer) => heightOf(peer) > before + 1), 90_000);
    expect(leaks).toEqual([]);
    expect(doubleVotes()).toEqual([]);
    const ledgers = living().map(({ journal }) => journal.blocks());
    const [longest = []] = [...ledgers].sort((a, b) => b.length - a.length);
    for (const ledger of ledgers) expect(ledger).toEqual(longest.slice(0, ledger.length));
    expect(world.peers.some(({ notes }) => kindsOf(notes).includes('recorded'))).toBe(true);
  });
});
