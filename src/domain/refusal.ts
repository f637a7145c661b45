/** Why a message, or what it asks for, was not taken: a peer's fault, never an exception. */

import type { ClientID, Digest, Term, TransactionID } from './names.ts';
import type { FaultCode } from './transaction.ts';

export type Refusal =
  // At the door, in order of its checks.
  | { readonly code: 'unknown-topic'; readonly topic: string }
  | { readonly code: 'too-large'; readonly bytes: number }
  | { readonly code: 'not-utf8' }
  | { readonly code: 'not-json' }
  | { readonly code: 'not-an-object'; readonly found: string }
  | { readonly code: 'too-deep' }
  | { readonly code: 'malformed'; readonly field: string; readonly problem: string }
  | { readonly code: 'wrong-topic'; readonly topic: string }
  | { readonly code: 'wrong-name'; readonly name: ClientID }
  | { readonly code: 'unknown-sender'; readonly name: ClientID }
  | { readonly code: 'stale-term'; readonly term: Term; readonly ours: Term }
  | { readonly code: 'stale-transaction'; readonly transactionID: TransactionID }
  | { readonly code: 'too-many' }
  | { readonly code: 'forged' }
  | { readonly code: 'forged-evidence'; readonly problem: string }
  /** It is in the ledger, or will never be, or there is no ledger yet; nobody's fault. */
  | { readonly code: 'untimely-transaction'; readonly problem: string }
  | { readonly code: 'bad-transaction'; readonly fault: FaultCode; readonly problem: string }
  // In the head.
  /** A broker has kept what is no presence, mandate or transaction. */
  | { readonly code: 'retained' }
  | { readonly code: 'stale-incarnation' }
  | { readonly code: 'stale-beat' }
  /** An incarnation or a beat that its sender cannot have come to. */
  | { readonly code: 'far-count' }
  | { readonly code: 'stale-request' }
  /** Under its Name it gets no seat: another peer has it, and keeps it. */
  | { readonly code: 'same-name'; readonly name: number; readonly by: ClientID }
  | { readonly code: 'other-rules'; readonly theirs: string; readonly ours: string }
  | { readonly code: 'other-network'; readonly theirs: Digest; readonly ours: Digest }
  | { readonly code: 'not-a-member' }
  | { readonly code: 'not-the-controller'; readonly term: Term }
  | { readonly code: 'not-a-mandate'; readonly problem: string }
  | { readonly code: 'not-a-founding'; readonly problem: string }
  /** A list of first balances that is not the one that our Rules name. */
  | { readonly code: 'wrong-genesis'; readonly theirs: Digest; readonly ours: Digest }
  | { readonly code: 'controller-is-well' }
  | { readonly code: 'far-term'; readonly term: Term; readonly ours: Term }
  | { readonly code: 'wrong-commitment' }
  | { readonly code: 'wrong-block'; readonly problem: string }
  | { readonly code: 'already-acknowledged'; readonly digest: Digest }
  /** Of a controller that had a member removed that lives: another removal. */
  | { readonly code: 'distrusted' }
  | { readonly code: 'not-a-seal'; readonly problem: string }
  | { readonly code: 'not-asked-for' }
  | { readonly code: 'wrong-batch'; readonly problem: string }
  | { readonly code: 'wrong-lease'; readonly problem: string }
  | { readonly code: 'wrong-report'; readonly problem: string }
  | { readonly code: 'wrong-outcome'; readonly problem: string }
  | { readonly code: 'second-peer-with-our-name' };

export type RefusalCode = Refusal['code'];
