/** Controllers that live, and that members want to depose all the same. */

import { expect, it } from 'vitest';
import type { Delivery } from '../../src/client/link.ts';
import type { Block } from '../../src/domain/message.ts';
import type { Digest, TransactionID } from '../../src/domain/names.ts';
import type { Note } from '../../src/domain/note.ts';
import { digestOf } from '../../src/ledger/block.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { Chance } from '../../src/sim/chance.ts';
import { Insider } from '../../src/sim/insider.ts';
import { type Inhabitant, World } from '../../src/sim/world.ts';

/** A network whose controller has just died; what it would say now, the test says. */
class Puppet {
  readonly world: World;
  readonly controller: Inhabitant;
  readonly others: readonly Inhabitant[];
  readonly #texts: string[] = [];

  constructor() {
    this.world = new World({
      seed: 4,
      hasher: nodeHasher,
      settings: { peers: 5 },
      onCarried: ({ topic, payload }) => {
        if (topic === 'sd/ack') this.#texts.push(new TextDecoder().decode(payload));
      },
    });
    for (let count = 0; count < 5; count += 1) this.world.start();
    this.world.runUntil(() => this.world.controller() !== null, 10_000);
    this.world.run(1_000);
    const controller = this.world.controller();
    if (controller === null) throw new Error('There is a controller.');
    this.controller = controller;
    this.others = this.world.peers.filter((peer) => peer !== controller);
    this.world.kill(controller);
  }

  /** Proposes the removal of `member`; the texts of those who acknowledge it. */
  propose(member: Inhabitant, tip: Digest): { readonly block: Block; readonly seal: string[] } {
    const { clientID } = this.controller.self;
    const [first] = this.others;
    if (first === undefined) throw new Error('There are others.');
    const { term, height } = this.world.view(first);
    const change = `remove ${member.self.clientID}`;
    const block: Block = {
      transactionID: height,
      parent: tip,
      root: nodeHasher.sha256(change),
      time: (1_767_225_700_000 + height) as Block['time'],
      challenge: 0,
      clientID,
      solution: '',
      change,
    };
    this.#texts.length = 0;
    this.world.utter(this.controller, { kind: 'proposal', clientID, term, block });
    this.world.run(20);
    return { block, seal: [...this.#texts] };
  }

  announce(block: Block, seal: readonly string[]): void {
    const { clientID } = this.controller.self;
    const { transactionID, solution } = block;
    const about = { kind: 'result', clientID, controllerID: clientID, transactionID } as const;
    this.world.utter(this.controller, { ...about, solution, result: 1, block, seal });
    this.world.run(20);
  }
}

it('has one member removed that lives, and no other one in that term', () => {
  const puppet = new Puppet();
  const { world, others } = puppet;
  const [ann, bob, cat] = others;
  if (ann === undefined || bob === undefined || cat === undefined)
    throw new Error('Four are left.');
  const tip = world.view(ann).tip;
  if (tip === null) throw new Error('There is a ledger.');

  const first = puppet.propose(cat, tip);
  expect(first.seal).toHaveLength(4);
  puppet.announce(first.block, first.seal.slice(0, 3));
  expect(world.view(ann).members).toHaveLength(4);

  const second = puppet.propose(bob, digestOf(first.block, nodeHasher));
  expect(second.block.transactionID).toBe((first.block.transactionID + 1) as TransactionID);
  expect(second.seal).toEqual([]);
  expect(world.view(ann).refusals).toMatchObject({ distrusted: 1 });

  // Another one governs soon, and the one that was removed gets its seat again.
  const isWhole = (): boolean => world.view(ann).members.includes(cat.self.clientID);
  expect(world.runUntil(() => world.controller() !== null && isWhole(), 120_000)).toBe(true);
  expect(world.view(ann).controllerID).not.toBe(puppet.controller.self.clientID);
  const called = world.told.filter(({ note }) => note.kind === 'election');
  expect(called.map(({ note }) => (note.kind === 'election' ? note.suspicion : ''))).toContain(
    'unjust',
  );
});

it('calls no election again and again for what the others do not wait for', () => {
  const world = new World({
    seed: 6,
    hasher: nodeHasher,
    solveMs: 500,
    settings: { peers: 3, challenges: 2 },
  });
  for (let count = 0; count < 2; count += 1) world.start();
  const eager = world.start({ challenges: 0 });
  world.runUntil(() => world.alive().every((peer) => world.view(peer).height === 2), 60_000);
  expect(world.controller()).not.toBe(eager);
  world.run(1_200_000);
  const called = world.told.filter(
    ({ peer, note }) => peer === eager.name && note.kind === 'election' && note.term > 1,
  );
  // After 20 s, 40 s, 80 s and so on, and not sixty times.
  expect(called.length).toBeGreaterThan(2);
  expect(called.length).toBeLessThan(8);
  expect(world.controller()).not.toBeNull();
});

it('deposes one that keeps to itself what is sealed as soon as if it granted no lease', () => {
  const world = new World({ seed: 6, hasher: nodeHasher, settings: { peers: 5 } });
  for (let count = 0; count < 5; count += 1) world.start();
  world.run(30_000);
  const controller = world.controller();
  const asking = world.peers.find((peer) => peer !== controller);
  if (controller === null || asking === undefined)
    throw new Error('There is a controller of five.');
  void new Insider(world, new Chance(1), 'secretive', controller);
  const told = (kind: Note['kind'], since: number): boolean =>
    world.told.some(({ at, note }) => at > since && note.kind === kind);
  const { now } = world.agenda;
  expect(world.runUntil(() => told('proposed', now), 20_000)).toBe(true);
  const proposedAt = world.agenda.now;
  world.run(15_000);
  const quest = { algorithm: 'sha256', prefix: 'a:', bits: 40, from: 0, to: 500 } as const;
  void asking.client.search(quest);
  expect(world.runUntil(() => told('lease', proposedAt), 2_000)).toBe(true);
  // Four heartbeats after the proposal, and one of jitter.
  const isCalled = (): boolean => told('election', proposedAt);
  expect(world.runUntil(isCalled, proposedAt + 25_100 - world.agenda.now)).toBe(true);
});

it('deposes one that is stuck though a stranger repeats its leases of forgotten searches', () => {
  const world = new World({ seed: 6, hasher: nodeHasher, solveMs: 3_000, settings: { peers: 5 } });
  const leases: Delivery[] = [];
  world.network.listen((delivery) => {
    if (delivery.topic === 'sd/lease') leases.push(delivery);
  });
  for (let count = 0; count < 5; count += 1) world.start();
  world.run(5_000);
  const controller = world.controller();
  const asking = world.peers.find((peer) => peer !== controller);
  if (controller === null || asking === undefined)
    throw new Error('There is a controller of five.');
  const search = (prefix: string): void => {
    void asking.client.search({ algorithm: 'sha256', prefix, bits: 40, from: 0, to: 500 });
    world.run(8_000);
  };
  for (let asked = 0; asked < 16; asked += 1) search(`${asked}:`);
  // After 2 min none is remembered.
  world.run(130_000);
  expect(world.controller()).toBe(controller);
  const recorded = [...leases];
  expect(recorded.length).toBeGreaterThan(12);
  // A search has its turn: no challenge is opened after the next block, to be solved in vain.
  const { height } = world.view(asking);
  void asking.client.search({ algorithm: 'sha256', prefix: '', bits: 40, from: 0, to: 5_000 });
  expect(world.runUntil(() => world.view(asking).height > height, 20_000)).toBe(true);
  void new Insider(world, new Chance(1), 'stuck', controller);
  for (const [index, lease] of recorded.entries())
    world.agenda.plan(index * 8_000, () => world.network.intrude(lease));
  const isFollowed = (): boolean => world.view(asking).controllerID !== controller.self.clientID;
  // A turn of a search, the patience of four heartbeats, and an election.
  expect(world.runUntil(isFollowed, 70_000)).toBe(true);
});
