/** Writes the part of a kernel that hand-written rounds would be: its digests, unrolled. */

import type { NonceForm } from '../src/domain/contract.ts';
import type { Algorithm } from '../src/domain/quest.ts';
import type { Input } from './input.ts';
import { ACROSS, LAYOUTS, type Layout, SPILT } from './layouts.ts';
import { compress as compressSha1 } from './sha1.ts';
import { compress as compressSha256, digestAgain } from './sha256.ts';
import { type Word, Writer } from './writer.ts';

type Kind = {
  readonly stateWords: number;
  readonly compress: typeof compressSha256;
  /** Whether the digest is digested again. */
  readonly isDouble: boolean;
};

const KINDS: Readonly<Record<Algorithm, Kind>> = {
  sha1: { stateWords: 5, compress: compressSha1, isDouble: false },
  sha256: { stateWords: 8, compress: compressSha256, isDouble: false },
  sha256d: { stateWords: 8, compress: compressSha256, isDouble: true },
};

const RADIX: Readonly<Record<NonceForm, number>> = { decimal: 10, 'padded-hex': 16 };

const WORDS_OF_BLOCK = 16;

/**
 * Takes states one block further, for four nonces after another. The stages of a layout take turns
 * on some groups of nonces at a time, with states kept in between: two blocks in one loop would be
 * more code than a processor's innermost cache holds (measured: 0.82x for `sha256d`).
 */
type Stage = {
  readonly name: string;
  readonly writer: Writer;
  /** The words of the state behind it. */
  readonly state: readonly Word[];
  /** Whether it looks at the open digits. */
  readonly isOpen: boolean;
};

/** The files that a kernel has besides those of `src/miner/kernel`: names and texts. */
export function writeRounds(algorithm: Algorithm, form: NonceForm): ReadonlyMap<string, string> {
  const kind = KINDS[algorithm];
  const layouts = LAYOUTS[form].map((layout) => ({ layout, stages: stagesOf(kind, layout) }));
  const functions = new Map(
    layouts.flatMap(({ stages }) =>
      stages.map((stage, index) => {
        const isLast = index === stages.length - 1;
        return [stage.name, stageLines(stage, isLast)] as const;
      }),
    ),
  );
  const numbers = LAYOUTS[form].map(({ number }) => number);
  const text = [
    "import { BLOCKS, CHUNK, CONSTANTS, MIDDLE, OPEN, STATE } from './memory.ts';",
    "import * as four from './four.ts';",
    "import * as one from './one.ts';",
    "import { place } from './open.ts';",
    '',
    `export const SPILT: i32 = ${SPILT};`,
    `export const ACROSS: i32 = ${ACROSS};`,
    '',
    ...absorbLines(kind),
    ...[...functions.values()].flat(),
    ...layouts.flatMap(({ layout, stages }) => layoutLines(layout, stages)),
    ...dispatchLines('fold(layout: i32): void', numbers, (number) => `fold${number}()`),
    ...dispatchLines(
      'search(layout: i32, group: i32, end: i32, mask: v128): i32',
      numbers,
      (number) => `search${number}(group, end, mask)`,
    ),
  ];
  return new Map([
    ['radix.ts', `/** How many digits there are. */\nexport const RADIX: i32 = ${RADIX[form]};\n`],
    ['rounds.ts', `${text.join('\n')}\n`],
  ]);
}

/** Takes a first block that has no open digits into the state. */
function absorbLines(kind: Kind): string[] {
  const writer = new Writer(0);
  const state = kind.compress(writer, loadState(writer, kind), loadBlock(writer, 0, []));
  for (const [index, word] of state.entries()) writer.store(`STATE + ${4 * index}`, word);
  return ['export function absorb(): void {', ...writer.once, '}', ''];
}

function stagesOf(kind: Kind, { number, blocks, open }: Layout): readonly Stage[] {
  const stages: Stage[] = [];
  for (let block = 0; block < blocks; block += 1) {
    const writer = new Writer(block);
    const before = block === 0 ? loadState(writer, kind) : loadMiddle(writer, kind);
    const state = kind.compress(writer, before, loadBlock(writer, block, open));
    const isOpen = open.some((word) => Math.floor(word / WORDS_OF_BLOCK) === block);
    stages.push({ name: `stage${number}_${block}`, writer, state, isOpen });
  }
  if (kind.isDouble) {
    const writer = new Writer(blocks);
    const state = digestAgain(writer, loadMiddle(writer, kind));
    stages.push({ name: `again${blocks}`, writer, state, isOpen: false });
  }
  return stages;
}

/** Keeps the state, or, where it is the digest, looks for zeros in it. */
function stageLines({ name, writer, state, isOpen }: Stage, isLast: boolean): string[] {
  const loop = 'for (let middle = MIDDLE; group < end; group += 1, middle += 128) {';
  const begin = [loop, ...(isOpen ? ['place(group);'] : []), ...writer.perNonce];
  if (isLast) {
    return [
      `function ${name}(group: i32, end: i32, mask: v128): i32 {`,
      ...begin,
      `const hits = four.zeros(${state[0]?.name}, mask);`,
      'if (hits) return (group << 4) | hits;',
      '}',
      'return -1;',
      '}',
    ];
  }
  const stores = state.map((word, index) => `v128.store(middle + ${16 * index}, ${word.name});`);
  return [`function ${name}(group: i32, end: i32): void {`, ...begin, ...stores, '}', '}'];
}

/** `fold` computes what a step shares; `search` looks at four nonces after another from `group`. */
function layoutLines({ number }: Layout, stages: readonly Stage[]): string[] {
  const [last, ...others] = stages.map(({ name }) => name).reverse();
  const chunk = others.length === 0 ? 'end' : 'min(group + CHUNK, end)';
  return [
    `function fold${number}(): void {`,
    ...stages.flatMap(({ writer }) => ['{', ...writer.once, '}']),
    '}',
    `function search${number}(group: i32, end: i32, mask: v128): i32 {`,
    'while (group < end) {',
    `const stop = ${chunk};`,
    ...others.reverse().map((name) => `${name}(group, stop);`),
    `const hit = ${last}(group, stop, mask);`,
    'if (hit >= 0) return hit;',
    'group = stop;',
    '}',
    'return -1;',
    '}',
    '',
  ];
}

function loadState(writer: Writer, { stateWords }: Kind): readonly Word[] {
  return Array.from({ length: stateWords }, (_, index) => writer.load(`STATE + ${4 * index}`));
}

function loadMiddle(writer: Writer, { stateWords }: Kind): readonly Word[] {
  return Array.from({ length: stateWords }, (_, index) =>
    writer.loadFour(`middle + ${16 * index}`),
  );
}

function loadBlock(writer: Writer, block: number, open: readonly number[]): readonly Input[] {
  return Array.from({ length: WORDS_OF_BLOCK }, (_, index) => {
    const at = WORDS_OF_BLOCK * block + index;
    return {
      base: writer.load(`BLOCKS + ${4 * at}`),
      open: open.includes(at) ? writer.loadFour(`OPEN + ${16 * at}`) : null,
    };
  });
}

function dispatchLines(
  head: string,
  numbers: readonly number[],
  call: (number: number) => string,
): string[] {
  return [
    `export function ${head} {`,
    'switch (layout) {',
    ...numbers.map((number) => `case ${number}: return ${call(number)};`),
    'default: return unreachable();',
    '}',
    '}',
    '',
  ];
}
