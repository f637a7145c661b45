import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../../src/node/crypto.ts';
import { checkersOf, Watch } from '../../src/sim/checkers/all.ts';
import type { Fact } from '../../src/sim/checkers/fact.ts';
import { type Outcome, playSchedule } from '../../src/sim/small/schedule.ts';
import type { Cast } from '../../src/sim/small/stage.ts';

const settled: Cast = { seats: 3, extra: 0 };
const changing: Cast = { seats: 3, extra: 1 };

const seeds = Array.from({ length: 60 }, (_, index) => index + 1);

/** What came of it, with all that was seen and done on the way. */
function play(
  cast: Cast,
  seed: number,
): Outcome & { readonly facts: readonly Fact[]; readonly steps: readonly string[] } {
  const watch = new Watch(checkersOf(nodeHasher));
  const facts: Fact[] = [];
  const steps: string[] = [];
  const outcome = playSchedule({
    hasher: nodeHasher,
    cast,
    seed,
    see: (fact) => {
      facts.push(fact);
      return watch.see(fact);
    },
    onStep: (step) => steps.push(step),
  });
  return { ...outcome, facts, steps };
}

describe('random schedules of the bare core', () => {
  it.each([
    ['of a settled roster', settled],
    ['of a roster that changes', changing],
  ])('%s keep what must hold, seeds 1 to 60', (_, cast) => {
    const broken = seeds.flatMap((seed) => {
      const { violation } = play(cast, seed);
      return violation === null ? [] : [{ seed, violation }];
    });
    expect(broken).toEqual([]);
  });

  it('come to several controllers, rival blocks, crashes and changes', () => {
    const all = seeds.map((seed) => play(changing, seed));
    const count = (isIt: (fact: Fact) => boolean): number =>
      all.filter(({ facts }) => facts.some(isIt)).length;
    expect(all.filter(({ terms }) => terms >= 3).length).toBeGreaterThan(15);
    expect(all.filter(({ blocks }) => blocks >= 3).length).toBeGreaterThan(15);
    expect(count(({ kind }) => kind === 'restarted')).toBeGreaterThan(15);
    expect(all.filter(({ facts }) => hasRivals(facts)).length).toBeGreaterThan(0);
    const isChange = (fact: Fact): boolean =>
      fact.kind === 'recorded' &&
      fact.entry.kind === 'sealed' &&
      fact.entry.block.change !== undefined;
    expect(count(isChange)).toBeGreaterThan(15);
  });

  it('are the same each time, and others with another seed', () => {
    const [once, again, other] = [play(changing, 7), play(changing, 7), play(changing, 8)];
    expect(again).toEqual(once);
    expect(other.steps).not.toEqual(once.steps);
    expect(once.steps[0]).toMatch(/^p\d: suspect$/);
  });

  it('end with the first violation', () => {
    const violation = { name: 'never', sentence: 'Somebody governs.' };
    const steps: string[] = [];
    const outcome = playSchedule({
      hasher: nodeHasher,
      cast: settled,
      seed: 1,
      see: (fact) => (fact.kind === 'said' && fact.message.kind === 'mandate' ? violation : null),
      onStep: (step) => steps.push(step),
    });
    expect(outcome.violation).toBe(violation);
    expect(steps.length).toBeLessThan(play(settled, 1).steps.length);
  });
});

/** Whether two different blocks were accepted as the same number. */
function hasRivals(facts: readonly Fact[]): boolean {
  const digests = new Map<number, string>();
  return facts.some((fact) => {
    if (fact.kind !== 'recorded' || fact.entry.kind !== 'accepted') return false;
    const { block, digest } = fact.entry;
    const other = digests.get(block.transactionID) ?? digest;
    digests.set(block.transactionID, digest);
    return other !== digest;
  });
}
