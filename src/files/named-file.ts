/** Reads what people name as a file: text of any editor, and pipes, but never for ever. */

import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { codeIn } from './error-code.ts';

/** The standard input, in place of a path. */
export const STANDARD_INPUT = 0;

/** Why what was named cannot be read like a file, where the system has no code for it. */
class NoFile extends Error {}

/** Told after each second in which nothing came out of a pipe; may throw to give it up. */
export type OnSilent = (seconds: number) => void;

const PIECE_BYTES = 64 * 1024;
/** Between two looks at a pipe that has nothing for us. */
const LOOK_MS = 10;
const LOOKS_A_SECOND = 100;
/** The writer of a pipe may come a moment after us. */
const LOOKS_WITHOUT_WRITER = LOOKS_A_SECOND;

/** A file of settings is far smaller, and one that never ends must not fill the memory. */
const TEXT_BYTES_MOST = 16 * 1024 * 1024;
/** Behind a pipe, somebody may have to type the passphrase of a safe. */
const TEXT_SILENCE_SECONDS = 60;

/**
 * The pieces of a file, or of a pipe to its end; the memory of one is used again for the next.
 * Throws the system's error, or a `NoFile` for a device, a socket, and a pipe that has no
 * writer.
 */
export function* readPieces(source: string | 0, onSilent: OnSilent): Generator<Uint8Array> {
  const file = source === STANDARD_INPUT ? source : openToRead(source);
  try {
    if (source !== STANDARD_INPUT) refuseOthers(fstatSync(file));
    yield* piecesFrom(file, onSilent);
  } finally {
    if (source !== STANDARD_INPUT) closeSync(file);
  }
}

/** All of a text in UTF-8, or in UTF-16 if it begins with that mark. Throws as `readPieces`. */
export function readText(path: string): string {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of readPieces(path, giveUp)) {
    bytes += piece.byteLength;
    if (bytes > TEXT_BYTES_MOST) throw new NoFile(`it is longer than ${TEXT_BYTES_MOST} bytes`);
    pieces.push(piece.slice());
  }
  return decode(Buffer.concat(pieces));
}

/** A text without the mark that some editors put in front of it. */
export function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, '');
}

function giveUp(seconds: number): void {
  if (seconds < TEXT_SILENCE_SECONDS) return;
  throw new NoFile(`it is a pipe from which nothing has come for ${seconds} s`);
}

/** Windows' own editor and shell write UTF-16, and begin it with these two bytes. */
function decode(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return withoutMark(bytes.toString(isUtf16 ? 'utf16le' : 'utf8'));
}

function openToRead(path: string): number {
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for somebody to write into it.
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    // What the system answers for a socket says nothing of one ("no such device or address").
    throw codeIn(error) === 'ENXIO' ? new NoFile('it is a socket or a device') : error;
  }
}

function refuseOthers(status: Stats): void {
  // Of a directory the system says so itself (EISDIR).
  if (status.isFile() || status.isFIFO() || status.isDirectory()) return;
  throw new NoFile('it is a device');
}

function* piecesFrom(file: number, onSilent: OnSilent): Generator<Uint8Array> {
  const piece = new Uint8Array(PIECE_BYTES);
  const mayHaveNoWriter = file !== STANDARD_INPUT && fstatSync(file).isFIFO();
  let hasBegun = false;
  for (let silent = 0; ; ) {
    const bytes = readNow(file, piece);
    if (bytes !== null && bytes > 0) {
      hasBegun = true;
      silent = 0;
      yield piece.subarray(0, bytes);
      continue;
    }
    if (bytes === 0 && (hasBegun || !mayHaveNoWriter)) return;
    silent += 1;
    if (bytes === 0 && silent >= LOOKS_WITHOUT_WRITER) {
      throw new NoFile('it is a pipe, and nobody writes into it');
    }
    if (silent % LOOKS_A_SECOND === 0) onSilent(silent / LOOKS_A_SECOND);
    pause();
  }
}

/** How many bytes there were: 0 at the end, null where a writer has none for us yet. */
function readNow(file: number, piece: Uint8Array): number | null {
  try {
    return readSync(file, piece);
  } catch (error) {
    if (codeIn(error) === 'EAGAIN') return null;
    // The standard input's end on Windows.
    if (codeIn(error) === 'EOF') return 0;
    throw error;
  }
}

/** Readers of pieces do nothing else meanwhile. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
}
