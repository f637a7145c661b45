/** What a network must keep to beside a stranger and a bad member: scenes, and whole lives. */

import { describe, expect, it } from 'vitest';
import { assert } from '../../src/domain/assert.ts';
import type { MessageKind } from '../../src/domain/message.ts';
import type { Digest, Nonce, Term } from '../../src/domain/names.ts';
import { commitmentOf } from '../../src/election/draw.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { Chance } from '../../src/sim/chance.ts';
import { Insider } from '../../src/sim/insider.ts';
import { live, titleOf } from '../../src/sim/life.ts';
import { planLife, withoutBad } from '../../src/sim/plan.ts';
import { type Heard, senderIn, Tape } from '../../src/sim/tape.ts';
import { type Inhabitant, World } from '../../src/sim/world.ts';
import { DEFAULT_PREFIX, readTopic } from '../../src/wire/topics.ts';

const any = Number.POSITIVE_INFINITY;

/** A network of `peers` that is well, and all that was ever said in it. */
function town(peers: number): { readonly world: World; readonly tape: Tape } {
  const world = new World({ seed: 6, hasher: nodeHasher, settings: { peers } });
  const tape = new Tape();
  world.network.listen((delivery) => void tape.hear(delivery, world.agenda.now));
  for (let started = 0; started < peers; started += 1) world.start();
  expect(world.runUntil(() => world.controller() !== null, 10_000)).toBe(true);
  world.run(30_000);
  return { world, tape };
}

function controllerOf(world: World): Inhabitant {
  const controller = world.controller();
  assert(controller !== null, 'A well world has a controller.');
  return controller;
}

/** A stranger says what `next` gives again, five times a second from now on. */
function repeat(world: World, next: () => readonly (Heard | null | undefined)[]): void {
  world.agenda.plan(200, () => {
    for (const heard of next()) if (heard) world.network.intrude(heard.delivery);
    repeat(world, next);
  });
}

/** From the death of the controller to the next one whom all obey; infinite beyond 90 s. */
function failoverMs(world: World, dead: Inhabitant): number {
  const killedAt = world.agenda.now;
  world.kill(dead);
  return world.runUntil(() => isWell(world, dead), 90_000) ? world.agenda.now - killedAt : any;
}

/** With a controller that all obey and that is not `dead`. */
function isWell(world: World, dead: Inhabitant): boolean {
  const controller = world.controller();
  return controller !== null && controller !== dead;
}

describe('a controller that was killed', () => {
  /** Without repeated messages. */
  function usualMs(peers: number): number {
    const { world } = town(peers);
    return failoverMs(world, controllerOf(world));
  }

  it.each<readonly [peers: number, kinds: readonly MessageKind[]]>([
    [5, ['heartbeat']],
    [5, ['challenge']],
    [5, ['heartbeat', 'challenge', 'mandate', 'proposal', 'result', 'presence', 'introduction']],
    // Its mandate is longer than any text that is remembered.
    [10, ['mandate']],
  ])('of %d is followed as soon as ever though a stranger repeats its last %s', (peers, kinds) => {
    const { world, tape } = town(peers);
    const dead = controllerOf(world);
    repeat(world, () => kinds.map((kind) => tape.last(dead.self.clientID, kind)));
    // An election more may be had by chance, but no suspicion that takes longer.
    expect(failoverMs(world, dead)).toBeLessThan(usualMs(peers) + 6_000);
  });

  /** Of five the controller and one more die, and a third one, without whom there is no majority,
   * starts again; whether there is another controller within a minute. */
  function isFollowed(isBeset: boolean): boolean {
    const { world, tape } = town(5);
    world.run(120_000);
    const dead = controllerOf(world);
    const [back, other] = world.peers.filter((peer) => peer !== dead);
    assert(back !== undefined && other !== undefined, 'There are five.');
    const { clientID } = dead.self;
    const [, ...beats] = tape.beatsOf(clientID);
    expect(beats.length).toBeGreaterThan(25);
    for (const peer of [back, other, dead]) world.kill(peer);
    world.restart(back);
    let ticks = 0;
    // Each heartbeat is news for one that has heard none of them, and stays the last for 2 s.
    const next = (): readonly (Heard | null | undefined)[] => {
      ticks += 1;
      return [tape.last(clientID, 'mandate'), beats[Math.floor(ticks / 10)]];
    };
    if (isBeset) repeat(world, next);
    return world.runUntil(() => isWell(world, dead), 50_000);
  }

  it('is believed dead by one that has just come, though its old heartbeats rise', () => {
    expect(isFollowed(false)).toBe(true);
    expect(isFollowed(true)).toBe(true);
  });
});

describe('a controller that governs', () => {
  it('is obeyed by one that has just come, though it hears that it did not govern yet', () => {
    const { world, tape } = town(5);
    world.network.nemesis = { loss: 0, repeat: 0, delayMs: [0.5, 300] };
    world.kill(controllerOf(world));
    world.run(30_000);
    const controller = controllerOf(world);
    const { term } = world.view(controller);
    const { clientID } = controller.self;
    const early = tape.beatsOf(clientID).filter(({ delivery }) => {
      const text = new TextDecoder().decode(delivery.payload);
      return text.includes(`"Term":${term},`) && !text.includes(`"ControllerID":"${clientID}"`);
    });
    expect(early.length).toBeGreaterThan(0);
    const [back] = world.alive().filter((peer) => peer !== controller);
    assert(back !== undefined, 'Four are left.');
    world.kill(back);
    const lastBeat = (): Heard | null => tape.last(clientID, 'heartbeat');
    const before = lastBeat();
    expect(world.runUntil(() => lastBeat() !== before, 10_000)).toBe(true);
    // Its next heartbeat is 5 s away; until then an old one is the latest that `back` hears.
    world.restart(back);
    world.run(3_000);
    expect(world.view(back).controllerID).toBe(clientID);
    for (const { delivery } of early) world.network.intrude(delivery);
    world.run(20_000);
    expect(world.view(back).controllerID).toBe(clientID);
  });
});

describe('a member that boasts of far numbers', () => {
  it('stops no peer, not even one that starts again with what it has written', () => {
    const { world } = town(5);
    const [bad] = world.peers.filter((peer) => peer !== controllerOf(world));
    assert(bad !== undefined, 'There are five.');
    const insider = new Insider(world, new Chance(1), 'boastful', bad);
    world.run(30_000);
    const height = (): number => Math.max(...world.peers.map((peer) => world.view(peer).height));
    const before = height();
    expect(world.runUntil(() => height() >= before + 3, 60_000)).toBe(true);
    insider.end();
    for (const peer of world.peers) world.kill(peer);
    for (const peer of world.peers) world.restart(peer);
    const since = height();
    expect(world.runUntil(() => height() >= since + 3, 60_000)).toBe(true);
    for (const peer of world.peers) expect(world.view(peer).term).toBeLessThan(10_000);
  });

  it.each([5_000, 9_999, 10_000, 10_001])(
    'leaves terms to elect in when it calls for an election %d terms ahead',
    (ahead) => {
      const { world } = town(5);
      const dead = controllerOf(world);
      const [bad] = world.peers.filter((peer) => peer !== dead);
      assert(bad !== undefined, 'There are five.');
      const { term, network } = world.view(bad);
      assert(network !== null, 'It is founded.');
      // Its word is over when the controller dies: no peer can join that election any more.
      call(world, bad, (term + ahead) as Term, network);
      world.run(10_000);
      expect(failoverMs(world, dead)).toBeLessThan(20_000);
    },
  );
});

describe('a member that claims ever higher terms', () => {
  it.each([1, 2, 3])('leaves together those that did not all hear %d of them', (claims) => {
    const { world } = town(3);
    const dead = controllerOf(world);
    const [left, away] = world.peers.filter((peer) => peer !== dead);
    assert(left !== undefined && away !== undefined, 'There are three.');
    const { clientID } = dead.self;
    const { term, network, height } = world.view(dead);
    world.kill(away);
    const [incarnation, rest] = [
      1_900_000_000_000,
      { network, state: 'ready', hashRate: 0 },
    ] as const;
    for (let beat = 1; beat <= claims; beat += 1) {
      const far = (term + 10_000 * beat) as Term;
      const about = { incarnation, beat, term: far, controllerID: null, transactionID: height };
      world.utter(dead, { kind: 'heartbeat', clientID, ...about, ...rest });
      world.run(50);
    }
    expect(world.view(left).term).toBe(term + 10_000 * claims);
    world.kill(dead);
    world.restart(away);
    expect(world.runUntil(() => isWell(world, dead), 60_000)).toBe(true);
  });
});

/** Says a commitment and its reveal, as one of an election of its own. */
function call(world: World, by: Inhabitant, term: Term, roster: Digest, reveals = true): void {
  const { clientID, publicKey } = by.self;
  const nonce = 'ab'.repeat(32) as Nonce;
  const commit = commitmentOf(term, clientID, nonce, nodeHasher);
  const isFounding = world.view(by).network === null;
  const key = isFounding && { publicKey };
  world.utter(by, { kind: 'commitment', clientID, term, roster, commit, ...key });
  if (reveals) world.utter(by, { kind: 'reveal', clientID, term, nonce });
}

describe('a founding', () => {
  const answers = [
    ['with its reveal', 0],
    ['with the next term', 1],
  ] as const;

  it.each(answers)('comes about beside one outside that answers each commitment %s', (_, ahead) => {
    const world = new World({ seed: 6, hasher: nodeHasher });
    const founders = Array.from({ length: 3 }, () => world.identity());
    const stranger = world.start({ difficulty: 'fixed:5' });
    world.network.listen(({ topic, payload }) => {
      const place = readTopic(DEFAULT_PREFIX, topic);
      const sender = place?.kind === 'commitment' ? senderIn('commitment', payload) : null;
      if (sender === null || sender === stranger.self.clientID) return;
      const said: { Term: Term; Roster: Digest } = JSON.parse(new TextDecoder().decode(payload));
      const term = (said.Term + ahead) as Term;
      world.agenda.plan(3, () => call(world, stranger, term, said.Roster, ahead === 0));
    });
    for (const self of founders) {
      world.start({ self, founders });
      world.run(7);
    }
    const others = world.peers.filter((peer) => peer !== stranger);
    const isDone = (): boolean => others.every((peer) => world.view(peer).network !== null);
    expect(world.runUntil(isDone, 20_000)).toBe(true);
  });

  it.each([100, 101, 9_999, 10_000, 10_001])(
    'comes about though one without a part in it has called for term %d',
    (term) => {
      const world = new World({ seed: 6, hasher: nodeHasher });
      const founders = Array.from({ length: 3 }, () => world.identity());
      // Under other rules it has no part in this one.
      const stranger = world.start({ difficulty: 'fixed:5' });
      for (const self of founders.slice(1)) world.start({ self, founders });
      world.run(3_000);
      call(world, stranger, term as Term, 'ab'.repeat(32) as Digest);
      world.run(1_000);
      world.kill(stranger);
      for (const self of founders.slice(0, 1)) world.start({ self, founders });
      expect(world.runUntil(() => world.controller() !== null, 20_000)).toBe(true);
    },
  );
});

describe('lives beside the bad', () => {
  const problemsOf = (seeds: readonly number[], wish: Parameters<typeof planLife>[1]): string[] =>
    seeds.flatMap((seed) => {
      const { plan, violation } = live(planLife(seed, wish), nodeHasher);
      if (violation === null) return [];
      return [`${titleOf(plan)}: ${violation.name}, ${violation.sentence}`];
    });
  const seeds = Array.from({ length: 12 }, (_, index) => 20 + index);

  it('keep what must hold beside a stranger', () => {
    expect(problemsOf(seeds, { ...withoutBad, hasStranger: true })).toEqual([]);
  });

  it('keep what must hold beside a member that is boastful', () => {
    expect(problemsOf(seeds, { ...withoutBad, insider: 'boastful' })).toEqual([]);
  });

  it('keep what must hold beside the bad that the seed has', () => {
    expect(
      problemsOf(
        Array.from({ length: 25 }, (_, index) => 1 + index),
        {},
      ),
    ).toEqual([]);
  });

  it('hold where a boastful member was once ended by a repeat of its own claims', () => {
    expect(problemsOf([810_184, 811_020], { hasStranger: true, insider: 'boastful' })).toEqual([]);
  });
});
