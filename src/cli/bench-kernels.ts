/** Measures the mining kernels, in rounds that take turns with what they are compared to. */

import type { NonceForm, Work } from '../domain/contract.ts';
import type { TransactionID, WorkID } from '../domain/names.ts';
import type { Algorithm } from '../domain/quest.ts';
import { type Kernel, type Prepare, warmUp } from '../miner/kernel.ts';
import { loadKernel } from '../miner/kernel-file.ts';
import { PUZZLES, type Puzzle } from '../miner/puzzles.ts';
import { medianOf } from './bench-report.ts';
import { type Contender, FROM, findLibraries, findPrograms, rateOf } from './bench-rivals.ts';

export type BenchOptions = {
  /** How often each contender has its turn; the median counts. */
  readonly rounds: number;
  /** How long a turn is. OpenSSL's are whole seconds. */
  readonly turnMs: number;
  /** Whether to measure libraries and programs, too. */
  readonly rivals: boolean;
  /** Told before each round, from 1 on. */
  readonly onRound?: (round: number) => void;
};

/** What one contender did, in digests a second of processor time. */
export type Row = {
  readonly name: string;
  readonly kind: Contender['kind'];
  readonly perSecond: number;
  /** Round by round. */
  readonly rounds: readonly number[];
};

/** A kernel's name among rows: algorithm, form of the nonce, and what it is made of. */
export function nameOf(algorithm: Algorithm, nonceForm: NonceForm, made: 'wasm' | 'ts'): string {
  return `${algorithm} ${nonceForm} (${made === 'wasm' ? 'WebAssembly' : 'TypeScript'})`;
}

/** Kernels before all else; those of WebAssembly are left out where it has no vectors. */
export async function measureKernels(options: BenchOptions): Promise<readonly Row[]> {
  const rivals = options.rivals ? [...(await findLibraries()), ...(await findPrograms())] : [];
  return await measure([...ownContenders(), ...rivals], options);
}

/**
 * The decimal kernel of `algorithm` behind prefixes of `lengths` bytes, as shares of the padded
 * kernel's rate just before: for each length the median of the rounds.
 */
export async function measurePrefixes(
  algorithm: Algorithm,
  lengths: readonly number[],
  { rounds, turnMs }: Pick<BenchOptions, 'rounds' | 'turnMs'>,
): Promise<readonly { readonly length: number; readonly ofPadded: number }[]> {
  const [padded, decimal] = (['padded-hex', 'decimal'] as const).map((form) =>
    PUZZLES.find((each) => each.algorithm === algorithm && each.nonceForm === form),
  );
  const twin = padded && contenderOf(padded, 'wasm', HEADER);
  const prefixes = lengths.flatMap((length) => {
    const contender = decimal && contenderOf(decimal, 'wasm', 'x'.repeat(length));
    return contender ? [{ length, contender, shares: [] as number[] }] : [];
  });
  if (!twin) return [];
  for (let round = 0; round < rounds; round += 1) {
    for (const { contender, shares } of prefixes) {
      const base = await twin.run(turnMs);
      shares.push((await contender.run(turnMs)) / base);
    }
  }
  return prefixes.map(({ length, shares }) => ({ length, ofPadded: medianOf(shares) }));
}

/** How many times as fast `one` is as `other`: the median over the rounds, taken pair by pair. */
export function ratioOf(one: Row, other: Row): number {
  return medianOf(one.rounds.map((rate, round) => rate / (other.rounds[round] ?? Number.NaN)));
}

/** As long as the text before a solution is in the network. */
const HEADER = `sortition:12:${'0'.repeat(64)}:${'1'.repeat(64)}:1700000000000:24:`.padEnd(
  200,
  'x',
);
/** As short as a newcomer's. */
const SHORT_HEADER = 'sortition bench, block 12: ';
const PIECE = 4096;

function ownContenders(): Contender[] {
  return PUZZLES.flatMap((puzzle) => {
    const header = puzzle.nonceForm === 'decimal' ? SHORT_HEADER : HEADER;
    const made = ['wasm', 'ts'] as const;
    return made.map((each) => contenderOf(puzzle, each, header)).filter((each) => each !== null);
  });
}

/** A kernel of a puzzle, warm; null where there is none that is made so. */
function contenderOf(puzzle: Puzzle, made: 'wasm' | 'ts', header: string): Contender | null {
  const prepare: Prepare | null = made === 'wasm' ? loadKernel(puzzle) : puzzle.spare;
  if (prepare === null) return null;
  const { algorithm, nonceForm } = puzzle;
  const work = workOf(header, algorithm, nonceForm);
  warmUp(prepare, work, FROM);
  const kernel = prepare(work);
  let from = FROM;
  const run = (forMs: number): number =>
    rateOf(forMs, PIECE, (_, count) => {
      scanAll(kernel, from, count);
      from += count;
    });
  return { name: nameOf(algorithm, nonceForm, made), kind: 'kernel', run };
}

function scanAll(kernel: Kernel, from: number, count: number): void {
  // So hard that nothing is found, and no near miss either.
  if (kernel.scan(from, count).found !== null) throw new Error('A digest of 60 zero bits.');
}

function workOf(header: string, algorithm: Algorithm, nonceForm: NonceForm): Work {
  const [id, transactionID] = ['bench' as WorkID, 0 as TransactionID];
  return { id, transactionID, algorithm, nonceForm, header, bits: 60 };
}

async function measure(
  contenders: readonly Contender[],
  { rounds, turnMs, onRound }: Omit<BenchOptions, 'rivals'>,
): Promise<readonly Row[]> {
  const rates = contenders.map((): number[] => []);
  for (let round = 1; round <= rounds; round += 1) {
    onRound?.(round);
    for (const [index, { run }] of contenders.entries()) rates[index]?.push(await run(turnMs));
  }
  return contenders.map(({ name, kind }, index) => {
    const own = rates[index] ?? [];
    return { name, kind, perSecond: medianOf(own), rounds: own };
  });
}
