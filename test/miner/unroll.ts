/** Writes `src/miner/sha256-rounds.ts`: SHA-256 without its loops, where only word 13 varies. */

import { ROUND_CONSTANTS } from '../../src/miner/sha256.ts';
import { FIRST_OPEN_ROUND, LAST_CONSTANT, varies } from '../../src/miner/sha256-schedule.ts';

const PREFACE = `\
/** The inner loop of a search: rounds 14 to 63 of SHA-256 where only word 13 varies. */

// Written by test/miner/unroll.ts; \`npm run test:accept\` writes it again. Unrolled, because a
// loop over the rounds is slower (measured: 0.84x with 16 rounds unrolled, 0.67x with 8), and with
// the functions of FIPS 180-4 section 4.1.2 written out, because V8 inlines only so many calls
// (0.27x). Plain rotations: V8 makes one instruction of each (nested shifts, good for vectors,
// are 0.82x).

// biome-ignore-all format: three lines for a round, two for a word of the schedule.
// biome-ignore-all lint/complexity/noExcessiveLinesPerFunction: unrolled, as said above.

/**
 * The first index from \`first\` up to, and without, \`end\` where word 0 of the digest, masked by
 * \`mask\`, is zero; -1 if there is none.
 *
 * \`state\` is a to h after round 13 with a word 13 of zero; \`tails\` holds the words 13 to try;
 * \`base\` is word 0 of the state before the block. \`constants\` holds for each word of the
 * schedule what does not hang on word 13: a part of its sum, or, where nothing does, the whole
 * word with the round constant.
 */
export function findCandidate(
  state: Int32Array,
  constants: Int32Array,
  tails: Int32Array,
  base: number,
  mask: number,
  first: number,
  end: number,
): number {
`;

/** The text of the file. */
export function unrolled(): string {
  const lines = [...constantLines(), ...loopLines()];
  return `${PREFACE}${lines.map((line) => `  ${line}\n`).join('')}}\n`;
}

function constantLines(): string[] {
  const rounds = range(FIRST_OPEN_ROUND, LAST_CONSTANT + 1);
  return [
    ...[...'abcdefgh'].map((name, index) => `const ${name}0 = state[${index}] as number;`),
    ...inPairs(rounds.map((t) => `const c${t} = constants[${t}] as number;`)),
  ];
}

function loopLines(): string[] {
  return [
    'for (let index = first; index < end; index += 1) {',
    '  const w13 = tails[index] as number;',
    // Round 13 adds word 13 to just these two.
    '  let a = (a0 + w13) | 0, b = b0, c = c0, d = d0, e = (e0 + w13) | 0, f = f0, g = g0, h = h0;',
    '  let t = 0;',
    ...range(FIRST_OPEN_ROUND, 64).flatMap((t) => [
      ...(varies(t) ? wordLines(t).map((line) => `  ${line}`) : []),
      ...roundLines(t).map((line) => `  ${line}`),
    ]),
    `  if (((${variableOf('a', 64)} + base) & mask) === 0) return index;`,
    '}',
    'return -1;',
  ];
}

/** FIPS 180-4 section 6.2.2, step 1, without what is constant. */
function wordLines(t: number): string[] {
  const terms = [
    ...(varies(t - 2) ? [smallSigma(`w${t - 2}`, 17, 19, 10)] : []),
    ...(varies(t - 7) ? [`w${t - 7}`] : []),
    ...(varies(t - 15) ? [smallSigma(`w${t - 15}`, 7, 18, 3)] : []),
    ...(varies(t - 16) ? [`w${t - 16}`] : []),
    ...(t <= LAST_CONSTANT ? [`c${t}`] : []),
  ];
  const line = `const w${t} = (${terms.join(' + ')}) | 0;`;
  if (line.length <= 90) return [line];
  return [`const w${t} = (${terms[0]}`, `  + ${terms.slice(1).join(' + ')}) | 0;`];
}

/** Step 3. No variable moves to the next one's place: their names do. */
function roundLines(t: number): string[] {
  const [a, b, c, d, e, f, g, h] = [...'abcdefgh'].map((name) => variableOf(name, t));
  const constant = `0x${((ROUND_CONSTANTS[t] ?? 0) >>> 0).toString(16).padStart(8, '0')}`;
  const word = varies(t) ? `w${t} + ${constant}` : `c${t}`;
  // Nobody looks at the last e.
  const next = t < 63 ? ` ${d} = (${d} + t) | 0;` : '';
  return [
    `t = ${bigSigma(`${e}`, 6, 11, 25)} + (${g} ^ (${e} & (${f} ^ ${g})));`,
    `t = (t + ${h} + ${word}) | 0;${next} t += (${a} & ${b}) | (${c} & (${a} | ${b}));`,
    `${h} = (t + ${bigSigma(`${a}`, 2, 13, 22)}) | 0;`,
  ];
}

/** The variable that holds the standard's `name` before round `t`. */
function variableOf(name: string, t: number): string {
  const turned = 'abcdefgh'.indexOf(name) - (t - FIRST_OPEN_ROUND);
  return 'abcdefgh'.at(turned % 8) ?? '';
}

function bigSigma(x: string, one: number, two: number, three: number): string {
  return `(${rotation(x, one)} ^ ${rotation(x, two)} ^ ${rotation(x, three)})`;
}

function smallSigma(x: string, one: number, two: number, shift: number): string {
  return `(${rotation(x, one)} ^ ${rotation(x, two)} ^ ${x} >>> ${shift})`;
}

function rotation(x: string, bits: number): string {
  return `(${x} >>> ${bits} | ${x} << ${32 - bits})`;
}

function inPairs(statements: readonly string[]): string[] {
  return range(0, Math.ceil(statements.length / 2)).map((line) =>
    statements.slice(2 * line, 2 * line + 2).join(' '),
  );
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
