/** Takes one rule away at a time, and demands that the checker of its own invariant notices. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Cast } from '../../src/sim/small/stage.ts';
import { bareMutants } from './mutants/bare.ts';
import {
  allCheckers,
  scheduleTrial,
  seedsFound,
  seedsFrom,
  type Trial,
  worldTrial,
} from './mutants/hunt.ts';
import { type Mutant, nameOf } from './mutants/mutant.ts';
import { worldlyMutants } from './mutants/worldly.ts';

/** Where the core has changed since a seed was noted, so many from there on are asked. */
const patience = { schedules: 2_000, rareSchedules: 40_000, worlds: 100 };

/** For each of its checkers the seed in which it finds the mutant. */
function hunt(
  trial: Trial,
  { found }: Mutant,
  most: number,
): readonly (readonly [string, number])[] {
  return Object.entries(found).map(([name, noted]) => {
    const [seed] = seedsFound(trial, name, seedsFrom(noted, most));
    if (seed === undefined) expect.fail(`${name} finds nothing in ${most} seeds from ${noted} on.`);
    return [name, seed];
  });
}

/** Nothing may be found in the true core where a mutant was. */
function acquit(innocent: Trial, seeds: readonly number[]): void {
  const broken = seeds.flatMap((seed) => {
    const violation = innocent(seed, allCheckers);
    return violation === null ? [] : [`seed ${seed}: ${violation.name}, ${violation.sentence}`];
  });
  expect(broken).toEqual([]);
}

function titleOf(mutant: Mutant): string {
  const by = Object.keys(mutant.found).join(' and ');
  return `break what must hold without: ${nameOf(mutant)}; found by ${by}`;
}

describe('random schedules of the bare core', () => {
  const innocents = new Map<Cast, Promise<Trial>>();

  for (const mutant of bareMutants) {
    const { cast, twists, behind, isRare } = mutant;
    it(titleOf(mutant), async () => {
      const most = isRare ? patience.rareSchedules : patience.schedules;
      const caught = hunt(await scheduleTrial(twists, cast), mutant, most);
      const innocent = innocents.get(cast) ?? scheduleTrial([], cast);
      innocents.set(cast, innocent);
      acquit(
        await innocent,
        caught.map(([, seed]) => seed),
      );
      if (behind === undefined) return;
      const wall = await scheduleTrial(behind, cast);
      for (const [name, seed] of caught) expect([...seedsFound(wall, name, [seed])]).toEqual([]);
    }, 600_000);
  }
});

describe('whole worlds', () => {
  for (const mutant of worldlyMutants) {
    it(titleOf(mutant), async () => {
      const { twists, beside } = mutant;
      const caught = hunt(await worldTrial(twists, beside), mutant, patience.worlds);
      acquit(
        await worldTrial([], beside),
        caught.map(([, seed]) => seed),
      );
    }, 600_000);
  }
});

describe('the mutants', () => {
  const all: readonly Mutant[] = [...bareMutants, ...worldlyMutants];
  const protocol = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');
  /** What stands before each mark, save where the mark is explained. */
  const marked = protocol
    .replaceAll('**', '')
    .replaceAll(/\s+/g, ' ')
    .split('[safety]')
    .slice(1, -1)
    .map((text) => text.trim());

  it('stand for each mark of the protocol', () => {
    expect(marked.length).toBeGreaterThan(10);
    const marks = all.flatMap(({ marks = [] }) => marks);
    const isNamed = (text: string): boolean => marks.some((mark) => text.endsWith(mark));
    expect(marked.filter((text) => !isNamed(text)).map((text) => text.slice(-80))).toEqual([]);
    expect(marks.filter((mark) => !marked.some((text) => text.endsWith(mark)))).toEqual([]);
  });

  it('stand for each checker', () => {
    const names = new Set(all.flatMap(({ found }) => Object.keys(found)));
    const missing = allCheckers.filter(({ name }) => !names.has(name)).map(({ name }) => name);
    expect(missing).toEqual([]);
  });
});
