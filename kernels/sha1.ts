/** SHA-1 (FIPS 180-4, section 6.1.2), told to a writer instead of computed. */

import { type Input, whole } from './input.ts';
import { addWords, choose, majority } from './sha256.ts';
import type { Word, Writer } from './writer.ts';

/** Section 6.1.2, step 1: a word is made of the words so far back, rotated by one. */
const LOOKS_BACK = [3, 8, 14, 16];

/** The words of the state after a block. */
export function compress(
  writer: Writer,
  state: readonly Word[],
  block: readonly Input[],
): readonly Word[] {
  const wordAt = scheduleOf(writer, block);
  let [a, b, c, d, e] = state as [Word, Word, Word, Word, Word];
  for (let t = 0; t < 80; t += 1) {
    const phase = phaseOf(t);
    const constant = writer.literal(phase.constant);
    const mixed = phase.mix(writer, b, c, d);
    const next = writer.add(e, wordAt(t), constant, mixed, writer.rotateLeft(a, 5));
    e = d;
    d = c;
    c = writer.rotateLeft(b, 30);
    b = a;
    a = next;
  }
  return addWords(writer, [a, b, c, d, e], state);
}

type Phase = {
  readonly constant: number;
  readonly mix: (writer: Writer, x: Word, y: Word, z: Word) => Word;
};

/** Sections 4.1.1 and 4.2.1. */
function phaseOf(t: number): Phase {
  if (t < 20) return { constant: 0x5a827999, mix: choose };
  if (t < 40) return { constant: 0x6ed9eba1, mix: parity };
  if (t < 60) return { constant: 0x8f1bbcdc, mix: majority };
  return { constant: 0xca62c1d6, mix: parity };
}

function parity(writer: Writer, x: Word, y: Word, z: Word): Word {
  return writer.xor(x, y, z);
}

/** The schedule is to be asked for in order, so that a word is written where it is needed. */
function scheduleOf(writer: Writer, block: readonly Input[]): (t: number) => Word {
  const [open, ...others] = block.flatMap((input) => input.open ?? []);
  if (open === undefined || others.length > 0) return plainSchedule(writer, block);
  return splitSchedule(writer, block, open);
}

function plainSchedule(writer: Writer, block: readonly Input[]): (t: number) => Word {
  const words = block.map((input) => whole(writer, input));
  return (t) => {
    if (t >= 16) words[t] = next(writer, words);
    return words[t] as Word;
  };
}

/**
 * The schedule is linear: where one word is open, each word is what the others make it, with a few
 * rotations of the open digits on top. Each rotation is computed once.
 */
function splitSchedule(writer: Writer, block: readonly Input[], open: Word): (t: number) => Word {
  const bases = block.map((input) => input.base);
  const rotations = block.map((input) => new Set(input.open === null ? [] : [0]));
  for (let t = 16; t < 80; t += 1) {
    bases[t] = next(writer, bases);
    rotations[t] = nextRotations(rotations);
  }
  return (t) => {
    const amounts = [...(rotations[t] ?? [])].sort((one, other) => one - other);
    const rotated = amounts.map((bits) => writer.rotateLeft(open, bits));
    return writer.xor(bases[t] as Word, ...rotated);
  };
}

function next(writer: Writer, words: readonly Word[]): Word {
  const sources = LOOKS_BACK.map((back) => words.at(-back) as Word);
  return writer.rotateLeft(writer.xor(...sources), 1);
}

/** A rotation that comes in twice is gone. */
function nextRotations(rotations: readonly ReadonlySet<number>[]): Set<number> {
  const sum = new Set<number>();
  for (const back of LOOKS_BACK) {
    for (const bits of rotations.at(-back) ?? []) {
      const turned = (bits + 1) % 32;
      if (!sum.delete(turned)) sum.add(turned);
    }
  }
  return sum;
}
