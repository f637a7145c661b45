/** A word of the text to digest, as a kernel sees it. */

import type { Word, Writer } from './writer.ts';

/** What all nonces of a step share, and where digits are open, what these add to it. */
export type Input = { readonly base: Word; readonly open: Word | null };

/** Both in one. */
export function whole(writer: Writer, { base, open }: Input): Word {
  return open === null ? base : writer.xor(base, open);
}
