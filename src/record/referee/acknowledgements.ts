/** Judges acknowledgements: one block a term and number, the proposed one, by a member. */

import type { Acknowledgement } from '../../domain/message.ts';
import type { ClientID, Digest, Term, TransactionID } from '../../domain/names.ts';
import { isMember } from '../../domain/roster.ts';
import { Latest } from './latest.ts';
import type { Ledgers } from './ledgers.ts';
import type { Proposals } from './offices.ts';
import type { Society } from './society.ts';
import { type Charge, charge, type Judge, type Said } from './testimony.ts';

/** Of blocks that are far behind the ledger's height nothing is acknowledged any more. */
const NUMBERS_KEPT = 1_000;

/** What somebody acknowledged under one number. */
export type Yes = { readonly term: Term; readonly digest: Digest };

/** Whose message may overtake its own earlier one on another topic, and by how much at most. */
const OVERTAKE_MS = 3_000;

/** Who acknowledged what. */
export class Acknowledged {
  /** By number, then by peer. */
  readonly #all = new Latest<TransactionID, Map<ClientID, Yes[]>>(NUMBERS_KEPT);

  add({ clientID, transactionID, term, digest }: Acknowledgement): void {
    const all = this.#all.get(transactionID) ?? new Map<ClientID, Yes[]>();
    this.#all.set(transactionID, all);
    const known = all.get(clientID) ?? [];
    all.set(clientID, known);
    if (!known.some((it) => it.term === term && it.digest === digest)) known.push({ term, digest });
  }

  /** What it acknowledged last under this number, below `term`; null if nothing was heard. */
  last(clientID: ClientID, number: TransactionID, below: Term): Yes | null {
    const earlier = this.of(clientID, number).filter((it) => it.term < below);
    return earlier.reduce<Yes | null>((a, b) => (a !== null && a.term > b.term ? a : b), null);
  }

  of(clientID: ClientID, number: TransactionID): readonly Yes[] {
    return this.#all.get(number)?.get(clientID) ?? [];
  }
}

/** In which term somebody was heard to vote, and since when. */
export type TermOf = (clientID: ClientID) => { readonly term: Term; readonly at: number } | null;

export class AcknowledgementJudge implements Judge {
  readonly #society: Society;
  readonly #ledgers: Ledgers;
  readonly #acknowledged: Acknowledged;
  readonly #proposals: Proposals;
  readonly #termOf: TermOf;

  constructor(
    society: Society,
    ledgers: Ledgers,
    acknowledged: Acknowledged,
    proposals: Proposals,
    termOf: TermOf,
  ) {
    this.#society = society;
    this.#ledgers = ledgers;
    this.#acknowledged = acknowledged;
    this.#proposals = proposals;
    this.#termOf = termOf;
  }

  judge(said: Said): Charge | null {
    const { message } = said;
    if (message.kind !== 'acknowledgement') return null;
    const { clientID, term, transactionID, digest } = message;
    const before = this.#acknowledged.of(clientID, transactionID);
    if (before.some((it) => it.term === term && it.digest === digest)) return null;
    if (before.some((it) => it.term === term)) {
      const what = `acknowledged two blocks ${transactionID} in term ${term}`;
      return charge('oneYes', clientID, what);
    }
    return this.#judgeSeat(message) ?? this.#judgeTruth(said, message);
  }

  #judgeSeat({ clientID, transactionID }: Acknowledgement): Charge | null {
    const network = this.#society.networkOf(clientID);
    const roster = network === null ? null : this.#ledgers.of(network).rosterAt(transactionID);
    if (roster === null || isMember(roster, clientID)) return null;
    return charge('seat', clientID, `acknowledged block ${transactionID} without a seat`);
  }

  #judgeTruth(said: Said, message: Acknowledgement): Charge | null {
    const { clientID, term, transactionID, digest } = message;
    const network = this.#society.networkOf(clientID);
    const proposed = network === null ? null : this.#proposals.of(network, term, transactionID);
    if (proposed !== null && proposed !== digest) {
      const what = `acknowledged another block ${transactionID} than was proposed in term ${term}`;
      return charge('trueYes', clientID, what);
    }
    const voted = this.#termOf(clientID);
    const isOld = voted !== null && voted.term > term && said.at > voted.at + OVERTAKE_MS;
    if (!isOld || said.isInside || said.isRepeat) return null;
    const what = `acknowledged ${transactionID} in term ${term} after its vote in ${voted.term}`;
    return charge('trueYes', clientID, what);
  }

  learn({ message }: Said): void {
    if (message.kind === 'acknowledgement') this.#acknowledged.add(message);
  }
}
