/** The file that names the key which rewards are credited to. */

import type { AccountKey } from '../domain/names.ts';
import { isAccountKey } from '../domain/transaction.ts';
import { readText } from '../files/named-file.ts';
import { systemCodeOf, WorldError } from './world-error.ts';

/** A key takes 64 characters; a file of this size is something else. */
const MOST_CHARACTERS = 4_096;

/**
 * The public key in the file at `path`: 64 hex digits of either case, with white space wherever
 * one likes. Throws a `WorldError`: `key-unreadable` or `key-malformed`.
 */
export function readAccountKeyFile(path: string): AccountKey {
  const text = textOf(path);
  const key = text.replaceAll(/\s/g, '').toLowerCase();
  if (text.length <= MOST_CHARACTERS && isAccountKey(key)) return key;
  throw new WorldError(
    `The file ${path} holds no public key: write its 64 hex digits there, and nothing else ` +
      '("sortition wallet address" shows those of a wallet).',
    { code: 'key-malformed', facts: { path } },
  );
}

function textOf(path: string): string {
  try {
    return readText(path);
  } catch (cause) {
    const reason = systemCodeOf(cause);
    throw new WorldError(
      `Cannot read the key file ${path} (${reason}): check its name and its permissions.`,
      { code: 'key-unreadable', facts: { path, reason }, cause },
    );
  }
}
