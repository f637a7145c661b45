/** Work from outside: what a web service has a network search, and what it gets for it. */

import type { Digest, QuestID, UnixMs } from './names.ts';

/**
 * Wanted is a nonce: the `sha256d` of `previous`, a time and the nonce, in plain decimal both, is
 * to begin with `bits` zero bits.
 */
export type Task = { readonly previous: string; readonly bits: number };

/** A nonce that does what a task asks for, under the time that it was searched with. */
export type Find = {
  /** The same whoever hands this find in, and however often. */
  readonly key: QuestID;
  readonly timestamp: UnixMs;
  readonly nonce: number;
  readonly digest: Digest;
};

/** Why a service gave no answer that helps; another attempt may fare better. */
export type Trouble = {
  readonly code: 'unreachable' | 'slow' | 'status' | 'too-long' | 'nonsense' | 'no-work';
  /** Goes on behind the name of the service, without a full stop. */
  readonly problem: string;
  /** The service wants to be left alone for so long; null if it says nothing of that. */
  readonly patienceMs: number | null;
};

export type Fetched =
  | { readonly kind: 'task'; readonly task: Task }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

export type Submitted =
  | { readonly kind: 'accepted' }
  /** It will never take this find. */
  | { readonly kind: 'rejected'; readonly problem: string }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

/** Characters of a time in decimal, until the year 2286. */
export const STAMP_DIGITS = 13;
