/** Checks a result as anybody could: by a SHA-256 of its preimage. */

import { createHash } from 'node:crypto';
import type { Note } from '../domain/note.ts';
import { preimageOf, zeroBits } from '../ledger/block.ts';

/** What is wrong with a result, in words; null if nothing is. */
export function problemOfResult(result: Extract<Note, { kind: 'result' }>): string | null {
  const { block, digest, preimage } = result;
  if (preimageOf(block) !== preimage) return 'its preimage is not that of its block';
  const ours = createHash('sha256').update(preimage, 'ascii').digest('hex');
  if (ours !== digest) return `the SHA-256 of its preimage is ${ours}, not ${digest}`;
  const bits = zeroBits(ours);
  return bits >= block.challenge
    ? null
    : `its digest has ${bits} zero bits where ${block.challenge} are needed`;
}
