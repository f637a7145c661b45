/** What a new controller must do before anything else: what its voters may have made final. */

import type { Block, Vote } from '../domain/message.ts';
import type { TransactionID } from '../domain/names.ts';

/** The height that the ledger must have before its controller acts: the highest of its voters'. */
export function heightToReach(votes: readonly Vote[]): TransactionID {
  return Math.max(0, ...votes.map(({ transactionID }) => transactionID)) as TransactionID;
}

/**
 * The block that must be proposed again, unchanged: of those accepted at exactly this height the
 * one of the highest term [safety]. What was accepted lower is sealed long since.
 */
export function blockToPropose(votes: readonly Vote[], height: TransactionID): Block | null {
  let chosen: Vote['accepted'];
  for (const { accepted } of votes) {
    if (accepted === undefined || accepted.block.transactionID !== height) continue;
    if (chosen === undefined || accepted.term > chosen.term) chosen = accepted;
  }
  return chosen?.block ?? null;
}

/**
 * As many of the votes for a controller as its mandate has, where those of the mandate claim blocks
 * that no peer shows: any majority of votes serves, and one false claim must not keep all waiting.
 * Those of the mandate come first among the votes that claim no more than `height`.
 */
export function votesWithin(
  mandate: readonly Vote[],
  others: readonly Vote[],
  height: TransactionID,
): readonly Vote[] {
  const names = new Set(mandate.map(({ clientID }) => clientID));
  const all = [...mandate, ...others.filter(({ clientID }) => !names.has(clientID))];
  const claimed = ({ transactionID }: Vote): number => Math.max(height, transactionID);
  // Sorting is stable.
  return all.sort((a, b) => claimed(a) - claimed(b)).slice(0, mandate.length);
}
