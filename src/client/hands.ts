/** What a driver drives a head with: its link, its disk, its clock, and who looks on. */

import type { Departure, Effect, Event, Moment } from '../domain/contract.ts';
import type { Message } from '../domain/message.ts';
import type { ClientID } from '../domain/names.ts';
import type { Note } from '../domain/note.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { DoorView } from '../wire/door.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';
import type { Link } from './link.ts';
import type { Miner } from './miner.ts';
import type { Speech } from './speech.ts';
import type { WorkSource } from './work-source.ts';

export type Hands<Said = Message, Fault = Refusal, Told = Note, View = DoorView> = {
  readonly self: ClientID;
  readonly link: Link;
  readonly journal: Journal;
  readonly speech: Speech<Said, Fault, View>;
  readonly clock: Clock;
  readonly miner: Miner | null;
  /** Where tasks come from, for a head that asks for any. */
  readonly source?: WorkSource | null | undefined;
  readonly onNote: (note: Told) => void;
  /** The link is closed, nothing comes after it; `why`: where the head left by itself. */
  readonly onLeft: (why: Departure | null) => void;
  /** Somebody who looks on and changes nothing. */
  readonly witness?: Witness<Said, Fault, Told> | undefined;
};

/** Sees each turn of the head before it is performed, and each of its words as it goes out. */
export type Witness<Said = Message, Fault = Refusal, Told = Note> = {
  readonly onTurn: (
    event: Event<Said, Fault>,
    moment: Moment,
    effects: readonly Effect<Said, Told>[],
  ) => void;
  readonly onSaid: (message: Said) => void;
};
