/** Tells people on a terminal how a peer does: lines that scroll, a status at the bottom, keys. */

import type { Note } from '../domain/note.ts';
import type { View } from '../peer/view.ts';
import { type Bottom, type Keys, LiveBottom } from './live-bottom.tsx';
import { Narrator } from './narrator.ts';
import { describeEnded, describeStarted } from './plain-teller.ts';
import { describePlace, describeWork, isSearching } from './status.ts';
import type { Ended, Started, Teller, TellerOptions } from './teller.ts';

export type LiveOptions = TellerOptions & {
  readonly keys: Keys;
  /** How the peer stands at the moment. */
  readonly look: () => View;
};

export class LiveTeller implements Teller {
  readonly #options: LiveOptions;
  readonly #narrator: Narrator;
  readonly #bottom: LiveBottom;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#narrator = new Narrator(options.wanted, true);
    this.#bottom = new LiveBottom(() => this.#look(), options.keys);
  }

  begin(started: Started): void {
    this.#bottom.write(describeStarted(started, this.#options));
  }

  tell(note: Note): void {
    this.#bottom.write(this.#narrator.tell(note, Date.now()));
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
    const { look, threads } = this.#options;
    const { status, nameOf } = this.#narrator;
    return {
      place: describePlace(status, look(), nameOf),
      work: describeWork(status, threads, Date.now()),
      isIdle: !isSearching(status, threads),
      isPaused: status.isPaused,
    };
  }
}
