/** The kernel that needs nothing: one nonce after another, plain and slow, for any puzzle. */

import type { Work } from '../domain/contract.ts';
import { checkCandidates, type NextCandidate, zerosOf } from './candidates.ts';
import type { Kernel } from './kernel.ts';

/** Prepares a search for `work`. */
export function preparePlain(work: Work): Kernel {
  return checkCandidates(work, tryOneByOne(work));
}

/** Computes all of each digest. */
export function tryOneByOne(work: Work): NextCandidate {
  return (from, end, zeros) => {
    for (let nonce = from; nonce < end; nonce += 1) {
      if (zerosOf(work, nonce) >= zeros) return nonce;
    }
    return null;
  };
}
