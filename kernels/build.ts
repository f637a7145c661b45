/** Compiles the mining kernels to WebAssembly, into the folder where `#kernel/*` finds them. */

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { main, version } from 'assemblyscript/asc';
import { fileOf, PUZZLES, type Puzzle } from '../src/miner/puzzles.ts';
import { writeRounds } from './rounds.ts';

/** This file runs built, from `dist/kernels/`. */
const TOP = new URL('../../', import.meta.url);
const SOURCES = new URL('src/miner/kernel/', TOP);
const TARGET = new URL('dist/src/miner/kernel/', TOP);

/** V8 optimises what matters itself; asc has only to clear away what inlining leaves behind. */
const OPTIONS = ['-O1', '--noAssert', '--enable', 'simd', '--runtime', 'stub'];
/** One page of memory; a kernel that ends itself needs nobody to tell. */
const MACHINE = ['--initialMemory', '1', '--maximumMemory', '1', '--use', 'abort='];

type Texts = ReadonlyMap<string, string>;

/** The texts of a kernel: those that people write, and its rounds. */
function textsOf({ algorithm, nonceForm }: Puzzle): Texts {
  const written = readdirSync(SOURCES).map(
    (name) => [name, readFileSync(new URL(name, SOURCES), 'utf8')] as const,
  );
  return new Map([...written, ...writeRounds(algorithm, nonceForm)]);
}

/** The kernel as WebAssembly. Throws what asc complains of. */
async function compile(texts: Texts): Promise<Uint8Array> {
  let compiled: Uint8Array | null = null;
  const { error, stderr } = await main(['scan.ts', '--outFile', 'wasm', ...OPTIONS, ...MACHINE], {
    // asc adds an ending of its own to names that are imported.
    readFile: (name) => texts.get(name.replace(/\.ts\.ts$/, '.ts')) ?? null,
    writeFile: (_, contents) => {
      if (typeof contents !== 'string') compiled = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || compiled === null) throw new Error(`asc: ${stderr}`, { cause: error });
  return compiled;
}

/** Whoever reads the file meanwhile sees the old one or the new one whole. */
function replace(name: string, contents: Uint8Array | string): void {
  const scratch = new URL(`${name}.${process.pid}`, TARGET);
  writeFileSync(scratch, contents);
  renameSync(scratch, new URL(name, TARGET));
}

async function build(puzzle: Puzzle): Promise<void> {
  const texts = textsOf(puzzle);
  const made = [version, ...OPTIONS, ...MACHINE, ...[...texts].flat()].join('\n');
  const digest = createHash('sha256').update(made).digest('hex');
  // It takes some seconds for all kernels: one whose sources are the same is not built again.
  const file = fileOf(puzzle);
  const stamp = `${file}.sources`;
  const isBuilt = [file, stamp].every((name) => existsSync(new URL(name, TARGET)));
  if (isBuilt && readFileSync(new URL(stamp, TARGET), 'utf8') === digest) return;
  const compiled = await compile(texts);
  replace(file, compiled);
  replace(stamp, digest);
  process.stdout.write(`${file}: ${compiled.length} bytes\n`);
}

mkdirSync(TARGET, { recursive: true });
for (const puzzle of PUZZLES) await build(puzzle);
// The last step of a build: where this file is, all of it is there (package.json, "prepare").
writeFileSync(new URL('dist/built', TOP), '');
