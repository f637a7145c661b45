/** Tells people by lines alone: into files and pipes, and where a terminal can do no more. */

import { formatCount } from '../client/describe.ts';
import type { Note } from '../domain/note.ts';
import { formatLine, type LineLook, wantsColour } from './line-format.ts';
import { type Line, Narrator, type Tone } from './narrator.ts';
import type { Ended, Started, Teller, TellerOptions } from './teller.ts';

const LOOK_MS = 500;

export class PlainTeller implements Teller {
  readonly #options: TellerOptions;
  readonly #narrator: Narrator;
  readonly #look: LineLook = { isColoured: wantsColour(process.stdout), columns: null };
  readonly #timer: NodeJS.Timeout;

  constructor(options: TellerOptions) {
    this.#options = options;
    this.#narrator = new Narrator(options.wanted, false);
    this.#timer = setInterval(() => this.#write(this.#narrator.wait(Date.now())), LOOK_MS);
    this.#timer.unref();
  }

  begin(started: Started): void {
    this.#write(describeStarted(started, this.#options));
  }

  tell(note: Note): void {
    this.#write(this.#narrator.tell(note, Date.now()));
  }

  remark(sentence: string): void {
    this.#write({ text: sentence, tone: 'bad' });
  }

  release(): void {
    clearInterval(this.#timer);
  }

  end(ended: Ended): void {
    this.#write(describeEnded(ended));
  }

  #write(line: Line | null): void {
    if (line !== null) process.stdout.write(`${formatLine(line, Date.now(), this.#look)}\n`);
  }
}

/** Who we are and what we are about to do. */
export function describeStarted({ url, threads }: Started, { peer, name }: TellerOptions): Line {
  const mining = threads === 0 ? 'without mining' : `${threads} thread${threads === 1 ? '' : 's'}`;
  const called = (name ?? null) === null ? '' : `, called ${name}`;
  return { text: `we are ${peer}${called}, ${mining}; connecting to ${url}`, tone: 'plain' };
}

/** What came of it. */
export function describeEnded({ reason, tried, wins }: Ended): Line {
  const tone: Tone = reason === 'left' ? 'plain' : 'bad';
  const how = reason === 'left' ? 'left' : `ended (${reason})`;
  const won = `${wins} challenge${wins === 1 ? '' : 's'} won`;
  return { text: `${how}: ${won}, ${formatCount(tried)} hashes tried`, tone };
}
