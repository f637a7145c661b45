/** Kernels in WebAssembly (`src/miner/kernel/`), as the rest of the miner sees kernels. */

import { assert } from '../domain/assert.ts';
import type { Work } from '../domain/contract.ts';
import { checkCandidates, maskOf, type NextCandidate } from './candidates.ts';
import { PLAIN } from './digest.ts';
import type { Prepare } from './kernel.ts';
import { messageOf, NONCE_DIGITS } from './layout.ts';
import { tryOneByOne } from './plain-kernel.ts';
import { blocksOf } from './sha256.ts';

/** What an instance exports. Addresses are those of its memory, in bytes. */
export type Instance = {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Where the state after the blocks that all nonces share is to be, words little-endian. */
  readonly SHARED_STATE: { readonly value: number };
  /** Where the text between those blocks and the nonce is to be, less than a block of it. */
  readonly SHARED_TEXT: { readonly value: number };
  /** Says how long both are, in bytes, and of how many digits each nonce is; 0: as it comes. */
  readonly begin: (sharedBytes: number, absorbedBytes: number, digits: number) => void;
  /** How far behind `from` the first candidate is, among `count` nonces; -1 if there is none. */
  readonly scan: (from: bigint, count: number, mask: number) => number;
};

/** What all nonces of a work share. */
type Shared = {
  readonly state: Int32Array;
  readonly text: Uint8Array;
  readonly absorbedBytes: number;
  readonly digits: number;
};

const BLOCK_BYTES = 64;
/** A kernel's inner loop has three digits to turn; nonces with fewer are tried one by one. */
const LEAST_DECIMAL = 100;

/** Kernels that share one instance, which serves one work at a time. */
export function prepareIn(instance: Instance): Prepare {
  let served: Shared | null = null;
  return (work) => {
    const shared = shareOf(work);
    const oneByOne = tryOneByOne(work);
    const next: NextCandidate = (from, end, zeros) => {
      if (served !== shared) begin(instance, shared);
      served = shared;
      const found = instance.scan(BigInt(from), end - from, maskOf(zeros));
      return found < 0 ? null : from + found;
    };
    return checkCandidates(work, (from, end, zeros) => {
      if (work.nonceForm !== 'decimal' || from >= LEAST_DECIMAL) return next(from, end, zeros);
      const small = oneByOne(from, Math.min(end, LEAST_DECIMAL), zeros);
      return small ?? (end > LEAST_DECIMAL ? next(LEAST_DECIMAL, end, zeros) : null);
    });
  };
}

function shareOf(work: Work): Shared {
  const digits = work.nonceForm === 'decimal' ? 0 : NONCE_DIGITS;
  const zero = messageOf(work, 0);
  const message = zero.subarray(0, zero.length - (digits || 1));
  const absorbedBytes = message.length - (message.length % BLOCK_BYTES);
  const blocks = blocksOf(message).slice(0, absorbedBytes / BLOCK_BYTES);
  const state = PLAIN[work.algorithm].absorb(blocks);
  return { state, text: message.subarray(absorbedBytes), absorbedBytes, digits };
}

function begin(instance: Instance, { state, text, absorbedBytes, digits }: Shared): void {
  const { buffer } = instance.memory;
  assert(text.length < BLOCK_BYTES, 'What is not absorbed is less than a block.');
  new Int32Array(buffer, instance.SHARED_STATE.value, state.length).set(state);
  new Uint8Array(buffer, instance.SHARED_TEXT.value, text.length).set(text);
  instance.begin(text.length, absorbedBytes, digits);
}
