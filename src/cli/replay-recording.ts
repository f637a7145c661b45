/** Reads a recording, and tells it as `watch` would have. */

import { piecesOf } from '../node/file-pieces.ts';
import { WorldError } from '../node/world-error.ts';
import { describeBadLine } from '../record/describe-bad-line.ts';
import type { Recorded } from '../record/recording.ts';
import { type RecordedLine, RecordingReader } from '../record/recording-reader.ts';
import { formatLine, type LineLook, wantsColour } from './line-format.ts';
import { remark } from './remark.ts';
import { jsonOf, lineOf } from './watch-lines.ts';
import { lookOn, type WatchValues } from './watching.ts';

/** Whoever has a broken file wants to hear of it a few times, and how often in all. */
const COMPLAINTS_MOST = 10;

/**
 * The messages of a recording in their order. Bad lines are told on the standard error.
 *
 * @throws WorldError `file-unreadable`; `recording-malformed` where no line of it is good.
 */
export function* messagesOf(path: string): Generator<Recorded> {
  const complaints = new Complaints(path);
  for (const line of linesOf(path)) {
    if (line.ok) {
      complaints.tell();
      yield line.recorded;
    } else complaints.add(`line ${line.number} ${describeBadLine(line.fault)}`);
  }
  complaints.end();
}

/** Tells each message with its verdict; those of one file come as fast as they are read. */
export function tellRecording(
  path: string,
  values: WatchValues & { readonly json: boolean },
): void {
  const watching = lookOn(values);
  const look: LineLook = { isColoured: wantsColour(process.stdout), columns: null };
  for (const recorded of messagesOf(path)) {
    const sighting = watching.hear(recorded);
    const line = values.json
      ? jsonOf(sighting)
      : formatLine(lineOf(sighting, watching.isLab, watching.nameOf), recorded.time, look);
    process.stdout.write(`${line}\n`);
  }
}

function* linesOf(path: string): Generator<RecordedLine> {
  const reader = new RecordingReader();
  for (const piece of piecesOf(path)) yield* reader.push(piece);
  yield* reader.end();
}

/** Says nothing of a file without any good line but that it is none of ours. */
class Complaints {
  readonly #path: string;
  readonly #waiting: string[] = [];
  #first: string | null = null;
  #count = 0;
  #hasGood = false;

  constructor(path: string) {
    this.#path = path;
  }

  add(why: string): void {
    this.#count += 1;
    this.#first ??= why;
    if (this.#count <= COMPLAINTS_MOST) this.#waiting.push(why);
    if (this.#hasGood) this.tell();
  }

  /** A good line has come. */
  tell(): void {
    this.#hasGood = true;
    for (const why of this.#waiting.splice(0)) remark(`${this.#path}: ${why}`);
  }

  end(): void {
    if (!this.#hasGood && this.#first !== null) {
      throw new WorldError(`${this.#path} is no recording and no trace: ${this.#first}.`, {
        code: 'recording-malformed',
        facts: { path: this.#path, lines: this.#count },
      });
    }
    if (!this.#hasGood) remark(`${this.#path}: there is no message in it`);
    if (this.#count <= COMPLAINTS_MOST) return;
    remark(`${this.#path}: ${this.#count} bad lines in all`);
  }
}
