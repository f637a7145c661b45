/** Tells people on a terminal about one peer of a lab dialect: lines, a status, and keys. */

import type { Name } from '../lab/message.ts';
import type { LabNote } from '../lab/note.ts';
import {
  describeLabPlace,
  describeLabWork,
  followLab,
  isLabSearching,
  type LabStatus,
  startLabStatus,
} from './lab-status.ts';
import { describeLabStarted, type LabTeller, labLineOf } from './lab-teller.ts';
import { type Bottom, type Keys, LiveBottom } from './live-bottom.tsx';
import { describeEnded } from './plain-teller.ts';
import type { Ended, Started } from './teller.ts';

export type LiveLabOptions = {
  readonly peer: Name;
  /** N: so many votes elect. */
  readonly wanted: number;
  /** 0 for a peer that never mines. */
  readonly threads: number;
  readonly keys: Keys;
};

/** The status has these all the time. */
const SHOWN_BELOW: ReadonlySet<LabNote['kind']> = new Set(['progress', 'waiting']);

export class LiveLabTeller implements LabTeller {
  readonly #options: LiveLabOptions;
  readonly #bottom: LiveBottom;
  #status: LabStatus;

  constructor(options: LiveLabOptions) {
    this.#options = options;
    this.#status = startLabStatus(options.peer, options.wanted);
    this.#bottom = new LiveBottom(() => this.#look(), options.keys);
  }

  begin(started: Started): void {
    this.#bottom.write(describeLabStarted(started, this.#options.peer));
  }

  tell(note: LabNote): void {
    this.#status = followLab(this.#status, note, Date.now());
    if (!SHOWN_BELOW.has(note.kind)) this.#bottom.write(labLineOf(note));
    this.#bottom.draw();
  }

  remark(sentence: string): void {
    this.#bottom.write({ text: sentence, tone: 'bad' });
  }

  release(): void {
    this.#bottom.release();
  }

  end(ended: Ended): void {
    this.#bottom.write(describeEnded(ended));
  }

  #look(): Bottom {
    const { threads } = this.#options;
    return {
      place: describeLabPlace(this.#status),
      work: describeLabWork(this.#status, threads, Date.now()),
      isIdle: !isLabSearching(this.#status, threads),
      isPaused: this.#status.isPaused,
    };
  }
}
