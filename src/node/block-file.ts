/** The file that somebody who mines alone keeps the last block in. */

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { replaceFile } from '../files/replace-file.ts';
import { unreadable } from './named-text.ts';
import { systemCodeOf, WorldError } from './world-error.ts';

const MOST_BYTES = 65_536;

/**
 * The text in the file at `path`, where one line end after it is forgiven; null where there is no
 * file. Throws a `WorldError`: `block-unreadable` or `block-malformed`.
 */
export function readBlockFile(path: string): string | null {
  const bytes = readBytes(path);
  if (bytes === null) return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const block = text.replace(/\r?\n$/, '');
    if (block !== '') return block;
  } catch (cause) {
    throw malformed(path, 'is not UTF-8', cause);
  }
  throw malformed(path, 'is empty');
}

/**
 * Makes `text` all that is in the file at `path`: whoever reads it, and after a loss of power too,
 * finds the old text or the new one. Where `before` (null for no file) is no longer what is there,
 * nothing is replaced. Throws a `WorldError`: `block-changed`, `block-unwritable`, or as above.
 */
export function replaceBlockFile(path: string, before: string | null, text: string): void {
  if (readBlockFile(path) !== before) {
    throw new WorldError(
      `Somebody else has changed ${path} meanwhile, and it is left as it is: ` +
        'give each process that mines a file of its own.',
      { code: 'block-changed', facts: { path } },
    );
  }
  try {
    replaceFile(path, text, 0o666);
  } catch (cause) {
    const reason = systemCodeOf(cause);
    throw new WorldError(
      `Cannot write the block file ${path} (${reason}): ` +
        'name a file in a directory that exists and that you may write to.',
      { code: 'block-unwritable', facts: { path, reason }, cause },
    );
  }
}

function readBytes(path: string): Uint8Array | null {
  let file: number;
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for somebody to write into it.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return null;
    throw unreadable('block', path, cause);
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw malformed(path, 'is no file');
    if (status.size > MOST_BYTES) throw malformed(path, `is longer than ${MOST_BYTES} bytes`);
    return readFileSync(file);
  } catch (cause) {
    throw cause instanceof WorldError ? cause : unreadable('block', path, cause);
  } finally {
    closeSync(file);
  }
}

function malformed(path: string, problem: string, cause?: unknown): WorldError {
  return new WorldError(
    `The block file ${path} ${problem}: it must hold the last block as a text, ` +
      'or not exist yet to get a first one.',
    { code: 'block-malformed', facts: { path, problem }, cause },
  );
}
