/** Which kernel searches which puzzle: the one table of them. */

import { assert } from '../domain/assert.ts';
import type { NonceForm, Work } from '../domain/contract.ts';
import type { Algorithm } from '../domain/quest.ts';
import type { Prepare } from './kernel.ts';
import { preparePlain } from './plain-kernel.ts';
import { prepareSha256 } from './sha256-kernel.ts';

export type Puzzle = {
  readonly algorithm: Algorithm;
  readonly nonceForm: NonceForm;
  /** The kernel for where there is no WebAssembly with vectors. */
  readonly spare: Prepare;
};

export const PUZZLES: readonly Puzzle[] = [
  { algorithm: 'sha256', nonceForm: 'padded-hex', spare: prepareSha256 },
  { algorithm: 'sha256', nonceForm: 'decimal', spare: preparePlain },
  { algorithm: 'sha256d', nonceForm: 'padded-hex', spare: preparePlain },
  { algorithm: 'sha256d', nonceForm: 'decimal', spare: preparePlain },
  { algorithm: 'sha1', nonceForm: 'padded-hex', spare: preparePlain },
  { algorithm: 'sha1', nonceForm: 'decimal', spare: preparePlain },
];

/** The file of the kernel in WebAssembly, among `#kernel/*`. */
export function fileOf({ algorithm, nonceForm }: Puzzle): string {
  return `${algorithm}-${nonceForm}.wasm`;
}

/** The puzzle that `work` is one of. */
export function puzzleOf(work: Work): Puzzle {
  const { algorithm, nonceForm = 'padded-hex' } = work;
  const puzzle = PUZZLES.find(
    (each) => each.algorithm === algorithm && each.nonceForm === nonceForm,
  );
  assert(puzzle !== undefined, 'There is a kernel for every puzzle.');
  return puzzle;
}
