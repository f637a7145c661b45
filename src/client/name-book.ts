/** By which small numbers peers are called, as far as somebody was told. */

import type { ClientID } from '../domain/names.ts';
import type { Note } from '../domain/note.ts';
import { type NameOf, shortName } from './describe.ts';

/** Anybody may give itself a Name; of so many peers it is remembered. */
const mostNames = 1_000;

/** `3f2a1b0c#1`, or without a Name `3f2a1b0c`. */
export function nameWithNumber(peer: ClientID, name: number | null | undefined): string {
  return typeof name === 'number' ? `${shortName(peer)}#${name}` : shortName(peer);
}

export class NameBook {
  readonly #names = new Map<ClientID, number>();

  /** How people call a peer. */
  readonly of: NameOf = (peer) => nameWithNumber(peer, this.#names.get(peer));

  hear(note: Note): void {
    if (note.kind !== 'called') return;
    this.#names.delete(note.who);
    if (note.name !== null) this.#names.set(note.who, note.name);
    const [oldest] = this.#names.keys();
    if (oldest !== undefined && this.#names.size > mostNames) this.#names.delete(oldest);
  }
}
