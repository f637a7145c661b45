/** Judges solutions: the first valid one for the open challenge wins, the rest are told why not. */

import type { Hasher } from '../domain/crypto.ts';
import type { Block, Reason, Solution } from '../domain/message.ts';
import type { TransactionID } from '../domain/names.ts';
import { digestOf, type Opening, zeroBits } from '../ledger/block.ts';

/** What a controller has open: one challenge at most, or the proposal that answered it. */
export type Desk = {
  readonly height: TransactionID;
  /** As it is now, and as it was before it was made easier. */
  readonly openings: readonly Opening[];
  readonly proposed: Block | null;
};

export type Judgement =
  | { readonly kind: 'win'; readonly block: Block }
  /** It is the one that is proposed already. */
  | { readonly kind: 'known' }
  | { readonly kind: 'refuse'; readonly reason: Reason };

export function judge(solution: Solution, desk: Desk, hasher: Hasher): Judgement {
  const { transactionID, clientID, reward } = solution;
  if (transactionID < desk.height) return refuse('late');
  if (transactionID > desk.height) return refuse('unknown-transaction');
  if (desk.proposed !== null) {
    const { proposed } = desk;
    const isSame =
      proposed.clientID === clientID &&
      proposed.solution === solution.solution &&
      proposed.reward === reward;
    return isSame ? { kind: 'known' } : refuse('late');
  }
  if (desk.openings.length === 0) return refuse('not-open');
  const answer = {
    clientID,
    ...(reward !== undefined && { reward }),
    solution: solution.solution,
  };
  const block = desk.openings
    .map((opening): Block => ({ ...opening, ...answer }))
    .find((it) => zeroBits(digestOf(it, hasher)) >= it.challenge);
  return block === undefined ? refuse('invalid') : { kind: 'win', block };
}

function refuse(reason: Reason): Judgement {
  return { kind: 'refuse', reason };
}
