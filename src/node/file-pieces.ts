/** Reads a file of any size in pieces. */

import { closeSync, openSync, readSync } from 'node:fs';
import { systemCodeOf, WorldError } from './world-error.ts';

const PIECE_BYTES = 64 * 1024;

/**
 * The pieces of a file in order; the memory of one is used again for the next.
 *
 * @throws WorldError `file-unreadable`, at the first piece or at any later one.
 */
export function* piecesOf(path: string): Generator<Uint8Array> {
  const file = attempt(path, () => openSync(path, 'r'));
  try {
    const piece = new Uint8Array(PIECE_BYTES);
    for (;;) {
      const bytes = attempt(path, () => readSync(file, piece));
      if (bytes === 0) return;
      yield piece.subarray(0, bytes);
    }
  } finally {
    closeSync(file);
  }
}

function attempt<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    const reason = systemCodeOf(cause);
    throw new WorldError(`Cannot read ${path} (${reason}): check its name and its permissions.`, {
      code: 'file-unreadable',
      facts: { path, reason },
      cause,
    });
  }
}
