/** From candidates, of whose digests one word was looked at, to solutions and near misses. */

import { assert } from '../domain/assert.ts';
import type { Work } from '../domain/contract.ts';
import { PLAIN } from './digest.ts';
import { type Kernel, MOST_NEAR, NEAR_BITS, type Scan } from './kernel.ts';
import { messageOf, NONCES } from './layout.ts';
import { leadingZeroBits } from './sha256.ts';

/**
 * The lowest nonce, from `from` up to and without `end`, whose digest begins with `zeros` zero bits
 * or, where they are more than 32, may do so; null if there is none.
 */
export type NextCandidate = (from: number, end: number, zeros: number) => number | null;

/** A kernel that finds by `next`, and computes the whole digest of whatever that brings. */
export function checkCandidates(work: Work, next: NextCandidate): Kernel {
  assert(work.bits >= 1 && work.bits <= 60, 'A difficulty is from 1 to 60 bits.');
  assert(
    work.nonceForm === 'decimal' || /^[\0-\x7f]*$/.test(work.header),
    'A header of padded solutions is ASCII.',
  );
  return {
    scan: (from, count) => {
      assert(from >= 0 && count >= 0 && from + count <= NONCES, 'A scan stays below 2^52.');
      return scan(work, next, from, from + count);
    },
  };
}

/** A mask of the digest's first word: zero where the digest begins with `zeros` zero bits. */
export function maskOf(zeros: number): number {
  return zeros >= 32 ? -1 : ~(-1 >>> zeros);
}

/** Leading zero bits that the digest for `nonce` really has. */
export function zerosOf(
  work: Pick<Work, 'algorithm' | 'header' | 'nonceForm'>,
  nonce: number,
): number {
  return leadingZeroBits(PLAIN[work.algorithm].digest(messageOf(work, nonce)));
}

function scan(work: Work, next: NextCandidate, from: number, end: number): Scan {
  const near: number[] = [];
  const { least, most } = nearOf(work);
  let nonce = from;
  while (nonce < end) {
    // Once there are near misses enough, only solutions are of interest.
    const wanted = near.length < most ? least : work.bits;
    const candidate = next(nonce, end, wanted);
    if (candidate === null) break;
    nonce = candidate + 1;
    // Nothing is announced on one word alone.
    const zeros = zerosOf(work, candidate);
    assert(zeros >= Math.min(wanted, 32), 'A candidate has the zeros that the kernel saw.');
    if (zeros >= work.bits) return { found: candidate, near, tried: nonce - from };
    if (zeros >= wanted) near.push(candidate);
  }
  return { found: null, near, tried: end - from };
}

/** Zero bits of a near miss, and how many of them a scan tells: where they are evidence, all. */
function nearOf({ bits, range }: Work): { readonly least: number; readonly most: number } {
  return range === undefined
    ? { least: Math.max(bits - NEAR_BITS, 1), most: MOST_NEAR }
    : { least: range.nearBits, most: Number.POSITIVE_INFINITY };
}
