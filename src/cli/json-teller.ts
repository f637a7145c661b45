/** Tells programs: one JSON object a line (docs/command-line.md). */

import type { ClientID } from '../domain/names.ts';
import type { Note } from '../domain/note.ts';
import type { Ended, Started, Teller } from './teller.ts';

export class JsonTeller implements Teller {
  readonly #peer: ClientID;

  constructor(peer: ClientID) {
    this.#peer = peer;
  }

  begin(started: Started): void {
    this.#write(started);
  }

  tell(note: Note): void {
    this.#write(note);
  }

  /** People may read along where errors go. */
  remark(sentence: string): void {
    process.stderr.write(`${sentence}\n`);
  }

  release(): void {}

  end(ended: Ended): void {
    this.#write(ended);
  }

  #write(said: Started | Note | Ended): void {
    process.stdout.write(`${formatSaid(said, this.#peer, Date.now())}\n`);
  }
}

/** `peer` is who says it; whom a `joined` or `left` is about is called `who`. */
export function formatSaid(said: Started | Note | Ended, peer: ClientID, unixMs: number): string {
  const { kind, ...fields } = said;
  const envelope = { time: unixMs, peer, kind };
  if (!('peer' in fields)) return JSON.stringify({ ...envelope, ...fields });
  const { peer: who, ...others } = fields;
  return JSON.stringify({ ...envelope, who, ...others });
}
