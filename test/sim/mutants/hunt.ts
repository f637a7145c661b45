/** Lets cores live, whole or without a rule, and tells what checkers find in them. */

import { nodeHasher } from '../../../src/node/crypto.ts';
import { checkersOf, type Violation, Watch } from '../../../src/sim/checkers/all.ts';
import type { Checker } from '../../../src/sim/checkers/fact.ts';
import { planLife, type Wish, withoutBad } from '../../../src/sim/plan.ts';
import type { Cast } from '../../../src/sim/small/stage.ts';
import { type Twist, under } from './twist.ts';

/** What these checkers find in the schedule, or in the world, of a seed. */
export type Trial = (seed: number, checkers: readonly Checker[]) => Violation | null;

export const allCheckers: readonly Checker[] = checkersOf(nodeHasher);

/** Random schedules of the bare core. */
export async function scheduleTrial(twists: readonly Twist[], cast: Cast): Promise<Trial> {
  const { playSchedule } = await under(twists, () => import('../../../src/sim/small/schedule.ts'));
  return sparing(twists, (seed, checkers) => {
    const watch = new Watch(checkers);
    const see = watch.see.bind(watch);
    return playSchedule({ hasher: nodeHasher, cast, seed, see }).violation;
  });
}

/** Whole false worlds. They ask for liveness, too, whatever the checkers are. */
export async function worldTrial(
  twists: readonly Twist[],
  wish: Wish = withoutBad,
): Promise<Trial> {
  const { live } = await under(twists, () => import('../../../src/sim/life.ts'));
  return sparing(
    twists,
    (seed, checkers) => live(planLife(seed, wish), nodeHasher, checkers).violation,
  );
}

/** A twisted core may stop at an assertion: it has noticed, and no checker had to. */
function sparing(twists: readonly Twist[], trial: Trial): Trial {
  if (twists.length === 0) return trial;
  return (seed, checkers) => {
    try {
      return trial(seed, checkers);
    } catch {
      return null;
    }
  };
}

/** Those of the seeds in which the checker of this name, alone, finds something; `all`: any. */
export function* seedsFound(
  trial: Trial,
  name: string,
  seeds: Iterable<number>,
): Generator<number> {
  const isAll = name === 'all';
  const checkers = allCheckers.filter((checker) => isAll || checker.name === name);
  for (const seed of seeds) {
    const violation = trial(seed, checkers);
    if (violation !== null && (isAll || violation.name === name)) yield seed;
  }
}

/** `count` seeds from `first` on. */
export function* seedsFrom(first: number, count: number): Generator<number> {
  for (let seed = first; seed < first + count; seed += 1) yield seed;
}
