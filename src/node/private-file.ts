/** Files that hold a secret: for their owner alone to read, and there whole or not at all. */

import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { discard, draftOf } from '../files/replace-file.ts';
import { unreadable } from './named-text.ts';
import { systemCodeOf, WorldError } from './world-error.ts';

/** `identity`: the first word of its errors, and what people call the file. */
export type Secret = 'identity' | 'wallet';

/** What is left to do once others may have seen it. */
const LEAKED: Readonly<Record<Secret, string>> = {
  identity: 'delete it',
  wallet: 'send what its account holds to a new wallet',
};

/** What `link` answers where the file system knows no hard links. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * The text of a file; null where there is none, and `'no-file'` for what is something else. Throws
 * a `WorldError`: `…-unreadable`, or `…-exposed` where others may read it.
 */
export function readPrivateFile(secret: Secret, path: string): string | 'no-file' | null {
  let file: number;
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for somebody to write into it.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return null;
    throw unreadable(secret, path, cause);
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile()) return 'no-file';
    refuseExposed(secret, path, status.mode);
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw cause instanceof WorldError ? cause : unreadable(secret, path, cause);
  } finally {
    closeSync(file);
  }
}

/**
 * Makes a file of this text, durably; false where there is one already. It is written under another
 * name first: a file with this one is there whole or not at all, whenever the power fails. Throws a
 * `WorldError`: `…-unwritable`.
 */
export function createPrivateFile(secret: Secret, path: string, text: string): boolean {
  const draft = draftOf(path);
  try {
    writeDurably(draft, text);
    placeExclusively(draft, path);
    return true;
  } catch (cause) {
    const reason = systemCodeOf(cause);
    if (reason === 'EEXIST') return false;
    throw new WorldError(
      `Cannot create the ${secret} file ${path} (${reason}): ` +
        'name a file in a directory that exists and that you may write to.',
      { code: `${secret}-unwritable`, facts: { path, reason }, cause },
    );
  } finally {
    discard(draft);
  }
}

/** Windows keeps no such modes; there the directory's permissions have to do. */
function refuseExposed(secret: Secret, path: string, mode: number): void {
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  const shown = (mode & 0o777).toString(8);
  throw new WorldError(
    `The ${secret} file ${path} is open to other users (mode ${shown}): ` +
      `if nobody else has seen it, run chmod 600 ${path}, otherwise ${LEAKED[secret]}.`,
    { code: `${secret}-exposed`, facts: { path, mode: shown } },
  );
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A rename would overwrite; a link fails where the name is taken. */
function placeExclusively(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!NO_LINKS.has(systemCodeOf(error))) throw error;
    copyFileSync(draft, path, constants.COPYFILE_EXCL);
  }
}
