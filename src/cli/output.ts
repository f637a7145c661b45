/** The standard output and error where they are files: a full disk costs lines, and is told. */

import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { explainCode } from '../client/describe-trouble.ts';
import { countOf } from '../domain/count-of.ts';
import { systemCodeOf } from '../node/world-error.ts';
import { remark } from './remark.ts';

export type OutletOptions = {
  /** For people: `standard output`. */
  readonly name: string;
  /** Writes some of these bytes or all, and says how many; throws the error of the system. */
  readonly write: (bytes: Uint8Array) => number;
  /** Milliseconds. */
  readonly now: () => number;
  /** Says a sentence where people find it. */
  readonly tell: (sentence: string) => void;
};

/** How long nothing is tried after a failure: a full disk is not asked for each line. */
const PAUSE_MS = 1_000;
/** A command that ends before that says all of it in one sentence. */
const TELL_MS = 100;

const NEW_LINE = 10;
const NOTHING: Uint8Array = Buffer.alloc(0);

/**
 * A stream that never fails. Lines that find no room are lost and counted, and the next ones are
 * written as soon as there is room again, after the rest of a line that was begun.
 */
export class Outlet extends Writable {
  readonly #options: OutletOptions;
  /** Why nothing can be written, while that is so. */
  #code: string | null = null;
  #failedAt = 0;
  /** Of the line that stands there in part. */
  #rest = NOTHING;
  /** Since it failed, and before that. */
  #lost = 0;
  #lostBefore = 0;
  #lastCode = '';
  #isTold = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OutletOptions) {
    super();
    this.#options = options;
  }

  /** Lines in all. */
  get lost(): number {
    return this.#lostBefore + this.#lost;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#take(chunk);
    done();
  }

  /** What to say at the end; null where everything arrived, or, if it `lasts`, does so again. */
  conclude(lasts: boolean): string | null {
    clearTimeout(this.#timer);
    if (this.#rest.length > 0) this.#rest = this.#push(this.#rest);
    const isCut = this.#rest.length > 0;
    const lost = this.#lost + (isCut ? 1 : 0);
    const all = lost + this.#lostBefore;
    if (lost === 0 && (lasts || all === 0)) return null;
    const why = explainCode(this.#lastCode);
    return `${countOf(all, 'line')} of the ${this.#options.name} could not be written (${why}).`;
  }

  #take(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    const isPause = this.#code !== null && this.#options.now() - this.#failedAt < PAUSE_MS;
    if (!isPause) this.#rest = this.#push(this.#rest);
    if (isPause || this.#rest.length > 0) {
      this.#lost += linesIn(chunk);
      return;
    }
    const left = this.#push(chunk);
    if (left.length === 0) {
      this.#recover();
      return;
    }
    const begun = chunk.length - left.length;
    const isWhole = begun === 0 || chunk[begun - 1] === NEW_LINE;
    const end = isWhole ? 0 : left.indexOf(NEW_LINE) + 1 || left.length;
    this.#rest = left.slice(0, end);
    this.#lost += linesIn(left.subarray(end));
  }

  /** What is left of these bytes. */
  #push(bytes: Uint8Array): Uint8Array {
    let left = bytes;
    try {
      while (left.length > 0) left = left.subarray(this.#options.write(left));
    } catch (error) {
      this.#fail(systemCodeOf(error));
    }
    return left;
  }

  #fail(code: string): void {
    this.#failedAt = this.#options.now();
    this.#lastCode = code;
    if (this.#code === null) {
      this.#timer = setTimeout(() => {
        this.#isTold = true;
        this.#options.tell(
          `The ${this.#options.name} cannot be written (${explainCode(code)}): ` +
            'lines are lost until it can.',
        );
      }, TELL_MS);
      this.#timer.unref();
    }
    this.#code = code;
  }

  #recover(): void {
    if (this.#code === null) return;
    const [lost, isTold] = [this.#lost, this.#isTold];
    clearTimeout(this.#timer);
    this.#code = null;
    this.#isTold = false;
    this.#lost = 0;
    this.#lostBefore += lost;
    if (lost === 0 && !isTold) return;
    const { name } = this.#options;
    this.#options.tell(`The ${name} can be written again; lost: ${countOf(lost, 'line')}.`);
  }
}

/** What has no end is a line, too. */
function linesIn(bytes: Uint8Array): number {
  const ends = bytes.reduce((count, byte) => count + (byte === NEW_LINE ? 1 : 0), 0);
  return ends + (bytes.length === 0 || bytes.at(-1) === NEW_LINE ? 0 : 1);
}

let outlet: Outlet | null = null;
let isLasting = false;

/**
 * From now on a standard output or error that is a file or a device loses lines where it is full,
 * and never fails. A reader of a pipe or a terminal that has gone is another matter: EPIPE.
 */
export function guardOutput(): void {
  // Otherwise the system ends us where a file may not grow any more (`ulimit -f`): now it is EFBIG.
  process.on('SIGXFSZ', () => {});
  guard('stderr', 2, 'standard error');
  outlet = guard('stdout', 1, 'standard output');
}

/** The command goes on until it is told to end: by then, earlier lost lines are no failure. */
export function goOnWithoutOutput(): void {
  isLasting = true;
}

/** What was lost of the standard output, as a sentence; null where that is no failure. */
export function outputLost(): string | null {
  return outlet?.conclude(isLasting) ?? null;
}

function guard(stream: 'stdout' | 'stderr', fd: number, name: string): Outlet | null {
  // Pipes and terminals are sockets.
  if (process[stream] instanceof Socket) return null;
  const write = (bytes: Uint8Array): number => writeSync(fd, bytes);
  const guarded = new Outlet({ name, write, now: () => performance.now(), tell: remark });
  const value = Object.assign(guarded, { fd });
  Object.defineProperty(process, stream, { value, configurable: true, enumerable: true });
  return guarded;
}
