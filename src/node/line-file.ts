/** A file that grows by whole lines, each of them on its way to the disk before we go on. */

import { closeSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { systemCodeOf, WorldError } from './world-error.ts';

export type LineFileOptions = {
  /** Readable by its owner alone. */
  readonly isSecret?: boolean;
};

/** Killed at any moment, our process leaves all lines but the last one whole. */
export class LineFile {
  readonly path: string;
  #file: number | null;
  #bytes = 0;

  /** @throws WorldError `file-exists` or `file-unwritable`; nothing is overwritten. */
  constructor(path: string, { isSecret = false }: LineFileOptions = {}) {
    this.path = path;
    try {
      this.#file = openSync(path, 'ax', isSecret ? 0o600 : 0o666);
    } catch (cause) {
      throw systemCodeOf(cause) === 'EEXIST' ? alreadyThere(path) : unwritable(path, cause);
    }
  }

  /** Written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Adds a text with its own end, all of it or nothing; nothing once it is closed. Throws
   * `file-unwritable`.
   */
  append(text: string | Uint8Array): void {
    if (this.#file === null) return;
    const bytes = Buffer.from(text);
    try {
      // A disk that is almost full takes a part of it first.
      for (let at = 0; at < bytes.byteLength; ) at += writeSync(this.#file, bytes, at);
    } catch (cause) {
      cutOff(this.#file, this.#bytes);
      throw unwritable(this.path, cause);
    }
    this.#bytes += bytes.byteLength;
  }

  /** Some systems say only now that there was no room. Throws `file-unwritable`. */
  close(): void {
    const file = this.#file;
    this.#file = null;
    try {
      if (file !== null) closeSync(file);
    } catch (cause) {
      throw unwritable(this.path, cause);
    }
  }

  /** Closes it, and takes it away if nothing was ever written. */
  discardIfEmpty(): void {
    this.close();
    if (this.#bytes === 0) unlinkSync(this.path);
  }
}

/** Takes back what stands there of a line, if the system lets us. */
function cutOff(file: number, bytes: number): void {
  try {
    ftruncateSync(file, bytes);
  } catch {
    // Readers take a torn last line for what it is.
  }
}

function alreadyThere(path: string): WorldError {
  return new WorldError(`${path} is there already: name another file, or take it away.`, {
    code: 'file-exists',
    facts: { path },
  });
}

function unwritable(path: string, cause: unknown): WorldError {
  const reason = systemCodeOf(cause);
  return new WorldError(
    `Cannot write ${path} (${reason}): check the folder, its permissions and its room.`,
    { code: 'file-unwritable', facts: { path, reason }, cause },
  );
}
