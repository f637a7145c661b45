/** The referee and false worlds: whatever befalls a correct network, it breaks no rule. */

import { describe, expect, it } from 'vitest';
import type { UnixMs } from '../../src/domain/names.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import type { Recorded } from '../../src/record/recording.ts';
import { Referee } from '../../src/record/referee/referee.ts';
import { describeViolation, type Tally } from '../../src/record/referee/violation.ts';
import { Chance } from '../../src/sim/chance.ts';
import { live, titleOf } from '../../src/sim/life.ts';
import { planLife, type Wish, withoutBad } from '../../src/sim/plan.ts';
import { toyVerifier } from '../../src/sim/toy-crypto.ts';
import { recorder } from '../broken/tape.ts';

/** 200 held when this was last changed; they take a minute on two cores. */
const WORLDS = Number(process.env['REFEREE_WORLDS'] ?? 80);
const AT_ONCE = 20;

type Verdict = { readonly problems: readonly string[]; readonly tally: Tally };

function judge(title: string, recording: readonly Recorded[]): Verdict {
  const referee = new Referee({ prefix: 'sd', hasher: nodeHasher, verifier: toyVerifier() });
  const found = recording.flatMap((recorded) => referee.hear(recorded));
  const all = [...found, ...referee.end()];
  const problems = all.map((it) => `${title}: message ${it.message}: ${describeViolation(it)}`);
  return { problems, tally: referee.tally };
}

type Taped = { readonly title: string; readonly recording: Recorded[] };

function record(seed: number, wish: Wish = {}): Taped {
  const plan = planLife(seed, { ...withoutBad, ...wish });
  const recording: Recorded[] = [];
  live(plan, nodeHasher, [], recorder(recording));
  return { title: titleOf(plan), recording };
}

/** Cut out of the middle, with a hole and losses, from a broker that repeats and delays. */
function spoil(recording: readonly Recorded[], seed: number): readonly Recorded[] {
  const chance = new Chance(seed);
  const from = Math.floor(chance.next() * 0.7 * recording.length);
  const hole = from + Math.floor(chance.next() * (recording.length - from));
  const holeEnds = hole + Math.floor(chance.between(0, 100));
  const wrongMs = Math.round(chance.between(-1e9, 1e9));
  const kept = recording.filter(
    (_, index) => index >= from && !(index >= hole && index < holeEnds) && !chance.happens(0.1),
  );
  const twice = kept.flatMap((it) => (chance.happens(0.1) ? [it, it] : [it]));
  const lastAt = new Map<string, number>();
  return twice
    .map((it) => {
      // What one publisher says on one topic stays in order; by its topic alone it does, too.
      const at = Math.max(it.time + chance.between(0, 300), lastAt.get(it.topic) ?? 0);
      lastAt.set(it.topic, at);
      return { ...it, time: Math.round(at + wrongMs) as UnixMs };
    })
    .sort((a, b) => a.time - b.time);
}

describe('the referee', () => {
  for (let first = 1; first < WORLDS; first += AT_ONCE) {
    const seeds = Array.from({ length: AT_ONCE }, (_, index) => first + index);
    it(`has nothing to say about bad lives, seeds ${first} to ${first + AT_ONCE - 1}`, () => {
      for (const seed of seeds) {
        const { title, recording } = record(seed);
        const whole = judge(title, recording);
        expect(whole.problems).toEqual([]);
        expect(whole.tally.judged).toBe(whole.tally.messages);
        expect(whole.tally.checked).toMatchObject({ unproven: 0 });
        expect(judge(`${title}, spoilt`, spoil(recording, seed)).problems).toEqual([]);
      }
    }, 120_000);
  }

  it('has nothing to say about bad lives in which the lowest one governs', () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const { title, recording } = record(seed, { election: 'present' });
      expect(judge(title, recording).problems).toEqual([]);
      expect(judge(`${title}, spoilt`, spoil(recording, seed)).problems).toEqual([]);
    }
  }, 120_000);

  it('has looked at what matters', () => {
    const { tally } = judge('', record(3).recording);
    const { mandates = 0, draws = 0, seals = 0 } = tally.checked;
    expect(mandates).toBeGreaterThan(1);
    expect(draws).toBeGreaterThan(3);
    expect(seals).toBeGreaterThan(5);
  });
});
