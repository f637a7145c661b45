/** What a checker sees: everything that peers said, heard, recorded and noted, as it happened. */

import type { Entry } from '../../domain/contract.ts';
import type { Message } from '../../domain/message.ts';
import type { ClientID } from '../../domain/names.ts';
import type { Note } from '../../domain/note.ts';

/** One thing that happened to the peer `by`; `at` in virtual milliseconds. */
export type Fact = { readonly at: number; readonly by: ClientID } & (
  | { readonly kind: 'said'; readonly message: Message }
  /** Somebody else's message, past the door. Only the check of the draw (S8) needs it. */
  | { readonly kind: 'heard'; readonly message: Message }
  /** It is durable now. */
  | { readonly kind: 'recorded'; readonly entry: Entry }
  | { readonly kind: 'noted'; readonly note: Note }
  | { readonly kind: 'crashed' | 'restarted' }
);

/** Watches one world: shown each fact in order, it answers with the sentence of a violation. */
export interface Watcher {
  see(fact: Fact): string | null;
}

/** Judges worlds by one invariant of PROTOCOL 9, or by something else that must hold. */
export type Checker = {
  /** `S1`. */
  readonly name: string;
  /** The invariant in a sentence. */
  readonly states: string;
  /** A new world begins. */
  begin(): Watcher;
};
