/** Bad lives of false worlds: safety always, and a controller again once the faults are over. */

import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../../src/node/crypto.ts';
import { brokenSafety, live, retell } from '../../src/sim/life.ts';

/** One more seed, told in full: `SEED=176 npx vitest run test/sim/worlds.test.ts`. */
const { SEED } = process.env;

describe('a world of loss, repeats, delays, kills, goodbyes and broker outages', () => {
  for (let first = 1; first < 100; first += 25) {
    it(`keeps what must hold, seeds ${first} to ${first + 24}`, () => {
      const seeds = Array.from({ length: 25 }, (_, index) => first + index);
      const broken = seeds
        .map((seed) => live(seed, nodeHasher))
        .filter(({ fault }) => fault !== null);
      expect(broken.map(({ title, fault }) => `${title}: ${fault}`)).toEqual([]);
    });
  }

  if (SEED !== undefined) {
    it(`retells seed ${SEED}`, () => {
      const { world, title, fault } = live(Number(SEED), nodeHasher);
      process.stdout.write(`${retell(world)}\n${title}: ${fault ?? 'all holds'}\n`);
      expect(fault).toBeNull();
    });
  }
});

describe('the check of a world', () => {
  it('finds a ledger that differs from the others', () => {
    const { world } = live(10, nodeHasher);
    expect(brokenSafety(world)).toBeNull();
    const block = world.peers[0]?.journal.blocks()[0];
    if (block !== undefined) Object.assign(block, { solution: 'f' });
    expect(brokenSafety(world)).toMatch(/^S4/);
  });

  it('finds two controllers of one term', () => {
    const { world } = live(10, nodeHasher);
    const told = world.told.find(({ note }) => note.kind === 'mandate');
    if (told?.note.kind !== 'mandate') throw new Error('There is one.');
    const { note } = told;
    const other = world.peers.find(({ self }) => self.clientID !== note.controller);
    if (other === undefined) throw new Error('There is another peer.');
    world.told.push({ ...told, note: { ...note, controller: other.self.clientID } });
    expect(brokenSafety(world)).toMatch(/^S1/);
  });
});
