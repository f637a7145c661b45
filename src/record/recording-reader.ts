/** Reads a recording that comes in pieces; a bad line is named, and the others are read. */

import { type Line, LineCutter } from './lines.ts';
import { type BadLine, type Recorded, readRecorded } from './recording.ts';

/** One line of a recording, by its number from 1. */
export type RecordedLine =
  | { readonly ok: true; readonly number: number; readonly recorded: Recorded }
  | { readonly ok: false; readonly number: number; readonly fault: BadLine };

export class RecordingReader {
  readonly #cutter = new LineCutter();

  /** The messages whose lines end in this piece of the file. */
  *push(piece: Uint8Array): Generator<RecordedLine> {
    for (const line of this.#cutter.push(piece)) yield read(line);
  }

  /** Call it where the file ends: its last line may lack an end, and yet be whole. */
  *end(): Generator<RecordedLine> {
    for (const line of this.#cutter.end()) yield read(line);
  }
}

function read(line: Line): RecordedLine {
  if (!line.ok) return line;
  const { number, text, isTorn } = line;
  const reading = readRecorded(text);
  if (reading.ok) return { ...reading, number };
  const fault: BadLine =
    isTorn && reading.fault.code === 'not-json' ? { code: 'torn' } : reading.fault;
  return { ok: false, number, fault };
}
