/** A service that work comes from, as the driver sees it; the network is its own affair. */

import type { Fetched, Find, Submitted } from '../domain/task.ts';

/** Each call is answered once, some seconds later at most, and in trouble, too. */
export interface WorkSource {
  /** What is to be searched next. */
  fetch(answer: (fetched: Fetched) => void): void;
  /** Hands a find in; the same one again does no harm. */
  submit(find: Find, answer: (submitted: Submitted) => void): void;
  /** Gives up what is under way: nothing is answered any more. */
  close(): void;
}
