/** Where the lowest one present governs: a higher controller makes way, and only with reason. */

import { describe, expect, it } from 'vitest';
import type { Settings } from '../../src/domain/contract.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { Chance } from '../../src/sim/chance.ts';
import { Insider } from '../../src/sim/insider.ts';
import type { Nemesis } from '../../src/sim/network.ts';
import { type Inhabitant, World } from '../../src/sim/world.ts';

const HEARTBEAT_MS = 5_000;

type Making = {
  readonly seed?: number;
  readonly count?: number;
  readonly solveMs?: number;
  readonly nemesis?: Nemesis;
  readonly settings?: Partial<Settings>;
};

/** A network that is founded, and its members in the order in which they go before one another. */
class Town {
  readonly world: World;
  readonly members: readonly Inhabitant[];

  constructor({ seed = 3, count = 3, settings = {}, ...others }: Making = {}) {
    this.world = new World({
      seed,
      hasher: nodeHasher,
      settings: { peers: count, election: 'present', ...settings },
      ...others,
    });
    for (let started = 0; started < count; started += 1) this.world.start();
    this.until(() => this.world.controller() !== null);
    this.members = [...this.world.peers].sort((a, b) =>
      a.self.clientID < b.self.clientID ? -1 : 1,
    );
  }

  member(place: number): Inhabitant {
    const found = this.members[place];
    if (found === undefined) throw new Error(`There is a member ${place}.`);
    return found;
  }

  governs(peer: Inhabitant): boolean {
    return this.world.controller() === peer;
  }

  until(isDone: () => boolean, forMs = 60_000): void {
    if (!this.world.runUntil(isDone, forMs)) throw new Error(`Not within ${forMs} ms.`);
  }

  /** How long it takes until this one governs. */
  passed(until: Inhabitant, forMs = 60_000): number {
    const from = this.world.agenda.now;
    this.until(() => this.governs(until), forMs);
    return this.world.agenda.now - from;
  }

  /** How often a controller made way. */
  get ways(): number {
    return this.world.told.filter(
      ({ note }) => note.kind === 'stepped-down' && note.why === 'lower-member',
    ).length;
  }

  get elections(): number {
    return Math.max(...this.world.peers.map((peer) => this.world.view(peer).term));
  }

  get height(): number {
    return Math.max(...this.world.alive().map((peer) => this.world.view(peer).height));
  }
}

/** The lowest one is gone for a while, so that the second one governs. */
function without(town: Town): Inhabitant {
  const lowest = town.member(0);
  town.world.kill(lowest);
  town.until(() => town.governs(town.member(1)));
  town.world.run(3_000);
  return lowest;
}

describe('a controller', () => {
  it('makes way for a lower one that comes back, after three heartbeats', () => {
    const town = new Town();
    expect(town.governs(town.member(0))).toBe(true);
    town.world.restart(without(town));
    const ms = town.passed(town.member(0));
    expect(ms).toBeGreaterThanOrEqual(3 * HEARTBEAT_MS);
    expect(ms).toBeLessThan(4.5 * HEARTBEAT_MS);
    expect(town.ways).toBe(1);
  });

  it('does so too while blocks come many times a second', () => {
    const town = new Town({ solveMs: 1 });
    const lowest = without(town);
    const before = town.height;
    town.world.restart(lowest);
    const ms = town.passed(lowest);
    expect(ms).toBeLessThan(6 * HEARTBEAT_MS);
    expect((town.height - before) / ms).toBeGreaterThan(1 / 200);
  });

  it('does so too where every third message is lost', () => {
    const loss: Nemesis = { loss: 0.3, repeat: 0.1, delayMs: [1, 300] };
    const town = new Town({ nemesis: loss, seed: 8 });
    const lowest = town.member(0);
    if (town.governs(lowest)) town.world.kill(lowest);
    town.until(() => town.world.alive().some((peer) => town.governs(peer)));
    if (!lowest.isAlive) town.world.restart(lowest);
    expect(town.passed(lowest, 300_000)).toBeGreaterThan(0);
  });

  it('makes way once, and not for one after another, where all lower ones come back', () => {
    const town = new Town({ count: 5 });
    const [first, second, third] = town.members;
    if (first === undefined || second === undefined || third === undefined) throw new Error('5.');
    town.world.kill(first);
    town.world.kill(second);
    town.until(() => town.governs(third));
    town.world.restart(second);
    town.world.run(1_000);
    town.world.restart(first);
    town.passed(first);
    town.world.run(90_000);
    expect(town.governs(first)).toBe(true);
    expect(town.ways).toBe(1);
  });

  it('settles first what it has proposed', () => {
    const town = new Town();
    const lowest = without(town);
    town.world.restart(lowest);
    // Acknowledgements are lost from now on: a proposal stays open.
    town.world.run(2 * HEARTBEAT_MS);
    for (const peer of town.members)
      town.world.censors.set(peer.self.clientID, {
        reword: (topic, text) => (topic === 'sd/ack' ? null : text),
        hears: () => true,
      });
    town.world.run(2 * HEARTBEAT_MS);
    expect(town.ways).toBe(0);
    town.world.censors.clear();
    expect(town.passed(lowest)).toBeLessThan(2 * HEARTBEAT_MS);
    expect(town.ways).toBe(1);
  });

  it('makes way for a lower observer only once it is a member', () => {
    const town = new Town({ count: 3, settings: { removalMs: 20_000 } });
    const lowest = without(town);
    const second = town.member(1);
    town.until(() => town.world.view(second).members.length === 2);
    expect(town.world.view(second).members).not.toContain(lowest.self.clientID);
    town.world.restart(lowest);
    const role = (): string => town.world.view(lowest).role;
    town.until(() => role() === 'observer');
    town.until(() => role() === 'member');
    expect(town.ways).toBe(0);
    expect(town.passed(lowest)).toBeGreaterThanOrEqual(2.9 * HEARTBEAT_MS);
    expect(town.ways).toBe(1);
  });

  it('is asked twice as late each time by one that never takes part', () => {
    const town = new Town();
    const lowest = without(town);
    const second = town.member(1);
    // It hears and answers, but in elections it says nothing.
    town.world.censors.set(lowest.self.clientID, {
      reword: (topic, text) => (/commit|reveal|voting/.test(topic) ? null : text),
      hears: () => true,
    });
    town.world.restart(lowest);
    const at: number[] = [];
    for (let times = 1; times <= 4; times += 1) {
      town.until(() => town.ways === times, 200_000);
      at.push(town.world.agenda.now);
      town.passed(second);
    }
    const [first = 0, ...later] = at;
    const waits = later.map((moment, index) => moment - (at[index] ?? first));
    for (const [index, wait] of waits.entries()) {
      const heartbeats = 3 * 2 ** (index + 1);
      expect(wait).toBeGreaterThan(heartbeats * HEARTBEAT_MS);
      expect(wait).toBeLessThan((heartbeats + 3) * HEARTBEAT_MS);
    }
    // Blocks came all the time.
    expect(town.height).toBeGreaterThan(50);
  });

  it('is asked twice as late by one that does no work as controller', () => {
    const town = new Town({ count: 5 });
    const lowest = without(town);
    new Insider(town.world, new Chance(1), 'stuck', lowest);
    town.world.restart(lowest);
    const before = town.elections;
    town.world.run(600_000);
    // 15, 30, 60, 120 and 240 s of others, and each time some 30 s of its own.
    expect(town.ways).toBeGreaterThanOrEqual(3);
    expect(town.ways).toBeLessThanOrEqual(5);
    expect(town.elections - before).toBeLessThanOrEqual(2 * town.ways + 4);
  });

  it('makes way for no member that is behind', () => {
    const town = new Town();
    const lowest = without(town);
    // Cut off from all that is final, it says its heartbeats at an old height.
    town.world.censors.set(lowest.self.clientID, {
      reword: (_, text) => text,
      hears: ({ topic }) => !/result|sync/.test(topic),
    });
    town.world.restart(lowest);
    town.world.run(120_000);
    expect(town.world.view(lowest).controllerID).toBe(town.member(1).self.clientID);
    expect(town.ways).toBe(0);
  });
});

describe('where the lot decides, or who governs already', () => {
  it.each(['draw', 'lowest'] as const)('no controller makes way: %s', (election) => {
    const town = new Town({ settings: { election } });
    const governing = town.world.controller();
    if (governing === null) throw new Error('There is a controller.');
    town.world.kill(governing);
    town.until(() => town.world.controller() !== null);
    town.world.restart(governing);
    town.world.run(120_000);
    expect(town.ways).toBe(0);
    expect(town.elections).toBe(2);
  });
});
