/** Networks of ours and of doubles of the students' clients: one controller for all, every time. */

import { expect, test } from 'vitest';
import { assert } from '../../src/domain/assert.ts';
import type { LabSettings } from '../../src/lab/state.ts';
import { faultsOf, foreignNetwork } from './foreign-network.ts';
import { DOUBLES, type Habits, habitsOf, SPELLINGS, type SpellingName } from './habits.ts';
import { STATEMENT, UFES } from './lab-world.ts';

const RUNS = 20;
const MOST_MS = 90_000;

const NETWORKS = [
  [2, 2],
  [1, 3],
  [3, 1],
] as const;

const BOTH = [UFES, STATEMENT];

const CASES = BOTH.flatMap((settings) =>
  Object.entries(DOUBLES).flatMap(([name, habits]) =>
    NETWORKS.map(([ours, theirs]) => ({ settings, name, habits, ours, theirs })),
  ),
);

/** What is wrong in networks of so many of ours and of doubles with these habits, a seed each. */
function faultsIn(
  settings: LabSettings,
  habits: Habits,
  [ours, theirs]: readonly [number, number],
  seeds: readonly string[],
): readonly string[] {
  return seeds.flatMap((seed) => {
    const doubles = Array.from({ length: theirs }, () => habits);
    const network = foreignNetwork(settings, doubles, ours, seed);
    return faultsOf(network, MOST_MS).map((fault) => `${seed}: ${fault}`);
  });
}

test.each(CASES)(
  '$settings.dialect, $ours of ours and $theirs doubles of "$name" have one controller',
  ({ settings, name, habits, ours, theirs }) => {
    const seeds = Array.from(
      { length: RUNS },
      (_, run) => `${settings.dialect} ${name} ${ours}+${theirs} ${run + 1}`,
    );
    expect(faultsIn(settings, habits, [ours, theirs], seeds)).toEqual([]);
  },
);

/** Networks and dialects take turns, so that each habit comes once. */
test.each(Object.keys(SPELLINGS) as readonly SpellingName[])(
  'whatever its habits, a client that spells in the manner of "%s" has our controller',
  (spelling) => {
    const found = habitsOf(spelling).flatMap((habits, index) => {
      const [settings, network] = [BOTH[index % 2], NETWORKS[index % 3]];
      assert(settings !== undefined && network !== undefined, 'Remainders are less.');
      return faultsIn(settings, habits, network, [`${spelling} ${JSON.stringify(habits)}`]);
    });
    expect(found).toEqual([]);
  },
);
