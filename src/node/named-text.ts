/** The text of a file that somebody named, and the one sentence where it cannot be read. */

import { readText } from '../files/named-file.ts';
import { systemCodeOf, WorldError } from './world-error.ts';

/** What people call the file; the first word of its errors. */
export type NamedAs = 'block' | 'genesis' | 'identity' | 'key' | 'roster' | 'wallet';

/** Throws a `WorldError`: `…-unreadable`. */
export function readNamedText(what: NamedAs, path: string): string {
  try {
    return readText(path);
  } catch (cause) {
    throw unreadable(what, path, cause);
  }
}

export function unreadable(what: NamedAs, path: string, cause: unknown): WorldError {
  const reason = systemCodeOf(cause);
  return new WorldError(
    `Cannot read the ${what} file ${path} (${reason}): check its name and its permissions.`,
    { code: `${what}-unreadable`, facts: { path, reason }, cause },
  );
}
