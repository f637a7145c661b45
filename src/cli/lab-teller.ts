/** Tells people about one peer of a lab dialect by lines alone, or programs by JSON. */

import { describeLab, labTone } from '../client/describe-lab.ts';
import type { ClientID } from '../domain/names.ts';
import type { Name } from '../lab/message.ts';
import type { LabNote } from '../lab/note.ts';
import { formatLine, type LineLook, wantsColour } from './line-format.ts';
import type { Line } from './narrator.ts';
import { describeEnded, describeStarted } from './plain-teller.ts';
import type { Ended, Started, Teller } from './teller.ts';

/** What tells about a peer of a lab dialect; see `Teller`. */
export type LabTeller = Omit<Teller, 'tell' | 'fact'> & { tell(note: LabNote): void };

/** People are told of progress at most so often. */
const SELDOM_MS = 10_000;

export class PlainLabTeller implements LabTeller {
  readonly #peer: Name;
  readonly #look: LineLook = { isColoured: wantsColour(process.stdout), columns: null };
  #progressAt = Number.NEGATIVE_INFINITY;

  constructor(peer: Name) {
    this.#peer = peer;
  }

  begin(started: Started): void {
    this.#write(describeLabStarted(started, this.#peer));
  }

  tell(note: LabNote): void {
    if (note.kind === 'progress') {
      if (Date.now() - this.#progressAt < SELDOM_MS) return;
      this.#progressAt = Date.now();
    }
    this.#write(labLineOf(note));
  }

  remark(sentence: string): void {
    this.#write({ text: sentence, tone: 'bad' });
  }

  release(): void {}

  end(ended: Ended): void {
    this.#write(describeEnded(ended));
  }

  #write(line: Line): void {
    process.stdout.write(`${formatLine(line, Date.now(), this.#look)}\n`);
  }
}

export function labLineOf(note: LabNote): Line {
  return { text: describeLab(note), tone: labTone(note) };
}

/** Who we are and what we are about to do. */
export function describeLabStarted(started: Started, peer: Name): Line {
  const { threads } = started;
  return describeStarted(started, { peer: String(peer) as ClientID, wanted: 0, threads });
}
