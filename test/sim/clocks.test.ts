/** Wrong clocks and outages: blocks come at about the interval, and what was open is sealed. */

import { expect, test } from 'vitest';
import { nodeHasher } from '../../src/node/crypto.ts';
import type { Recorded } from '../../src/record/recording.ts';
import { Referee } from '../../src/record/referee/referee.ts';
import { describeViolation } from '../../src/record/referee/violation.ts';
import type { Drift } from '../../src/sim/body.ts';
import { checkersOf, type Violation, Watch } from '../../src/sim/checkers/all.ts';
import { toyVerifier } from '../../src/sim/toy-crypto.ts';
import { World } from '../../src/sim/world.ts';
import { recorder } from '../broken/tape.ts';

const hourMs = 3_600_000;
const intervalMs = 3_000;
const bits = 5;

const clock = (offsetMs: number, isStill = false): Drift => ({ rate: 1, offsetMs, isStill });

/** A network in which the controller does not mine, and blocks of `bits` take an interval. */
function found(
  clocks: readonly Drift[],
  recording: Recorded[] = [],
): { world: World; violations: Violation[] } {
  const watch = new Watch(checkersOf(nodeHasher));
  const violations: Violation[] = [];
  const world = new World({
    seed: 10,
    hasher: nodeHasher,
    solveMs: intervalMs * (clocks.length - 1),
    solveBits: bits,
    settings: { peers: clocks.length, difficulty: `interval2:${intervalMs}@${bits}` },
    onCarried: recorder(recording),
    onFact: (fact) => {
      const violation = watch.see(fact);
      if (violation !== null) violations.push(violation);
    },
  });
  for (const drift of clocks) world.start({}, drift);
  expect(world.runUntil(() => world.controller() !== null, 60_000)).toBe(true);
  return { world, violations };
}

/** The bits of all challenges told since. */
const bitsSince = (world: World, since: number): readonly number[] =>
  world.told.slice(since).flatMap(({ note }) => (note.kind === 'challenge' ? [note.bits] : []));

const heightOf = (world: World): number =>
  Math.max(...world.alive().map((peer) => world.view(peer).height));

test('half of the clocks an hour off, and one that stands still, change nothing', () => {
  const wrong = [clock(hourMs), clock(-hourMs), clock(0, true)];
  const { world, violations } = found([...wrong, clock(0), clock(0)]);
  const governed = new Set<string>();
  const [since, height, rounds] = [world.told.length, heightOf(world), 12];
  for (let round = 0; round < rounds; round += 1) {
    world.run(60_000);
    const controller = world.controller();
    if (controller === null) continue;
    governed.add(controller.name);
    world.kill(controller);
    world.run(20_000);
    world.restart(controller);
  }
  const intervals = (rounds * 80_000) / intervalMs / (heightOf(world) - height);
  expect(governed.size).toBeGreaterThan(3);
  // Some of the time there is no controller, or one miner less.
  expect(intervals).toBeGreaterThan(0.6);
  expect(intervals).toBeLessThan(1.6);
  expect(Math.max(...bitsSince(world, since))).toBeLessThanOrEqual(bits + 2);
  expect(violations).toEqual([]);
});

test('an outage of an hour leaves its proposal to be sealed, and no flood of easy blocks', () => {
  const { world, violations } = found([clock(0), clock(0), clock(hourMs)]);
  world.run(60_000);
  const told = world.told.length;
  const proposed = (): string | undefined =>
    world.told
      .slice(told)
      .flatMap(({ note, peer }) =>
        note.kind === 'proposed' && peer !== world.controller()?.name ? [note.miner] : [],
      )[0];
  world.runUntil(() => proposed() !== undefined, 60_000);
  const height = heightOf(world);
  world.network.stop(true);
  world.run(hourMs);
  expect(heightOf(world)).toBe(height);
  const open = world.peers.map(({ journal }) =>
    journal.recover().entries.findLast(({ kind }) => kind === 'accepted'),
  );
  world.network.restart();
  const since = world.told.length;
  world.run(60_000);
  const results = world.told
    .slice(since)
    .flatMap(({ note }) =>
      note.kind === 'result' && note.block.transactionID === height ? [note.digest] : [],
    );
  expect(results.length).toBeGreaterThan(0);
  expect(open.map((entry) => entry?.kind === 'accepted' && entry.digest)).toContain(results[0]);
  const after = heightOf(world) - height;
  expect(after).toBeGreaterThan(8);
  expect(after).toBeLessThan(40);
  expect(bitsSince(world, since).filter((it) => it < bits - 2).length).toBeLessThan(10);
  expect(violations).toEqual([]);
});

test('a challenge that stays unsolved is opened again easier, and the next ones are, too', () => {
  const recording: Recorded[] = [];
  const { world, violations } = found([clock(0), clock(0), clock(0)], recording);
  world.run(30_000);
  world.solveMs *= 10_000;
  world.run(20_000);
  const [number, told] = [heightOf(world), world.told.length];
  const shown = (from: number): readonly number[] =>
    world.told
      .slice(from)
      .flatMap(({ note }) =>
        note.kind === 'challenge' && note.transactionID === number ? [note.bits] : [],
      );
  const first = recording.findLast(({ topic }) => topic === 'sd/challenge');
  world.run(60 * intervalMs);
  // Three peers tell each: after 8, 16 and 32 intervals.
  expect(shown(told).length).toBeGreaterThanOrEqual(6);
  expect(Math.min(...shown(told))).toBeLessThan(bits - 1);
  expect(heightOf(world)).toBe(number);
  // Somebody says it again as it was at first, and no miner turns back to it.
  const turned = world.told.length;
  world.inject('sd/challenge', first?.payload ?? new Uint8Array());
  world.run(1_000);
  expect(shown(turned)).toEqual([]);
  world.solveMs *= 12 / 10_000;
  world.run(1_800_000);
  const before = heightOf(world);
  world.run(300_000);
  // A twelfth of the power is left, and blocks come about as often as before.
  expect(heightOf(world) - before).toBeGreaterThan(300_000 / intervalMs / 4);
  expect(violations).toEqual([]);
  // The referee sees one challenge that was made easier, and not two.
  const referee = new Referee({ prefix: 'sd', hasher: nodeHasher, verifier: toyVerifier() });
  const charges = [...recording.flatMap((it) => referee.hear(it)), ...referee.end()];
  expect(charges.map(describeViolation)).toEqual([]);
});

test('a solution that was lost on its way still wins when its challenge has become easier', () => {
  const world = new World({
    seed: 4,
    hasher: nodeHasher,
    solveMs: 1_000,
    settings: { peers: 3, difficulty: 'interval2:500@5' },
  });
  for (let count = 0; count < 3; count += 1) world.start();
  expect(world.runUntil(() => world.controller() !== null, 60_000)).toBe(true);
  world.run(2_000);
  const controller = world.controller();
  const miners = world.peers.filter((peer) => peer !== controller);
  for (const miner of miners) miner.link.stall = 'up';
  const [number, told] = [heightOf(world), world.told.length];
  const bitsOf = (): readonly number[] =>
    world.told
      .slice(told)
      .flatMap(({ note, peer }) =>
        note.kind === 'challenge' && note.transactionID === number && peer === controller?.name
          ? [note.bits]
          : [],
      );
  expect(world.runUntil(() => bitsOf().length > 0 && Math.min(...bitsOf()) < 5, 30_000)).toBe(true);
  const found = world.told.slice(told).filter(({ note }) => note.kind === 'found');
  expect(found.length).toBeGreaterThan(0);
  world.run(100);
  for (const { link } of miners) {
    // All that they have said meanwhile is lost.
    link.session?.held.up.splice(0);
    link.stall = 'none';
  }
  expect(world.runUntil(() => heightOf(world) > number, 20_000)).toBe(true);
  const won = world.told.flatMap(({ note }) =>
    note.kind === 'result' && note.block.transactionID === number ? [note.block.challenge] : [],
  );
  expect(won[0]).toBe(5);
});
