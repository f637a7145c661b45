/** How far a journal had come: a second witness, so that a lost end of it does not go unnoticed. */

import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { systemCodeOf } from './world-error.ts';

/** Digits of the number in the file, and of its checksum. */
const COUNT_DIGITS = 16;
const SUM_DIGITS = 8;

/**
 * A line of fixed length with the number of the last record, written over in place. It is not
 * synced: whoever kills us can't undo what the system has taken, and after a loss of power it may
 * be behind the journal, which is synced first, but never ahead of it.
 */
export class MarkFile {
  readonly #file: number;

  private constructor(file: number) {
    this.#file = file;
  }

  /**
   * The number in the file at `path`; `none` without a file, `unreadable` for what is no such line.
   * Throws the error of the system.
   */
  static read(path: string): number | 'none' | 'unreadable' {
    try {
      const line = readFileSync(path, 'utf8');
      const count = Number(line.slice(0, COUNT_DIGITS));
      return line === lineOf(count) ? count : 'unreadable';
    } catch (error) {
      const code = systemCodeOf(error);
      // That we may not, or cannot, read it says nothing about what was written.
      if (code !== 'ENOENT' && code !== 'EISDIR') throw error;
      return code === 'ENOENT' ? 'none' : 'unreadable';
    }
  }

  /** Opens the file to write into it, and makes it if there is none: durable when it returns. */
  static open(path: string, count: number): MarkFile {
    const file = openSync(path, MarkFile.read(path) === 'none' ? 'w' : 'r+', 0o600);
    const mark = new MarkFile(file);
    try {
      mark.write(count);
      fsyncSync(file);
      return mark;
    } catch (error) {
      mark.close();
      throw error;
    }
  }

  write(count: number): void {
    writeSync(this.#file, lineOf(count), 0);
  }

  close(): void {
    closeSync(this.#file);
  }
}

function lineOf(count: number): string {
  const digits = String(count).padStart(COUNT_DIGITS, '0');
  const sum = createHash('sha256').update(digits).digest('hex').slice(0, SUM_DIGITS);
  return `${digits} ${sum}\n`;
}
