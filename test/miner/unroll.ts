/** Writes `src/miner/sha256-rounds.ts`: SHA-256 without its loops, where only word 13 varies. */

import { ROUND_CONSTANTS } from '../../src/miner/sha256.ts';
import { FIRST_OPEN_ROUND, LAST_CONSTANT, varies } from '../../src/miner/sha256-schedule.ts';

const PREFACE = `\
/** The inner loop of a search: rounds 14 to 63 of SHA-256 where only word 13 varies. */

// Written by test/miner/unroll.ts; \`npm run test:accept\` writes it again. Unrolled, because a
// loop over the rounds is slower (measured: 0.84x with 16 rounds unrolled, 0.67x with 8), and with
// the functions of FIPS 180-4 section 4.1.2 written out, because V8 inlines only so many calls
// (0.27x). Each sum is cut to 32 bits at once (1.08x). Rotations are plain: V8 makes one
// instruction of each (nested shifts, good for vectors, are 0.82x). Two rotations of one word, one
// in the other, save a copy and take a step longer, which pays in the schedule (1.02x), not in the
// rounds (0.95x). Of the operators, + binds most; & comes before ^, and | is last.

// biome-ignore-all format: three lines for a round, one or two for most words of the schedule.
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

/** Of the project's 100 columns, those that the loop's indentation leaves. */
const MOST_COLUMNS = 96;

/** Rounds whose h is a word of the state that word 13 has not reached. */
const EARLY_ROUNDS = range(FIRST_OPEN_ROUND, FIRST_OPEN_ROUND + 3);

/** The text of the file. */
export function unrolled(): string {
  const lines = [...constantLines(), ...loopLines()];
  return `${PREFACE}${lines.map((line) => `  ${line}\n`).join('')}}\n`;
}

function constantLines(): string[] {
  const rounds = range(FIRST_OPEN_ROUND, LAST_CONSTANT + 1);
  return inLines([
    ...[...'abcdefgh'].map((name, index) => `const ${name}0 = state[${index}] as number;`),
    ...rounds.map((t) => `const c${t} = constants[${t}] as number;`),
    ...EARLY_ROUNDS.map((t) => `const k${t} = ${variableOf('h', t)}0 + c${t} | 0;`),
  ]);
}

function loopLines(): string[] {
  const words = range(FIRST_OPEN_ROUND, 64).filter(varies);
  return [
    'for (let index = first; index < end; index += 1) {',
    '  const w13 = tails[index] as number;',
    ...inLines(words.map((t) => `let w${t} = 0;`)).map((line) => `  ${line}`),
    // Round 13 adds word 13 to just these two.
    '  let a = a0 + w13 | 0, b = b0, c = c0, d = d0, e = e0 + w13 | 0, f = f0, g = g0, h = h0;',
    '  let s = 0, t = 0, x = 0, y = b ^ c, z = 0;',
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
  const one = varies(t - 2) ? smallSigma('s', `w${t - 2}`, 17, 19, 10) : null;
  const zero = varies(t - 15) ? smallSigma('t', `w${t - 15}`, 7, 18, 3) : null;
  const sigmas = [one, zero].filter((sigma) => sigma !== null);
  const others = [
    ...[7, 16].filter((back) => varies(t - back)).map((back) => `w${t - back}`),
    ...(t <= LAST_CONSTANT ? [`c${t}`] : []),
  ];
  const rest = others.length > 1 && sigmas.length > 1 ? [`x = ${sumOf(others)};`] : [];
  const terms = [...sigmas.map(({ sum }) => sum), ...(rest.length > 0 ? ['x'] : others)];
  return inLines([...sigmas.map(({ first }) => first), ...rest, `w${t} = ${sumOf(terms)};`]);
}

/** Step 3. No variable moves to the next one's place: their names do. */
function roundLines(t: number): string[] {
  const [a, b, , d, e, f, g, h] = [...'abcdefgh'].map((name) => variableOf(name, t));
  const constant = `0x${((ROUND_CONSTANTS[t] ?? 0) >>> 0).toString(16).padStart(8, '0')}`;
  // The majority of a, b and c needs a ^ b and b ^ c; the next round has the first as the second.
  const next = t % 2 === 0 ? 'z' : 'y';
  const word = varies(t) ? `(w${t} + ${constant} | 0)` : `c${t}`;
  const start = EARLY_ROUNDS.includes(t) ? `k${t}` : `(${h} + ${word} | 0)`;
  // Nobody looks at the last e.
  const cut = t < 63 ? ` ${d} = ${d} + t | 0;` : '';
  return [
    `t = ${start} + (${g} ^ ${e} & (${f} ^ ${g})) | 0; ${next} = ${a} ^ ${b}; s = ${b} ^ y & z;`,
    `t = t + ${bigSigma(`${e}`, 6, 11, 25)} | 0;${cut}`,
    `${h} = (t + s | 0) + ${bigSigma(`${a}`, 2, 13, 22)} | 0;`,
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

/** In two steps, by way of a variable that holds both rotations but for the first's bits. */
function smallSigma(
  variable: string,
  x: string,
  one: number,
  two: number,
  shift: number,
): { readonly first: string; readonly sum: string } {
  return {
    first: `${variable} = ${rotation(x, two - one)} ^ ${x};`,
    sum: `(${rotation(variable, one)} ^ ${x} >>> ${shift})`,
  };
}

function rotation(x: string, bits: number): string {
  return `(${x} >>> ${bits} | ${x} << ${32 - bits})`;
}

/** A sum that is cut to 32 bits after each term. */
function sumOf(terms: readonly string[]): string {
  const [first = '', ...others] = terms;
  return others.reduce((sum, term, at) => `${at > 0 ? `(${sum})` : sum} + ${term} | 0`, first);
}

/** As many statements on a line as it takes. */
function inLines(statements: readonly string[]): string[] {
  const lines: string[] = [];
  for (const statement of statements) {
    const longer = `${lines.pop() ?? ''} ${statement}`.trim();
    if (longer.length <= MOST_COLUMNS) lines.push(longer);
    else lines.push(longer.slice(0, -statement.length - 1), statement);
  }
  return lines;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
