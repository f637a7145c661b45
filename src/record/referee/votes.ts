/** Judges votes: one a term, with the drawn number, by a member, and with what it acknowledged. */

import type { Hasher } from '../../domain/crypto.ts';
import type { Vote } from '../../domain/message.ts';
import type { ClientID, Term } from '../../domain/names.ts';
import { numberOf } from '../../election/draw.ts';
import { digestOf } from '../../ledger/block.ts';
import type { Acknowledged } from './acknowledgements.ts';
import { Latest, PEERS_KEPT } from './latest.ts';
import { isOutside, type Society } from './society.ts';
import { type Charge, charge, type Judge, type Said } from './testimony.ts';

/** A hundred elections of a hundred peers. */
const VOTES_KEPT = 10_000;

export class VoteJudge implements Judge {
  readonly #society: Society;
  readonly #acknowledged: Acknowledged;
  readonly #hasher: Hasher;
  readonly #votes = new Latest<string, string>(VOTES_KEPT);
  /** The highest term that each has voted in, and when that was first heard. */
  readonly #terms = new Latest<ClientID, { readonly term: Term; readonly at: number }>(PEERS_KEPT);

  constructor(society: Society, acknowledged: Acknowledged, hasher: Hasher) {
    this.#society = society;
    this.#acknowledged = acknowledged;
    this.#hasher = hasher;
  }

  judge({ message, text }: Said): Charge | null {
    if (message.kind !== 'vote') return null;
    const { clientID, term } = message;
    const known = this.#votes.get(keyOf(message));
    if (known === text) return null;
    if (known !== undefined) return charge('oneVote', clientID, `voted twice in term ${term}`);
    const number = numberOf(message.draw, clientID, this.#hasher);
    if (number !== message.voteID) {
      const what = `gives itself the number ${message.voteID} in term ${term}; it drew ${number}`;
      return charge('ownNumber', clientID, what);
    }
    if (isOutside(this.#society, clientID, message.roster))
      return charge('seat', clientID, `voted in term ${term} without a seat`);
    return this.#judgeAcceptance(message);
  }

  /** [safety] What it acknowledged before may be sealed, and only its voters can tell. */
  #judgeAcceptance(vote: Vote): Charge | null {
    const { clientID, transactionID, term, accepted } = vote;
    const last = this.#acknowledged.last(clientID, transactionID, term);
    if (last === null) return null;
    const told = accepted === undefined ? null : digestOf(accepted.block, this.#hasher);
    const isTold = accepted !== undefined && accepted.term >= last.term;
    if (isTold && (accepted.term > last.term || told === last.digest)) return null;
    const what =
      `hides in its vote of term ${term} the block ${transactionID} ` +
      `that it acknowledged in term ${last.term}`;
    return charge('toldAcceptance', clientID, what);
  }

  learn({ message, text, at, isInside }: Said): void {
    if (message.kind !== 'vote') return;
    this.#votes.set(keyOf(message), text);
    const { clientID, term } = message;
    const highest = this.#terms.get(clientID);
    if (!isInside && (highest === undefined || term > highest.term))
      this.#terms.set(clientID, { term, at });
  }

  /** The highest term in which it was heard to vote, and since when. */
  termOf(clientID: ClientID): { readonly term: Term; readonly at: number } | null {
    return this.#terms.get(clientID) ?? null;
  }
}

function keyOf({ clientID, term }: Vote): string {
  return `${clientID} ${term}`;
}
