/** Bad lives of false worlds: safety always, and a controller again once the faults are over. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isPlain, readText } from '../../src/domain/transaction.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { Agenda } from '../../src/sim/agenda.ts';
import type { Checker } from '../../src/sim/checkers/fact.ts';
import {
  problemOfDoom,
  problemOfHealing,
  problemOfPrecedence,
} from '../../src/sim/checkers/liveness.ts';
import { type Life, live, retell, titleOf } from '../../src/sim/life.ts';
import { PERSONALITY_NAMES } from '../../src/sim/personality.ts';
import { planLife, type Wish, withoutBad } from '../../src/sim/plan.ts';
import { shrink } from '../../src/sim/shrink.ts';
import { Tally } from '../../src/sim/tally.ts';
import { World } from '../../src/sim/world.ts';

/** Seeds of worlds that once failed, a line each: number, and what was wrong. */
const failed = readFileSync(new URL('failed-seeds.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\d/.test(line))
  .map((line) => Number.parseInt(line, 10));

const liveSeed = (seed: number): Life => live(planLife(seed, withoutBad), nodeHasher);

/** With the bad peers that the seed has, if any. */
const liveAsDrawn = (seed: number): Life => live(planLife(seed), nodeHasher);

/** With a stranger, and the bad member that the seed has, if any. */
const liveAmongBad = (seed: number): Life =>
  live(planLife(seed, { hasStranger: true }), nodeHasher);

function problemsOf(seeds: readonly number[], liveOne = liveSeed): readonly string[] {
  return seeds
    .map(liveOne)
    .filter(({ violation }) => violation !== null)
    .map(({ plan, violation }) => `${titleOf(plan)}: ${violation?.name} ${violation?.sentence}`);
}

describe('bad lives of false worlds', () => {
  for (let first = 1; first < 100; first += 25) {
    it(`keep what must hold, seeds ${first} to ${first + 24}`, () => {
      expect(problemsOf(Array.from({ length: 25 }, (_, index) => first + index))).toEqual([]);
    });
  }

  it('keep what once did not hold', () => {
    expect(failed.length).toBeGreaterThan(0);
    expect(problemsOf(failed)).toEqual([]);
    expect(problemsOf(failed, liveAsDrawn)).toEqual([]);
    expect(problemsOf(failed, liveAmongBad)).toEqual([]);
  });

  describe('where the lowest one governs, which it does in the end', () => {
    const liveLowest = (wish: Wish) => (seed: number) =>
      live(planLife(seed, { ...wish, election: 'present' }), nodeHasher);
    const seeds = Array.from({ length: 12 }, (_, index) => 1 + index);

    it('keep what must hold', () => {
      expect(problemsOf(seeds, liveLowest(withoutBad))).toEqual([]);
    });

    it('keep it beside strangers and bad members', () => {
      expect(problemsOf(seeds, liveLowest({}))).toEqual([]);
    });
  });

  it('are the same each time', () => {
    const [once, again] = [retell(liveSeed(12)), retell(liveSeed(12))];
    expect(again).toBe(once);
    expect(once.split('\n').length).toBeGreaterThan(100);
  });

  it('have words without a nonce in some ledgers, and refuse most of them as repeats', () => {
    const lives = Array.from({ length: 25 }, (_, index) => liveSeed(1 + index));
    const chatting = lives.filter(({ chatted }) => chatted > 0);
    const said = chatting.flatMap(({ world }) => {
      const journals = world.peers.map(({ journal }) => journal);
      const longest = journals.reduce((a, b) => (b.height > a.height ? b : a));
      const read = longest.batches().flat().map(readText);
      return read.filter((one) => one !== null && isPlain(one));
    });
    expect(chatting.length).toBeGreaterThan(2);
    expect(said.length).toBeGreaterThan(2 * chatting.length);
    expect(said.some((one) => one?.spelling !== undefined)).toBe(true);
    const handedIn = chatting.reduce((sum, { chatted }) => sum + chatted, 0);
    expect(handedIn).toBeGreaterThan(3 * said.length);
  });

  it('are long and bad enough, on every broker, and some lose their majority', () => {
    const tally = new Tally();
    const brokers = new Set<string>();
    for (let seed = 1; seed <= 25; seed += 1) {
      const life = liveSeed(seed);
      tally.add(life);
      brokers.add(life.plan.personality);
      expect(life.faults).toBeGreaterThanOrEqual(5);
      expect(life.world.agenda.now).toBeGreaterThanOrEqual(120_000);
      const heights = life.world.peers.map((peer) => life.world.view(peer).height);
      expect(Math.max(...heights)).toBeGreaterThanOrEqual(10);
    }
    expect([...brokers].sort()).toEqual([...PERSONALITY_NAMES].sort());
    expect(tally.doomed).toBeGreaterThan(0);
    expect(tally.doubles('one')).toBeGreaterThan(20);
    expect([tally.doubles('both'), tally.doubles('forgotten')]).toEqual([0, 0]);
    expect(tally.describe()).toContain(`${tally.seals} blocks sealed`);
    expect(tally.describe()).toMatch(/^seats: 1 to \d+, median \d; brokers: /);
    expect(tally.describe()).toMatch(
      /least of a world: 1[2-9]\d\.\d s, 5 faults, 1\d blocks sealed/,
    );
  });
});

describe('a life that ends badly', () => {
  /** Takes it for a violation that somebody is gone whose goodbye nobody heard. */
  const nobodyCrashes: Checker = {
    name: 'X1',
    states: 'Nobody crashes.',
    begin: () => ({ see: ({ kind }) => (kind === 'crashed' ? 'Somebody crashed.' : null) }),
  };

  it('ends with the violation, and shrinks to the faults that it needs', () => {
    const isFailing = (plan: Life['plan']): boolean =>
      live(plan, nodeHasher, [nobodyCrashes]).violation?.name === 'X1';
    const plan = planLife(3, withoutBad);
    expect(isFailing({ ...plan, deeds: [] })).toBe(false);
    const crashes = plan.deeds.filter(({ what }) => what === 'crash' || what === 'destroy');
    expect(crashes.length).toBeGreaterThan(1);
    const smaller = shrink(plan, isFailing);
    expect(smaller.deeds).toHaveLength(1);
    expect(isFailing(smaller)).toBe(true);
    const bad = { ...smaller, hasStranger: true, insider: 'silent' } as const;
    expect(shrink(bad, isFailing)).toEqual(smaller);
    const isBeset = (candidate: Life['plan']): boolean => candidate.insider !== null;
    expect(shrink(bad, isBeset)).toEqual({ ...smaller, deeds: [], insider: 'silent' });
  });
});

describe('the agenda of a world', () => {
  const stepsOf = (everyMs: number): Agenda => {
    const agenda = new Agenda();
    const goOn = (): void => void agenda.plan(everyMs, goOn);
    goOn();
    for (let steps = 0; steps <= 100_001; steps += 1) agenda.step(1e9);
    return agenda;
  };

  it('tells when so much happens that no time passes', () => {
    expect(stepsOf(0).isStuck).toBe(true);
    expect(stepsOf(0.001).isStuck).toBe(false);
  });
});

describe('the checker of liveness', () => {
  const never = (): boolean => false;
  const town = (peers: number): World => {
    const world = new World({ seed: 5, hasher: nodeHasher, settings: { peers } });
    for (let started = 0; started < 3; started += 1) world.start();
    return world;
  };

  it('finds that no controller comes', () => {
    const { sentence } = problemOfHealing(town(4), never) ?? {};
    expect(sentence).toBe('No controller came after the faults were over.');
  });

  it('finds that one governs that is not the lowest', () => {
    const world = town(3);
    const isLowest = (): boolean => {
      const [lowest] = world.peers.map(({ self }) => self.clientID).sort();
      return world.controller()?.self.clientID === lowest;
    };
    world.runUntil(() => world.controller() !== null, 10_000);
    while (isLowest()) {
      const controller = world.controller();
      if (controller === null) throw new Error('It governs.');
      world.kill(controller);
      world.runUntil(() => world.controller() !== null, 60_000);
      world.restart(controller);
      world.run(5_000);
    }
    expect(problemOfPrecedence(world, never)?.sentence).toMatch(/^The lowest member .* did not/);
  });

  it('finds that a block does not reach everybody', () => {
    const world = town(3);
    world.runUntil(() => world.controller() !== null, 10_000);
    for (const peer of world.peers) void peer.client.pause();
    expect(problemOfHealing(world, never)?.sentence).toBe('Block 10 did not reach everybody.');
  });

  it('finds that a block is sealed where there should be no majority', () => {
    const world = town(3);
    expect(problemOfHealing(world, never)).toBeNull();
    expect(problemOfDoom(world, never)?.sentence).toBe('A minority sealed a block.');
  });

  it('finds that a member does not say why nothing happens', () => {
    const world = town(3);
    expect(problemOfHealing(world, never)).toBeNull();
    const [first, second, last] = world.peers;
    if (first === undefined || second === undefined || last === undefined) throw new Error('3.');
    world.kill(first);
    world.kill(second);
    world.freeze(last);
    expect(problemOfDoom(world, never)?.sentence).toMatch(/^p3 did not say/);
  });
});
