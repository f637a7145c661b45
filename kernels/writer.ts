/** Writes AssemblyScript that computes once for a step whatever does not vary among its nonces. */

import { assert } from '../src/domain/assert.ts';

/** A word of 32 bits in the written code, by its name there. */
export type Word = {
  /** Whether it differs between the nonces of a step; then it is a vector of four of them. */
  readonly varies: boolean;
  readonly name: string;
};

/** Functions of words that the kernel has for one word (`one.ts`) and for four (`four.ts`). */
export type WordFunction =
  | 'add'
  | 'xor'
  | 'and'
  | 'bigSigma0'
  | 'bigSigma1'
  | 'smallSigma0'
  | 'smallSigma1';

/** For each stage, the kernel's memory has place for so many words that nonces need. */
const SLOTS = 128;

/** Straight-line code in two parts, which grow as words are asked for. */
export class Writer {
  readonly #once: string[] = [];
  readonly #perNonce: string[] = [];
  /** By what computes it: nothing is computed twice. */
  readonly #words = new Map<string, Word>();
  readonly #firstSlot: number;
  /** Words of the step that nonces need: where each is kept. */
  readonly #slots = new Map<string, number>();

  /** What is written for one stage keeps its words apart from those of others. */
  constructor(stage: number) {
    this.#firstSlot = SLOTS * stage;
  }

  /** The statements to run once for a step. */
  get once(): readonly string[] {
    return this.#once;
  }

  /** The statements to run for each four nonces. */
  get perNonce(): readonly string[] {
    return this.#perNonce;
  }

  /** A word that is known beforehand. */
  literal(value: number): Word {
    return { varies: false, name: `0x${(value >>> 0).toString(16).padStart(8, '0')}` };
  }

  /** A word of memory that is alike for all nonces. */
  load(address: string): Word {
    return this.#define(false, `load<i32>(${address})`);
  }

  /** Vectors of memory, which differ between nonces. */
  loadFour(address: string): Word {
    return this.#define(true, `v128.load(${address})`);
  }

  store(address: string, word: Word): void {
    this.#once.push(`store<i32>(${address}, ${word.name});`);
  }

  call(name: WordFunction, ...words: readonly Word[]): Word {
    return this.#apply(name, words, '');
  }

  rotateLeft(word: Word, bits: number): Word {
    return bits === 0 ? word : this.#apply('rotateLeft', [word], `, ${bits}`);
  }

  /** The sum modulo 2^32; the part that does not vary is one term for the nonces. */
  add(...words: readonly Word[]): Word {
    return this.#gather('add', words);
  }

  /** Likewise the exclusive or. */
  xor(...words: readonly Word[]): Word {
    return this.#gather('xor', words);
  }

  #gather(name: 'add' | 'xor', words: readonly Word[]): Word {
    const alike = words.filter(({ varies }) => !varies);
    const varying = words.filter(({ varies }) => varies);
    const terms = alike.length === 0 ? varying : [this.#fold(name, alike), ...varying];
    return this.#fold(name, terms);
  }

  #fold(name: 'add' | 'xor', words: readonly Word[]): Word {
    return words.reduce((left, right) => this.call(name, left, right));
  }

  #apply(name: string, words: readonly Word[], more: string): Word {
    if (words.every(({ varies }) => !varies)) {
      const names = words.map((word) => word.name);
      return this.#define(false, `one.${name}(${names.join(', ')}${more})`);
    }
    const names = words.map((word) => (word.varies ? word.name : this.#kept(word)));
    return this.#define(true, `four.${name}(${names.join(', ')}${more})`);
  }

  #kept({ name }: Word): string {
    const slot = this.#slots.get(name) ?? this.#slots.size;
    assert(slot < SLOTS, 'A kernel has place for what a step keeps.');
    const address = `CONSTANTS + ${4 * (this.#firstSlot + slot)}`;
    if (!this.#slots.has(name)) {
      this.#slots.set(name, slot);
      this.#once.push(`store<i32>(${address}, ${name});`);
    }
    return `four.constant(${address})`;
  }

  #define(varies: boolean, expression: string): Word {
    const known = this.#words.get(expression);
    if (known !== undefined) return known;
    const [part, letter] = varies ? [this.#perNonce, 'n'] : [this.#once, 's'];
    const word = { varies, name: `${letter}${this.#words.size}` };
    this.#words.set(expression, word);
    part.push(`const ${word.name} = ${expression};`);
    return word;
  }
}
