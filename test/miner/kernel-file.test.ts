import { afterEach, expect, it, vi } from 'vitest';
import { warmUp } from '../../src/miner/kernel.ts';
import { loadKernel, prepareFastest } from '../../src/miner/kernel-file.ts';
import { fileOf, PUZZLES, puzzleOf } from '../../src/miner/puzzles.ts';
import { workOf, zerosOf } from '../contracts/kernel.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

it('every puzzle has one kernel, in a file of its own', () => {
  for (const puzzle of PUZZLES) expect(puzzleOf(workOf('any', 8, puzzle))).toBe(puzzle);
  expect(new Set(PUZZLES.map(fileOf)).size).toBe(PUZZLES.length);
});

it('a work that says nothing of its nonces is of padded ones, as the protocol has it', () => {
  const { nonceForm: _, ...work } = workOf('protocol', 8);
  expect(puzzleOf(work)).toMatchObject({ algorithm: 'sha256', nonceForm: 'padded-hex' });
  expect(prepareFastest(work).scan(0, 5000)).toEqual(
    prepareFastest(workOf('protocol', 8)).scan(0, 5000),
  );
});

it('where there is no WebAssembly, or one without vectors, there is a spare kernel', () => {
  for (const global of [undefined, { validate: () => false }]) {
    vi.stubGlobal('WebAssembly', global);
    for (const puzzle of PUZZLES) {
      expect(loadKernel(puzzle)).toBeNull();
      const work = workOf('spare', 4, puzzle);
      const { found } = puzzle.spare(work).scan(0, 500);
      expect(zerosOf(work, found ?? 0)).toBeGreaterThanOrEqual(4);
    }
  }
});

it('a warm-up finds nothing, whatever the work', () => {
  const scans: unknown[] = [];
  const puzzle = puzzleOf(workOf('warm', 1));
  warmUp(
    (work) => {
      const kernel = puzzle.spare(work);
      return {
        scan: (from, count) => {
          scans.push(kernel.scan(from, count));
          return kernel.scan(from, count);
        },
      };
    },
    workOf('warm', 1),
  );
  expect(scans).toEqual([{ found: null, near: [], tried: 2 ** 14 }]);
});
