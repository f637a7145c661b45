/** The digests that a search may be for, plain and slow. */

import type { Algorithm } from '../domain/quest.ts';
import { absorbSha1, sha1 } from './sha1.ts';
import { absorb, sha256 } from './sha256.ts';

type Plain = {
  /** The digest of a message, as words of 32 bits. */
  readonly digest: (message: Uint8Array) => Int32Array;
  /** The state after whole blocks of a message, of 16 words each. */
  readonly absorb: (blocks: readonly Int32Array[]) => Int32Array;
};

export const PLAIN: Readonly<Record<Algorithm, Plain>> = {
  sha1: { digest: sha1, absorb: absorbSha1 },
  sha256: { digest: sha256, absorb },
  sha256d: { digest: (message) => sha256(bytesOf(sha256(message))), absorb },
};

/** The bytes of words, the highest byte of each first. */
function bytesOf(words: Int32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * words.length));
  for (const [index, word] of words.entries()) view.setInt32(4 * index, word);
  return new Uint8Array(view.buffer);
}
