/** In how many schedules and worlds mutants are found, as a table: `npm run mutants`. */

import { expect, it } from 'vitest';
import type { Wish } from '../../src/sim/plan.ts';
import type { Cast } from '../../src/sim/small/stage.ts';
import { bareMutants, changing, settled } from './mutants/bare.ts';
import { scheduleTrial, seedsFound, seedsFrom, type Trial, worldTrial } from './mutants/hunt.ts';
import type { BareMutant, Mutant, WorldlyMutant } from './mutants/mutant.ts';
import type { Twist } from './mutants/twist.ts';
import { worldlyMutants } from './mutants/worldly.ts';

/** Lives of one kind, of a core: so many seeds from 1 up. */
type Lives = {
  readonly load: () => Promise<Trial>;
  readonly of: string;
  readonly seeds: number;
};

/** A line of the table: a core, and what its checkers must find. */
type Row = {
  readonly rarity: 'common' | 'rare';
  readonly core: string;
  readonly checkers: readonly string[];
  readonly lives: Lives;
  readonly must: 'something' | 'nothing' | 'whatever there is';
};

const counts = { common: 1_000, rare: 20_000, worlds: 100 } as const;

function schedulesOf(twists: readonly Twist[], cast: Cast, rarity: Row['rarity']): Lives {
  const of = cast === settled ? 'schedules' : 'schedules with changes';
  return { load: () => scheduleTrial(twists, cast), of, seeds: counts[rarity] };
}

function worldsOf(twists: readonly Twist[], beside?: Wish): Lives {
  return { load: () => worldTrial(twists, beside), of: 'worlds', seeds: counts.worlds };
}

const coreOf = ({ section, rule, instead }: Mutant): string => `${section} | ${rule} | ${instead}`;

function bareRows(mutant: BareMutant): readonly Row[] {
  const { section, rule, twists, behind, cast, found, isRare } = mutant;
  const rarity = isRare ? 'rare' : 'common';
  const row: Row = {
    rarity,
    core: coreOf(mutant),
    checkers: Object.keys(found),
    lives: schedulesOf(twists, cast, rarity),
    must: 'something',
  };
  if (behind === undefined) return [row];
  const wall: Row = {
    ...row,
    core: `${section} | ${rule} | keeps to it, behind a controller that does not`,
    lives: schedulesOf(behind, cast, rarity),
    must: 'whatever there is',
  };
  return [row, wall];
}

function worldlyRow(mutant: WorldlyMutant): Row {
  const checkers = Object.keys(mutant.found);
  const lives = worldsOf(mutant.twists, mutant.beside);
  return { rarity: 'common', core: coreOf(mutant), checkers, lives, must: 'something' };
}

/** The true core, in which nothing may be found. */
function innocentRow(rarity: Row['rarity'], lives: Lives): Row {
  return { rarity, core: '| all | keeps to all', checkers: ['all'], lives, must: 'nothing' };
}

const rows: readonly Row[] = [
  ...bareMutants.flatMap(bareRows),
  ...worldlyMutants.map(worldlyRow),
  innocentRow('common', schedulesOf([], settled, 'common')),
  innocentRow('common', schedulesOf([], changing, 'common')),
  innocentRow('common', worldsOf([])),
  innocentRow('rare', schedulesOf([], settled, 'rare')),
  innocentRow('rare', schedulesOf([], changing, 'rare')),
];

const inEnglish = (count: number): string => count.toLocaleString('en-US');

/** How many seeds one has to try, the median over all to begin with; null if most are in vain. */
function medianTries(found: readonly number[], seeds: number): number | null {
  const tries = [...seedsFrom(1, seeds)]
    .map((first) => (found.find((seed) => seed >= first) ?? Number.POSITIVE_INFINITY) - first + 1)
    .sort((a, b) => a - b);
  const median = tries[Math.floor(tries.length / 2)] ?? Number.POSITIVE_INFINITY;
  return Number.isFinite(median) ? median : null;
}

function show(checker: string, found: readonly number[], seeds: number): string {
  const [first] = found;
  if (first === undefined) return `${checker}: 0`;
  const median = medianTries(found, seeds);
  const tries = median === null ? '' : `median ${inEnglish(median)}, `;
  return `${checker}: ${inEnglish(found.length)} (${tries}first ${inEnglish(first)})`;
}

process.stdout.write('| | Rule | A core that | Found in | Of |\n| --- | --- | --- | --- | --- |\n');

for (const { rarity, core, checkers, lives, must } of rows) {
  const { load, of, seeds } = lives;
  it(`${rarity}: ${core}, ${of}`, { timeout: 3_600_000 }, async () => {
    const trial = await load();
    const shown = checkers.map((name) => {
      const found = [...seedsFound(trial, name, seedsFrom(1, seeds))];
      if (must === 'something') expect(found.length, name).toBeGreaterThan(0);
      if (must === 'nothing') expect(found, name).toEqual([]);
      return show(name, found, seeds);
    });
    const line = `| ${core} | ${shown.join('; ')} | ${inEnglish(seeds)} ${of} |`;
    process.stdout.write(`${line}\n`);
  });
}
