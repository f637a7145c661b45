/** Time as the driver sees it: true in a process, false in a simulator. */

import type { Moment } from '../domain/contract.ts';
import type { Instant } from '../domain/names.ts';

export interface Clock {
  now(): Moment;
  /** Calls `ring` once, at `at` or soon after; the function it returns prevents that. */
  wake(at: Instant, ring: () => void): () => void;
}
