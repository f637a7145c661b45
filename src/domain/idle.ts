/** Why a peer does not mine, with what people should know of it. */

import type { ClientID, Digest, Term, TransactionID } from './names.ts';

/** Why a peer does not mine at the moment. */
export type Idle =
  /** What must not be forgotten cannot be written down at the moment. */
  | { readonly reason: 'journal' }
  | { readonly reason: 'disconnected' }
  /** Another process answers under our name; we wait until it is gone. */
  | { readonly reason: 'name-in-use' }
  | { readonly reason: 'peers-missing'; readonly known: number; readonly wanted: number }
  | { readonly reason: 'founding' }
  /** It only looks on, and there is nothing yet. */
  | { readonly reason: 'no-network' }
  /** The broker remembers a mandate; its network has a while to show that it lives. */
  | { readonly reason: 'old-mandate'; readonly controller: ClientID }
  | { readonly reason: 'learning'; readonly network: Digest | null }
  | { readonly reason: 'behind'; readonly height: TransactionID; readonly of: TransactionID }
  | { readonly reason: 'no-controller'; readonly term: Term }
  | { readonly reason: 'governing' }
  | { readonly reason: 'no-challenge' }
  | { readonly reason: 'solved' }
  | { readonly reason: 'proposed'; readonly miner: ClientID }
  /** As controller, opens the next challenge for the next transaction. */
  | { readonly reason: 'no-transactions' }
  /** As controller, waits for a service that gives it nothing to have searched. */
  | { readonly reason: 'no-work' }
  | { readonly reason: 'exhausted' }
  | { readonly reason: 'paused' }
  | { readonly reason: 'leaving' }
  | { readonly reason: 'finished' };
