/** Batches and money in false worlds: what is fetched, what is kept, and what is spent twice. */

import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/client/link.ts';
import type { Enveloped } from '../../src/domain/message.ts';
import type { ClientID } from '../../src/domain/names.ts';
import { type Batch, textOf } from '../../src/domain/transaction.ts';
import { batchMost, sizeOf } from '../../src/ledger/batch.ts';
import { pendingMost } from '../../src/ledger/mempool.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { checkersOf, Watch } from '../../src/sim/checkers/all.ts';
import type { Fact } from '../../src/sim/checkers/fact.ts';
import { calm } from '../../src/sim/network.ts';
import { toySigner } from '../../src/sim/toy-crypto.ts';
import { type Inhabitant, World } from '../../src/sim/world.ts';
import { accountKeyOf, signTransaction } from '../../src/wire/transaction.ts';
import { type Wallet, wallet } from '../ledger/wallet.ts';

const ann = wallet('ann');

type Town = { readonly world: World; readonly facts: Fact[]; readonly violations: string[] };

/** Three peers under a controller; what happens is watched by all checkers. */
function town(seed: number, solveMs: number, onFact: (fact: Fact) => void = () => {}): Town {
  const facts: Fact[] = [];
  const violations: string[] = [];
  const watch = new Watch(checkersOf(nodeHasher));
  const world = new World({
    seed,
    hasher: nodeHasher,
    solveMs,
    onFact: (fact) => {
      facts.push(fact);
      const violation = watch.see(fact);
      if (violation !== null) violations.push(`${violation.name} ${violation.sentence}`);
      onFact(fact);
    },
  });
  for (let count = 0; count < 3; count += 1) world.start();
  world.runUntil(() => world.controller() !== null, 10_000);
  world.run(200);
  return { world, facts, violations };
}

const said = <Kind extends Enveloped['kind']>(facts: readonly Fact[], by: ClientID, kind: Kind) =>
  facts.flatMap((fact) =>
    fact.kind === 'said' && fact.by === by && fact.message.kind === kind
      ? [fact.message as Extract<Enveloped, { kind: Kind }>]
      : [],
  );

/** The block with ann's transaction in the ledger of a peer. */
const loadOf = ({ journal }: Inhabitant): Batch =>
  journal.batches().find((batch) => batch.length > 0) ?? [];

/**
 * One member is away when a block with a batch is accepted by another one, whose controller dies of
 * it. The one who was away comes back; answers with whether it became controller.
 */
async function takeOver(seed: number): Promise<boolean> {
  let victim: Inhabitant | null = null;
  const { world, facts, violations } = town(seed, 1_000, (fact) => {
    const isAccepted = fact.kind === 'recorded' && fact.entry.kind === 'accepted';
    if (!isAccepted || victim === null || fact.by === victim.self.clientID) return;
    if (fact.entry.batch === undefined) return;
    // Its yes is still on the way.
    world.kill(victim);
    victim = null;
  });
  const controller = world.controller();
  const [voter, away] = world.peers.filter((peer) => peer !== controller);
  if (controller === null || voter === undefined || away === undefined) throw new Error('Three.');
  world.kill(away);
  const text = textOf(ann.say('hello', 0));
  expect(await voter.client.send(text)).toBeNull();
  victim = controller;
  world.runUntil(() => !controller.isAlive, 60_000);
  expect(loadOf(voter)).toEqual([]);
  world.restart(away);
  const isDone = (): boolean => [voter, away].every((peer) => loadOf(peer).length > 0);
  expect(world.runUntil(isDone, 120_000)).toBe(true);
  expect([loadOf(voter), loadOf(away)]).toEqual([[text], [text]]);
  expect(violations).toEqual([]);

  const proposals = said(facts, away.self.clientID, 'proposal');
  if (proposals.length === 0) return false;
  expect(said(facts, away.self.clientID, 'fetch').length).toBeGreaterThan(0);
  expect(said(facts, voter.self.clientID, 'batch').length).toBeGreaterThan(0);
  const [accepted] = said(facts, controller.self.clientID, 'proposal').slice(-1);
  expect(proposals[0]?.block).toEqual(accepted?.block);
  return true;
}

describe('a batch', () => {
  it('is fetched from a voter by a new controller that must propose its block again', async () => {
    const outcomes: boolean[] = [];
    for (let seed = 1; seed <= 8; seed += 1) outcomes.push(await takeOver(seed));
    // The lot falls on either.
    expect(outcomes).toContain(true);
    expect(outcomes).toContain(false);
  });

  it('that a member has not heard is asked for, and the block is sealed all the same', async () => {
    let asked = 0;
    for (let seed = 1; seed <= 5; seed += 1) {
      const { world, facts, violations } = town(seed, 1_000);
      world.network.nemesis = { loss: 0.4, repeat: 0.1, delayMs: [0.5, 20] };
      const [first] = world.peers;
      expect(await first?.client.send(textOf(ann.say('hello', 0)))).toBeNull();
      const isDone = (): boolean => world.peers.every((peer) => loadOf(peer).length > 0);
      expect(world.runUntil(isDone, 120_000)).toBe(true);
      for (const { self } of world.peers) asked += said(facts, self.clientID, 'fetch').length;
      expect(violations).toEqual([]);
    }
    expect(asked).toBeGreaterThan(0);
  });
});

/** Everybody spends the same money through two peers at once, as often as there is any. */
async function spendTwice(seed: number, forMs: number): Promise<number> {
  const { world, violations } = town(seed, 300);
  const { chance } = world;
  world.network.nemesis = { loss: 0.2, repeat: 0.2, delayMs: [0.5, chance.happens(0.5) ? 5 : 300] };
  let pairs = 0;
  const until = world.agenda.now + forMs;
  while (world.agenda.now < until) {
    const [one, other] = chance.happens(0.5) ? world.peers : [...world.peers].reverse();
    if (one === undefined || other === undefined) throw new Error('Three.');
    for (const owner of world.peers) if (await spend(owner, [one, other], chance)) pairs += 1;
    world.run(chance.between(100, 3_000));
  }
  world.network.nemesis = calm;
  world.run(10_000);
  const heights = world.peers.map(({ client }) => client.view().height);
  expect(Math.max(...heights) - Math.min(...heights)).toBeLessThanOrEqual(1);
  expect(violations).toEqual([]);
  return pairs;
}

/** To each of `ends` another transaction; whether both are taken. */
async function spend(
  owner: Inhabitant,
  ends: readonly [Inhabitant, Inhabitant],
  chance: World['chance'],
): Promise<boolean> {
  const { balance, nonce } = ends[0].client.account(owner.self.clientID);
  if (balance === 0) return false;
  const amount = chance.happens(0.2) ? balance : 1;
  const faults = await Promise.all(
    ends.map(({ client, self }) => {
      const content = { to: accountKeyOf(self.publicKey), amount, nonce };
      return client.send(textOf(signTransaction(content, toySigner(owner.self.publicKey))));
    }),
  );
  return faults.every((fault) => fault === null);
}

describe('money that is spent through two peers at once', () => {
  it('goes one way, whatever the timing, hundreds of times', async () => {
    let pairs = 0;
    for (let seed = 1; seed <= 10; seed += 1) pairs += await spendTwice(seed, 60_000);
    expect(pairs).toBeGreaterThan(400);
  });
});

/** From now on a stranger publishes `perSecond` messages, each from a key of its own. */
function flood(world: World, perSecond: number): void {
  let count = 0;
  const goOn = (): void => {
    count += 1;
    const text = textOf(wallet(`fresh ${count}`).say(`m${count}`, 0));
    world.inject('sd/transaction', new TextEncoder().encode(text));
    world.agenda.plan(1_000 / perSecond, goOn);
  };
  goOn();
}

const carriedBy = ({ journal }: Inhabitant): ReadonlySet<string> =>
  new Set(journal.batches().flat());

describe('a flood of free transactions from fresh keys', () => {
  it('keeps no sender out that has a balance or a history', async () => {
    const { world, violations } = town(3, 1_000);
    const [via] = world.peers;
    if (via === undefined) throw new Error('Three.');
    const people = Array.from({ length: 39 }, (_, at) => wallet(`person ${at}`));
    const send = async (transaction: Parameters<typeof textOf>[0]): Promise<void> =>
      expect(await via.client.send(textOf(transaction))).toBeNull();
    const ownerOf = (): Inhabitant | undefined =>
      world.peers.find(({ self }) => via.client.account(self.clientID).balance > 0);
    world.runUntil(() => ownerOf() !== undefined, 60_000);
    const miner = ownerOf();
    if (miner === undefined) throw new Error('A block credits its miner.');
    // Two thirds have a history, the others a balance: a unit each, which the miner pays them.
    const [said, paid] = [people.slice(0, 26), people.slice(26)];
    for (const person of said) await send(person.say('before', 0));
    for (const [nonce, person] of paid.entries()) {
      const content = { to: person.key, amount: 1, nonce };
      await send(signTransaction(content, toySigner(miner.self.publicKey)));
    }
    const isKnown = ({ account }: Wallet): boolean => {
      const { nonce, balance } = via.client.account(account);
      return nonce + balance > 0;
    };
    expect(world.runUntil(() => people.every(isKnown), 60_000)).toBe(true);

    flood(world, 300);
    // Far more wait than get in, everywhere.
    world.run(30_000);
    world.solveMs = 3_000;
    const texts = people.map((person) =>
      textOf(person.say('now', via.client.account(person.account).nonce)),
    );
    for (const text of texts) expect(await via.client.send(text)).toBeNull();
    const until = world.view(via).height + 10;
    world.runUntil(() => world.view(via).height >= until, 120_000);
    const inside = carriedBy(via);
    expect(texts.filter((text) => inside.has(text))).toHaveLength(39);
    expect(violations).toEqual([]);
  });

  it('gives fresh keys no more than a quarter of a batch, though there is room', () => {
    const { world, violations } = town(4, 3_000);
    const [via] = world.peers;
    if (via === undefined) throw new Error('Three.');
    flood(world, 300);
    world.run(60_000);
    const sizes = via.journal.batches().map(sizeOf);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(batchMost / 4);
    expect(Math.max(...sizes)).toBeGreaterThan(batchMost / 5);
    expect(world.view(via).waiting).toBeLessThanOrEqual(pendingMost);
    expect(violations).toEqual([]);
  });

  it('does not keep what others said from being said again', async () => {
    const { world, facts } = town(5, 500);
    const [via] = world.peers;
    if (via === undefined) throw new Error('Three.');
    const hand = async (text: string): Promise<void> =>
      expect(await via.client.send(text)).toBeNull();
    await hand(textOf(ann.say('before', 0)));
    world.runUntil(() => carriedBy(via).size === 1, 60_000);
    // No more blocks for now.
    world.solveMs = 3_600_000;
    world.run(3_000);
    facts.length = 0;
    for (let count = 0; count < 60; count += 1)
      await hand(textOf(wallet(`fresh ${count}`).say('x', 0)));
    const last = textOf(ann.say('last', 1));
    await hand(last);
    world.run(16_000);
    const texts = facts.flatMap((fact) =>
      fact.kind === 'said' && fact.by === via.self.clientID && fact.message.kind === 'transaction'
        ? [textOf(fact.message.transaction)]
        : [],
    );
    // Each once, and then as many again as are said at a time: the one with a history first.
    expect([texts.length > 61, texts[61]]).toEqual([true, last]);
  });
});

describe('a controller that leaves a transaction out', () => {
  it('is deposed after eight blocks and a minute, and its successor takes it', async () => {
    const { world, violations } = town(6, 2_000);
    const controller = world.controller();
    const via = world.peers.find((peer) => peer !== controller);
    if (controller === null || via === undefined) throw new Error('Three.');
    expect(await via.client.send(textOf(ann.say('before', 0)))).toBeNull();
    world.runUntil(() => carriedBy(via).size === 1, 60_000);

    const isHeard = ({ topic }: Delivery): boolean => topic !== 'sd/transaction';
    world.censors.set(controller.self.clientID, { reword: (_, text) => text, hears: isHeard });
    const [told, height] = [world.told.length, world.view(via).height];
    const text = textOf(ann.say('now', 1));
    expect(await via.client.send(text)).toBeNull();
    const elections = (): readonly string[] =>
      world.told
        .slice(told)
        .flatMap(({ note }) => (note.kind === 'election' ? [note.suspicion] : []));
    world.run(59_000);
    expect(elections()).toEqual([]);
    expect(world.view(via).height).toBeGreaterThan(height + 8);
    expect(world.runUntil(() => carriedBy(via).has(text), 30_000)).toBe(true);
    expect(elections()).toContain('idle');
    expect(world.controller()).not.toBe(controller);
    expect(violations).toEqual([]);
  });
});
