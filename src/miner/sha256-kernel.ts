/** A SHA-256 kernel in TypeScript: what is alike for 4,096 nonces is computed once for them. */

import { assert } from '../domain/assert.ts';
import type { Work } from '../domain/contract.ts';
import { type Kernel, MOST_NEAR, NEAR_BITS, type Scan } from './kernel.ts';
import { NONCES, STEP, solutionOf } from './layout.ts';
import { absorb, blocksOf, leadingZeroBits, sha256 } from './sha256.ts';
import { findCandidate } from './sha256-rounds.ts';
import { type Constants, foldConstants } from './sha256-schedule.ts';

/** For each nonce of a step its last three digits and the 0x80 after the text, as one word. */
const TAILS = Int32Array.from({ length: STEP }, (_, index) => {
  const digits = index.toString(16).padStart(3, '0');
  const [one = 0, two = 0, three = 0] = new TextEncoder().encode(digits);
  return (one << 24) | (two << 16) | (three << 8) | 0x80;
});

/** The nonces from `first` on that share all digits but the last three. */
type Step = Constants & { readonly first: number };

/** A work in the terms of the kernel. */
type Search = {
  readonly bits: number;
  /** The step that `nonce` belongs to. */
  readonly stepOf: (nonce: number) => Step;
  /** Leading zero bits that the digest really has. */
  readonly zerosOf: (nonce: number) => number;
};

/** Prepares a search for `work`. */
export function prepareSha256(work: Work): Kernel {
  assert(/^[\0-\x7f]*$/.test(work.header), 'A header is ASCII.');
  assert(work.bits >= 1 && work.bits <= 60, 'A difficulty is from 1 to 60 bits.');
  const encoder = new TextEncoder();
  const textOf = (nonce: number): Uint8Array =>
    encoder.encode(work.header + solutionOf(work.header, nonce));

  // No digit that a nonce below 2^52 changes lies before the last block.
  const before = absorb(blocksOf(textOf(0)).slice(0, -1));
  const search: Search = {
    bits: work.bits,
    stepOf: (nonce) => {
      const first = nonce - (nonce % STEP);
      const last = blocksOf(textOf(first)).at(-1);
      assert(last !== undefined, 'A padded text has a last block.');
      return { first, ...foldConstants(before, last) };
    },
    zerosOf: (nonce) => leadingZeroBits(sha256(textOf(nonce))),
  };
  return {
    scan: (from, count) => {
      assert(from >= 0 && count >= 0 && from + count <= NONCES, 'A scan stays below 2^52.');
      return scan(search, from, from + count);
    },
  };
}

function scan({ bits, stepOf, zerosOf }: Search, from: number, end: number): Scan {
  const near: number[] = [];
  let [step, nonce]: [Step | null, number] = [null, from];
  while (nonce < end) {
    if (step === null || nonce >= step.first + STEP) step = stepOf(nonce);
    // Once there are near misses enough, only solutions are of interest.
    const wanted = near.length < MOST_NEAR ? Math.max(bits - NEAR_BITS, 1) : bits;
    const candidate = nextCandidate(step, nonce, end, wanted);
    if (candidate === null) {
      nonce = Math.min(step.first + STEP, end);
      continue;
    }
    nonce = candidate + 1;
    // The inner loop sees 32 bits only, and nothing is announced on its word alone.
    const zeros = zerosOf(candidate);
    assert(zeros >= Math.min(wanted, 32), 'A candidate has the zeros that the inner loop saw.');
    if (zeros >= bits) return { found: candidate, near, tried: nonce - from };
    if (zeros >= wanted) near.push(candidate);
  }
  return { found: null, near, tried: end - from };
}

/** The next nonce in `step`, from `nonce` on, whose digest may begin with `wanted` zero bits. */
function nextCandidate(step: Step, nonce: number, end: number, wanted: number): number | null {
  const { state, constants, base, first } = step;
  const mask = wanted >= 32 ? -1 : ~(-1 >>> wanted);
  const stop = Math.min(end - first, STEP);
  const index = findCandidate(state, constants, TAILS, base, mask, nonce - first, stop);
  return index < 0 ? null : first + index;
}
