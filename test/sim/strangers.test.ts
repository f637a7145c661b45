/** The bad of false worlds: what a stranger and a bad member do, and what is asked beside them. */

import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/client/link.ts';
import { assert } from '../../src/domain/assert.ts';
import type { MessageKind } from '../../src/domain/message.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { Body, trueClock } from '../../src/sim/body.ts';
import { Chance } from '../../src/sim/chance.ts';
import { problemOfRecovery } from '../../src/sim/checkers/liveness.ts';
import { FalseLink } from '../../src/sim/false-link.ts';
import { Ills } from '../../src/sim/ills.ts';
import { Insider } from '../../src/sim/insider.ts';
import { live, titleOf } from '../../src/sim/life.ts';
import { PERSONALITIES } from '../../src/sim/personality.ts';
import { INSIDER_KINDS, type InsiderKind, planLife, withoutBad } from '../../src/sim/plan.ts';
import { Stranger } from '../../src/sim/stranger.ts';
import { Tally } from '../../src/sim/tally.ts';
import { senderIn } from '../../src/sim/tape.ts';
import { type Inhabitant, World, type WorldOptions } from '../../src/sim/world.ts';
import { DEFAULT_PREFIX, readTopic } from '../../src/wire/topics.ts';

const never = (): boolean => false;

function town(peers: number, more: Partial<WorldOptions> = {}): World {
  const world = new World({ seed: 6, hasher: nodeHasher, settings: { peers }, ...more });
  for (let started = 0; started < peers; started += 1) world.start();
  expect(world.runUntil(() => world.controller() !== null, 10_000)).toBe(true);
  return world;
}

function controllerOf(world: World): Inhabitant {
  const controller = world.controller();
  assert(controller !== null, 'A well world has a controller.');
  return controller;
}

/** Kinds of the messages that `peer` says from now on. */
function wordsOf(world: World, { self }: Inhabitant): Set<MessageKind> {
  const words = new Set<MessageKind>();
  world.network.listen(({ topic, payload }) => {
    const kind = readTopic(DEFAULT_PREFIX, topic)?.kind;
    if (kind !== undefined && senderIn(kind, payload) === self.clientID) words.add(kind);
  });
  return words;
}

describe('a world with bad ones', () => {
  it('is otherwise the same', () => {
    for (const seed of [1, 2, 3, 7]) {
      const well = planLife(seed, { ...withoutBad, peers: 5 });
      const bad = planLife(seed, { peers: 5, hasStranger: true, insider: 'stuck' });
      expect(bad).toEqual({ ...well, hasStranger: true, insider: 'stuck' });
    }
  });

  it('comes about in a third of the seeds, and its bad member is one of three at least', () => {
    const plans = Array.from({ length: 600 }, (_, seed) => planLife(seed));
    const insiders = plans.filter(({ insider }) => insider !== null);
    const strangers = plans.filter(({ hasStranger }) => hasStranger);
    expect(strangers.length / 600).toBeCloseTo(1 / 3, 1);
    // Small worlds have none.
    expect(insiders.length / 600).toBeGreaterThan(0.2);
    expect(new Set(insiders.map(({ insider }) => insider)).size).toBe(INSIDER_KINDS.length);
    expect(insiders.filter(({ peers }) => peers < 3)).toEqual([]);
  });

  const kept: readonly InsiderKind[] = INSIDER_KINDS.filter((kind) => kind !== 'boastful');
  it.each(kept)('keeps what must hold beside a member that is %s', (kind) => {
    const tally = new Tally();
    const problems = [4, 21, 22, 25].flatMap((seed) => {
      const life = live(planLife(seed, { hasStranger: false, insider: kind }), nodeHasher);
      tally.add(life);
      const { plan, violation } = life;
      return violation === null
        ? []
        : [`${titleOf(plan)}: ${violation.name}, ${violation.sentence}`];
    });
    expect(problems).toEqual([]);
    expect(tally.describe()).toContain(`bad members: ${kind} 4`);
    expect(tally.electionsPerWorld('with a bad member')).toBeGreaterThan(1);
    expect(tally.electionsPerWorld('without bad ones')).toBe(0);
    expect(tally.totals()).toMatchObject({ worlds: 4, broken: 0, insiders: { [kind]: 4 } });
  });
});

describe('a stranger', () => {
  it('repeats old words, makes up new ones, and stops', () => {
    const world = town(3);
    const stranger = new Stranger(world, 1, nodeHasher);
    const topics = new Set<string>();
    stranger.begin();
    world.network.listen(({ topic }) => topics.add(topic.split('/')[1] ?? ''));
    world.run(90_000);
    const { repeated, invented } = stranger.done;
    expect(repeated).toBeGreaterThan(30);
    expect(invented).toBeGreaterThan(500);
    for (const topic of ['transaction', 'offer', 'sync', 'solution', 'init', 'quest'])
      expect(topics).toContain(topic);
    stranger.end();
    world.run(10_000);
    expect(stranger.done).toEqual({ repeated, invented });
  });

  it('says the last words of a controller that was killed, five times a second', () => {
    const world = town(5);
    const stranger = new Stranger(world, 1, nodeHasher);
    world.run(6_000);
    const controller = controllerOf(world);
    world.kill(controller);
    const said: Delivery[] = [];
    world.network.listen((delivery) => {
      const kind = readTopic(DEFAULT_PREFIX, delivery.topic)?.kind ?? 'answer';
      const isIts = senderIn(kind, delivery.payload) === controller.self.clientID;
      if (isIts && kind === 'heartbeat') said.push(delivery);
    });
    stranger.begin();
    world.run(2_000);
    stranger.end();
    expect(said.length).toBeGreaterThanOrEqual(10);
    expect(new Set(said.map(({ payload }) => payload)).size).toBeLessThanOrEqual(2);
  });

  /** How many presences a broker with these manners shows once a stranger has cleared one. */
  function presencesAfterClearing(name: keyof typeof PERSONALITIES): number {
    const world = town(3, { personality: PERSONALITIES[name] });
    world.run(1_000);
    const [peer] = world.peers;
    const topic = `${DEFAULT_PREFIX}/peer/${peer?.self.clientID}`;
    world.network.intrude({ topic, payload: new Uint8Array(), retained: true });
    for (const each of world.peers) each.link.stall = 'up';
    const shown: Delivery[] = [];
    const body = new Body(world.agenda, trueClock);
    const link = new FalseLink(world.network, [`${DEFAULT_PREFIX}/peer/+`], body);
    const onDelivery = (delivery: Delivery): void => void shown.push(delivery);
    link.connect(
      { topic: 'x', text: '' },
      { onConnected: () => undefined, onDisconnected: () => undefined, onDelivery },
    );
    world.run(100);
    return shown.filter(({ retained }) => retained).length;
  }

  it('clears what a broker keeps, unless it has rights for each topic', () => {
    expect(presencesAfterClearing('mosquitto')).toBe(2);
    expect(presencesAfterClearing('aedes')).toBe(3);
  });
});

describe('a bad member', () => {
  const turn = (world: World, kind: InsiderKind, peer: Inhabitant): Insider =>
    new Insider(world, new Chance(1), kind, peer);

  it('says nothing where it is silent, only heartbeats where it beats, all once mended', () => {
    for (const [kind, words] of [
      ['silent', []],
      ['beating', ['heartbeat']],
    ] as const) {
      const world = town(5);
      world.run(1_000);
      const peer = controllerOf(world);
      const said = wordsOf(world, peer);
      const insider = turn(world, kind, peer);
      world.run(14_000);
      expect([...said].filter((word) => word !== 'introduction')).toEqual(words);
      insider.end();
      world.run(60_000);
      expect(said.size).toBeGreaterThan(2);
    }
  });

  it('lets no block come about as a stuck, secretive or choosy controller, until mended', () => {
    for (const kind of ['stuck', 'secretive', 'choosy'] as const) {
      const world = town(5);
      const peer = controllerOf(world);
      world.run(20_000);
      const others = world.peers.filter((each) => each !== peer);
      const insider = turn(world, kind, peer);
      world.run(1_000);
      const before = Math.max(...others.map((each) => world.view(each).height));
      world.run(12_000);
      const after = Math.max(...others.map((each) => world.view(each).height));
      expect([kind, after - before]).toEqual([kind, 0]);
      insider.end();
      world.run(60_000);
      expect(Math.max(...others.map((each) => world.view(each).height))).toBeGreaterThan(after);
    }
  });

  it('removes living members as an expelling controller, and is patient again afterwards', () => {
    const world = town(5);
    const peer = controllerOf(world);
    const insider = turn(world, 'expelling', peer);
    let fewest = 5;
    world.runUntil(() => {
      fewest = Math.min(fewest, world.view(peer).members.length);
      return fewest < 5;
    }, 60_000);
    expect(fewest).toBe(4);
    insider.end();
    expect(peer.settings.removalMs).toBe(60_000);
    expect(world.runUntil(() => world.view(peer).members.length === 5, 60_000)).toBe(true);
  });

  it('claims far numbers under its own key where it is boastful, and votes far once', () => {
    const world = town(3);
    const peer = world.peers.find((each) => each !== controllerOf(world));
    assert(peer !== undefined, 'There are three.');
    turn(world, 'boastful', peer);
    const texts: string[] = [];
    world.network.listen(({ payload }) => texts.push(new TextDecoder().decode(payload)));
    world.run(60_000);
    const far = (field: string): number =>
      texts.filter((text) => text.includes(`"${field}":9007199254740991`)).length;
    for (const field of ['Term', 'Beat', 'Incarnation', 'TransactionID'])
      expect(far(field)).toBeGreaterThan(0);
    // Elections, in some of which it votes.
    for (let count = 0; count < 4; count += 1) {
      const controller = controllerOf(world);
      world.kill(controller);
      world.run(30_000);
      world.restart(controller);
      world.run(30_000);
    }
    const own = texts.filter((text) => text.startsWith(`{"ClientID":"${peer.self.clientID}"`));
    const terms = own
      .filter((text) => text.includes('"VoteID"'))
      .map((text) => JSON.parse(text).Term);
    expect(new Set(terms).size).toBeGreaterThan(2);
    expect(terms.filter((term) => term === 9007199254740990)).toHaveLength(1);
  });
});

describe('what is asked beside the bad', () => {
  it('finds that no block is mined', () => {
    const world = town(3);
    const plan = planLife(2, { peers: 3, hasStranger: true, insider: null });
    const ills = new Ills(world, plan, nodeHasher);
    for (const peer of world.peers) void peer.client.pause();
    const { sentence } = ills.besiege(never) ?? {};
    expect(sentence).toBe('No block was mined in 45 s beside a stranger.');
    expect(ills.sum().stillMs).toBeGreaterThan(45_000);
  });

  it('finds that all is not well a minute after they are gone', () => {
    const world = town(3);
    expect(problemOfRecovery(world, never)).toBeNull();
    for (const peer of world.peers) void peer.client.pause();
    world.run(30_000);
    expect(problemOfRecovery(world, never)?.sentence).toMatch(/^A minute after the bad were gone/);
  });
});
