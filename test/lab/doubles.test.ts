/** Networks of ours and of doubles of the students' clients: one controller for all, every time. */

import { expect, test } from 'vitest';
import { DOUBLES, type Habits } from './double.ts';
import { faultsOf, foreignNetwork } from './foreign-network.ts';
import { STATEMENT, UFES } from './lab-world.ts';

const RUNS = 20;
const MOST_MS = 90_000;

const NETWORKS = [
  [2, 2],
  [1, 3],
  [3, 1],
] as const;

const CASES = [UFES, STATEMENT].flatMap((settings) =>
  Object.entries(DOUBLES).flatMap(([name, habits]) =>
    NETWORKS.map(([ours, theirs]) => ({ settings, name, habits, ours, theirs })),
  ),
);

test.each(CASES)(
  '$settings.dialect, $ours of ours and $theirs doubles of "$name" have one controller',
  ({ settings, name, habits, ours, theirs }) => {
    const found: string[] = [];
    for (let run = 1; run <= RUNS; run += 1) {
      const doubles: readonly Habits[] = Array.from({ length: theirs }, () => habits);
      const seed = `${settings.dialect} ${name} ${ours}+${theirs} ${run}`;
      const network = foreignNetwork(settings, doubles, ours, seed);
      found.push(...faultsOf(network, MOST_MS).map((fault) => `${seed}: ${fault}`));
    }
    expect(found).toEqual([]);
  },
);
