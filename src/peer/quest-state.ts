/** What a peer knows of quests, as plain data: heard of, leased to it, wanted by its people. */

import type { Report } from '../domain/message.ts';
import type { Instant, QuestID, RequestID, UnixMs } from '../domain/names.ts';
import type { Outcome, Quest, Range } from '../domain/quest.ts';
import type { Task } from '../domain/task.ts';
import type { Book } from '../lease/book.ts';

/** A quest that we have heard of. */
export type HeardQuest = {
  readonly id: QuestID;
  readonly book: Book;
  /** When somebody last wanted it. */
  askedAt: Instant;
  /** The controller of its time has asked for it, which it does for a service. */
  isErrand: boolean;
  /** A member, or the controller, has asked for it. */
  isForMembers: boolean;
  /** Somebody else has asked for it: then any find will not do, it must be the lowest. */
  isForOthers: boolean;
  /** What its controller said, whatever we have seen of it ourselves. */
  outcome: Outcome | null;
};

/** What is leased to us. */
export type Held = {
  readonly questID: QuestID;
  readonly quest: Quest;
  /** To be searched, the first one now. */
  ranges: readonly Range[];
  /** Of the search of the first one: begun anew, it is another search. */
  serial: number;
  /** Of the last lease: dropped by us, as what we had heard of others left nothing to search. */
  readonly needless: readonly Range[];
  /** Then it is too late. */
  until: Instant;
  /** When the search of the first one began, and what it has brought. */
  since: Instant | null;
  found: number | null;
  near: number[];
  /** Said, and said again if the controller turns out not to have heard it. */
  reports: readonly Report[];
};

/** A quest that our own people wait for. */
export type Wish = {
  readonly request: RequestID;
  readonly id: QuestID;
  readonly quest: Quest;
  saidAt: Instant | null;
  /** What the controller says of it, and since when we know. */
  answer: { readonly outcome: Outcome; readonly at: Instant } | null;
};

/** What a controller does for a service; forgotten with its office. */
export type Sourcing = {
  /** The call whose answer is awaited; one at a time. */
  asked: number | null;
  /** In vain, one after another. */
  attempts: number;
  /** Finds that were rejected, one after another. */
  rejections: number;
  /** When people last heard of trouble; null while there is none. */
  toldAt: Instant | null;
  errand: Errand | null;
};

/** A task that the network searches for. */
export type Errand = {
  readonly task: Task;
  readonly id: QuestID;
  readonly quest: Quest;
  /** Part of the quest's prefix. */
  readonly timestamp: UnixMs;
  saidAt: Instant | null;
  /** When the service last had this task to give. */
  seenAt: Instant;
};
