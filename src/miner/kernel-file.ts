/** Finds the kernel for a work, and loads it from its file: one instance for each thread. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Work } from '../domain/contract.ts';
import type { Kernel, Prepare } from './kernel.ts';
import { fileOf, type Puzzle, puzzleOf } from './puzzles.ts';
import { type Instance, prepareIn } from './wasm-kernel.ts';

/** As much of the global as is used here; its types come with those of browsers alone. */
declare const WebAssembly:
  | {
      readonly validate: (bytes: Uint8Array<ArrayBuffer>) => boolean;
      readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
      readonly Instance: new (module: object) => { readonly exports: unknown };
    }
  | undefined;

const loaded = new Map<Puzzle, Prepare>();

/** Prepares a search for `work` on the fastest kernel that there is for it. */
export function prepareFastest(work: Work): Kernel {
  const puzzle = puzzleOf(work);
  const prepare = loaded.get(puzzle) ?? loadKernel(puzzle) ?? puzzle.spare;
  loaded.set(puzzle, prepare);
  return prepare(work);
}

/**
 * The kernel in WebAssembly, compiled; null where this engine has no WebAssembly with vectors.
 * Throws where the file is missing: "npm run build" makes it.
 */
export function loadKernel(puzzle: Puzzle): Prepare | null {
  if (typeof WebAssembly === 'undefined') return null;
  const bytes = Uint8Array.from(
    readFileSync(fileURLToPath(import.meta.resolve(`#kernel/${fileOf(puzzle)}`))),
  );
  if (!WebAssembly.validate(bytes)) return null;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return prepareIn(instance.exports as Instance);
}
