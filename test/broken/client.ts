/** A client that is broken in one way, and the one rule that should name it. */

import type { ElectionRule } from '../../src/domain/contract.ts';
import type { ClientID } from '../../src/domain/names.ts';
import type { Tape } from './tape.ts';

export type Broken = {
  readonly rule: string;
  /** Completes "a client that …". */
  readonly does: string;
  /** In a life under these Rules; the lot decides where nothing is said. */
  readonly election?: ElectionRule;
  /** A tape on which it does, and who it is; null where nobody can be named. */
  readonly play: (tape: Tape) => { readonly tape: Tape; readonly who: ClientID | null };
};
