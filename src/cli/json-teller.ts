/** Tells programs: one JSON object a line (docs/command-line.md). */

import type { Note } from '../domain/note.ts';
import type { Name } from '../lab/message.ts';
import type { LabNote } from '../lab/note.ts';
import { remark } from './remark.ts';
import type { Ended, Started, Teller } from './teller.ts';
import type { Witnessed } from './witnessing.ts';

type Said = Started | Note | LabNote | Witnessed | Ended;

export class JsonTeller implements Teller {
  readonly #peer: Name;

  constructor(peer: Name) {
    this.#peer = peer;
  }

  begin(started: Started): void {
    this.#write(started);
  }

  tell(note: Note | LabNote): void {
    this.#write(note);
  }

  fact(fact: Witnessed): void {
    this.#write(fact);
  }

  /** People may read along where errors go. */
  remark(sentence: string): void {
    remark(sentence);
  }

  release(): void {}

  end(ended: Ended): void {
    this.#write(ended);
  }

  #write(said: Said): void {
    process.stdout.write(`${formatSaid(said, this.#peer, Date.now())}\n`);
  }
}

/** `peer` is who says it; whom a `joined` or `left` is about is called `who`. */
export function formatSaid(said: Said, peer: Name, unixMs: number): string {
  const { kind, ...fields } = said;
  const envelope = { time: unixMs, peer, kind };
  if (!('peer' in fields)) return JSON.stringify({ ...envelope, ...fields });
  const { peer: who, ...others } = fields;
  return JSON.stringify({ ...envelope, who, ...others });
}
