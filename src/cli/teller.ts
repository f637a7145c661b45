/** What tells people or programs about one peer; one for each manner of telling. */

import type { ClientID } from '../domain/names.ts';
import type { Note } from '../domain/note.ts';
import type { Witnessed } from './witnessing.ts';

/** The first word of a client process. */
export type Started = {
  readonly kind: 'started';
  readonly pid: number;
  /** The broker, without login. */
  readonly url: string;
  readonly version: string;
  /** Threads that mine; 0 where it does not. */
  readonly threads: number;
};

/** The last word of one that ends in order. */
export type Ended = {
  readonly kind: 'ended';
  /** `left`, or the code of the error that ended it. */
  readonly reason: string;
  /** Hashes tried in all. */
  readonly tried: number;
  /** Results of its own that it saw sealed. */
  readonly wins: number;
};

export interface Teller {
  begin(started: Started): void;
  tell(note: Note): void;
  /** For programs alone. */
  fact?(fact: Witnessed): void;
  /** A sentence that is no note. */
  remark(sentence: string): void;
  /** Frees the terminal, if it holds one; may be called again. */
  release(): void;
  end(ended: Ended): void;
}

/** Who is told of, and how people are to see it. */
export type TellerOptions = {
  readonly peer: ClientID;
  /** The small number by which people call it. */
  readonly name?: number | null;
  /** N, the seats. */
  readonly wanted: number;
  readonly threads: number;
};
