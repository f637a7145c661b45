/** The voter's half of finality: whether a member may acknowledge a proposal (PROTOCOL 7). */

import type { Accepted, Proposal } from '../domain/message.ts';
import type { ClientID, Digest, Term } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';

/** What a member holds when a proposal comes. */
export type Stand = {
  readonly term: Term;
  /** Whom it obeys in that very term; null if nobody. */
  readonly controllerID: ClientID | null;
  /** What it acknowledged last, at whatever height. */
  readonly accepted: (Accepted & { readonly digest: Digest }) | null;
};

export type Answer =
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  /** To be recorded first, then acknowledged. */
  | { readonly kind: 'accept' }
  /** Acknowledged and recorded before: the acknowledgement is only said again. */
  | { readonly kind: 'repeat' };

/** `digest` is the proposed block's, whose place, rule and digest have been checked. */
export function answer(stand: Stand, proposal: Proposal, digest: Digest): Answer {
  const { term, controllerID, accepted } = stand;
  // [safety] The member's own term, not that of the controller it may still remember.
  if (proposal.term !== term || proposal.clientID !== controllerID)
    return { kind: 'refuse', refusal: { code: 'not-the-controller', term: proposal.term } };
  const isSameTurn =
    accepted?.term === term && accepted.block.transactionID === proposal.block.transactionID;
  if (!isSameTurn) return { kind: 'accept' };
  // [safety] One digest for each number and term.
  if (accepted.digest === digest) return { kind: 'repeat' };
  return { kind: 'refuse', refusal: { code: 'already-acknowledged', digest: accepted.digest } };
}
