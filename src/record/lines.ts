/** Cuts a file that comes in pieces into lines, however long or broken some of them are. */

import type { BadLine } from './recording.ts';

/** A line by its number from 1, without its end, or what is wrong with it. */
export type Line =
  | { readonly ok: true; readonly number: number; readonly text: string; readonly isTorn: boolean }
  | { readonly ok: false; readonly number: number; readonly fault: BadLine };

/** More is no line of ours: a payload of 1 MiB, each byte of it written as six, and a topic. */
export const LINE_MOST: number = 7 * 1024 * 1024;

const LINE_FEED = 0x0a;
const DECODER = new TextDecoder('utf-8', { fatal: true });

/** Keeps no more of a line than the longest that counts; leaves out lines of spaces alone. */
export class LineCutter {
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #number = 1;
  readonly #most: number;

  constructor(mostBytes: number = LINE_MOST) {
    this.#most = mostBytes;
  }

  /** The lines that end in this piece of the file. */
  *push(piece: Uint8Array): Generator<Line> {
    let from = 0;
    for (;;) {
      const end = piece.indexOf(LINE_FEED, from);
      this.#keep(piece.subarray(from, end === -1 ? undefined : end));
      if (end === -1) return;
      yield* this.#cut(false);
      from = end + 1;
    }
  }

  /** What is left where the file ends; `isTorn`: it has no end of its own. */
  *end(): Generator<Line> {
    yield* this.#cut(true);
  }

  #keep(part: Uint8Array): void {
    this.#bytes += part.byteLength;
    if (this.#bytes > this.#most) this.#pieces = [];
    // A copy: whoever reads the file may use the memory of a piece again.
    else if (part.byteLength > 0) this.#pieces.push(part.slice());
  }

  *#cut(isTorn: boolean): Generator<Line> {
    const [pieces, bytes, number] = [this.#pieces, this.#bytes, this.#number];
    this.#pieces = [];
    this.#bytes = 0;
    this.#number += 1;
    if (bytes === 0) return;
    if (bytes > this.#most) {
      yield { ok: false, number, fault: { code: 'line-too-long', bytes } };
      return;
    }
    const text = decode(join(pieces, bytes));
    if (text === null) yield { ok: false, number, fault: { code: isTorn ? 'torn' : 'not-utf8' } };
    else if (text.trim() !== '') yield { ok: true, number, text, isTorn };
  }
}

function join(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const [first] = pieces;
  if (pieces.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}

function decode(bytes: Uint8Array): string | null {
  try {
    return DECODER.decode(bytes);
  } catch {
    return null;
  }
}
