/** Tells what has been overtaken: by a later term, or by blocks that are there already. */

import type { Enveloped } from '../domain/message.ts';
import type { Term, TransactionID } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';

/** How far whoever hears it has come. */
type Standpoint = { readonly term: Term; readonly height: TransactionID };

/** What has been overtaken, as far as that shows without a signature (PROTOCOL 3). */
export function staleness(message: Enveloped, { term, height }: Standpoint): Refusal | null {
  switch (message.kind) {
    case 'commitment':
    case 'reveal':
    case 'vote':
    case 'mandate':
    case 'challenge':
    case 'lease':
    case 'outcome':
      return olderTerm(message.term, term);
    case 'proposal':
      return olderTerm(message.term, term) ?? lower(message.block.transactionID, height);
    case 'acknowledgement':
      return olderTerm(message.term, term) ?? lower(message.transactionID, height);
    case 'introduction':
    case 'presence':
    case 'heartbeat':
    case 'solution':
    case 'result':
    case 'request':
    case 'batch':
    case 'fetch':
    case 'quest':
    case 'offer':
    case 'report':
      return null;
    case 'answer': {
      const last = 'blocks' in message ? message.blocks.at(-1) : undefined;
      return last === undefined ? null : lower(last.transactionID, height);
    }
  }
}

function olderTerm(term: Term, ours: Term): Refusal | null {
  return term < ours ? { code: 'stale-term', term, ours } : null;
}

function lower(transactionID: TransactionID, height: TransactionID): Refusal | null {
  return transactionID < height ? { code: 'stale-transaction', transactionID } : null;
}
