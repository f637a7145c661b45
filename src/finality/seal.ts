/** Counts acknowledgements: Q of one term, number and digest make a block final. */

import type { Acknowledgement } from '../domain/message.ts';
import type { ClientID, Digest, TransactionID } from '../domain/names.ts';
import { isMember, majority, type Roster } from '../domain/roster.ts';

/** Whether an acknowledgement counts for a proposal: it is of that very term, number and digest. */
export function isVoiceOf(
  { term, transactionID, digest }: Acknowledgement,
  proposed: Pick<Acknowledgement, 'term' | 'transactionID' | 'digest'>,
): boolean {
  return (
    term === proposed.term && transactionID === proposed.transactionID && digest === proposed.digest
  );
}

/**
 * What is wrong with a seal, in words; null if it holds. Acknowledgements of different terms never
 * add up [safety]: each term may have had another block at that height.
 */
export function problemOfSeal(
  acknowledgements: readonly Acknowledgement[],
  about: { readonly transactionID: TransactionID; readonly digest: Digest },
  roster: Roster,
): string | null {
  const voices = new Set<ClientID>();
  for (const { clientID, term, transactionID, digest } of acknowledgements) {
    if (term !== acknowledgements[0]?.term) return 'its acknowledgements are of different terms';
    if (transactionID !== about.transactionID || digest !== about.digest)
      return 'an acknowledgement in it is of another block';
    if (!isMember(roster, clientID)) return `${clientID} acknowledges in it, and is no member`;
    if (voices.has(clientID)) return `${clientID} acknowledges in it twice`;
    voices.add(clientID);
  }
  const needed = majority(roster.members.length);
  return voices.size < needed ? `${voices.size} acknowledgements where ${needed} are needed` : null;
}
