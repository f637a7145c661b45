/** A SHA-256 kernel in TypeScript: what is alike for 4,096 nonces is computed once for them. */

import { assert } from '../domain/assert.ts';
import type { Work } from '../domain/contract.ts';
import { checkCandidates, maskOf } from './candidates.ts';
import type { Kernel } from './kernel.ts';
import { messageOf, STEP, TEXT_BYTES } from './layout.ts';
import { absorb, blocksOf } from './sha256.ts';
import { findCandidate } from './sha256-rounds.ts';
import { foldConstants } from './sha256-schedule.ts';

/** For each nonce of a step its last three digits and the 0x80 after the text, as one word. */
const TAILS = Int32Array.from({ length: STEP }, (_, index) => {
  const digits = index.toString(16).padStart(3, '0');
  const [one = 0, two = 0, three = 0] = new TextEncoder().encode(digits);
  return (one << 24) | (two << 16) | (three << 8) | 0x80;
});

const RUN = 64;

/** From this word on, a last block holds the length of the text (FIPS 180-4, section 5.1.1). */
const LENGTH_WORD = 14;

/** Prepares a search for `work`, whose solutions are padded. */
export function prepareSha256(work: Work): Kernel {
  assert(work.algorithm === 'sha256' && work.nonceForm !== 'decimal', 'One puzzle is served.');
  // No digit that a nonce below 2^52 changes lies before the last block.
  const blocks = blocksOf(messageOf(work, 0));
  const before = absorb(blocks.slice(0, -1));
  const length = blocks.at(-1)?.subarray(LENGTH_WORD);
  const foldStep = (first: number): ReturnType<typeof foldConstants> => {
    const [last] = blocksOf(messageOf(work, first).subarray(-TEXT_BYTES));
    assert(last !== undefined && length !== undefined, 'A padded text has a last block.');
    last.set(length, LENGTH_WORD);
    return foldConstants(before, last);
  };
  let held = { first: 0, ...foldStep(0) };
  return checkCandidates(work, (from, end, zeros) => {
    for (let nonce = from; nonce < end; nonce = nonce - (nonce % RUN) + RUN) {
      const first = nonce - (nonce % STEP);
      if (held.first !== first) held = { first, ...foldStep(first) };
      const { state, constants, base } = held;
      const at = nonce - first;
      const stop = Math.min(end - first, at - (at % RUN) + RUN);
      const index = findCandidate(state, constants, TAILS, base, maskOf(zeros), at, stop);
      if (index >= 0) return first + index;
    }
    return null;
  });
}
