/** Reads a file of any size in pieces. */

import { type OnSilent, readPieces, STANDARD_INPUT } from '../files/named-file.ts';
import { systemCodeOf, WorldError } from './world-error.ts';

/**
 * The pieces of a file in order, or with `-` of the standard input; the memory of one is used again
 * for the next. `onSilent` is told after each second in which a pipe brings nothing.
 *
 * @throws WorldError `file-unreadable`, at the first piece or at any later one.
 */
export function* piecesOf(path: string, onSilent: OnSilent = () => {}): Generator<Uint8Array> {
  try {
    yield* readPieces(path === '-' ? STANDARD_INPUT : path, onSilent);
  } catch (cause) {
    const reason = systemCodeOf(cause);
    throw new WorldError(`Cannot read ${path} (${reason}): check its name and its permissions.`, {
      code: 'file-unreadable',
      facts: { path, reason },
      cause,
    });
  }
}
