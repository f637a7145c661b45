/** Judges who governs: mandates, and what is challenged and proposed in whose term. */

import { blockToPropose } from '../../controller/succession.ts';
import type { Hasher } from '../../domain/crypto.ts';
import type { Block, Challenge, Mandate, Proposal, Vote } from '../../domain/message.ts';
import type { ClientID, Digest, Term, TransactionID } from '../../domain/names.ts';
import type { Roster } from '../../domain/roster.ts';
import { problemOf } from '../../election/mandate.ts';
import { digestOf, type Opening, openingOf } from '../../ledger/block.ts';
import { Latest } from './latest.ts';
import type { Society } from './society.ts';
import { type Charge, charge, type Judge, type Place, type Said, short } from './testimony.ts';

/** Terms, and numbers in each of them: a controller deals with one number at a time. */
const OFFICES_KEPT = 1_000;
const NUMBERS_KEPT = 100;

/** One network's term. */
type Office = {
  /** By a mandate that holds. */
  controller: ClientID | null;
  votes: readonly Vote[];
  /** Who was the first to govern in it. */
  acting: { readonly who: ClientID; readonly place: Place } | null;
  readonly openings: Latest<number, Opening>;
  readonly proposals: Latest<number, Digest>;
};

/** What each controller proposed. */
export interface Proposals {
  /** Null where nothing was heard to be proposed. */
  of(network: Digest, term: Term, number: TransactionID): Digest | null;
}

export class OfficeJudge implements Judge, Proposals {
  readonly #society: Society;
  readonly #hasher: Hasher;
  readonly #offices = new Latest<string, Office>(OFFICES_KEPT);
  #late: Charge[] = [];
  /** How many mandates held. */
  mandates = 0;

  constructor(society: Society, hasher: Hasher) {
    this.#society = society;
    this.#hasher = hasher;
  }

  of(network: Digest, term: Term, number: TransactionID): Digest | null {
    return this.#offices.get(`${network} ${term}`)?.proposals.get(number) ?? null;
  }

  judge(said: Said): Charge | null {
    const { message } = said;
    if (message.kind === 'mandate') return this.#judgeMandate(message, votesIn(said));
    if (message.kind !== 'challenge' && message.kind !== 'proposal') return null;
    const office = this.#officeOf(message);
    if (office === null) return null;
    return this.#judgeOffice(message, office) ?? this.#judgeDeed(message, office);
  }

  #judgeMandate(mandate: Mandate, votes: readonly Vote[]): Charge | null {
    const { clientID, term, members } = mandate;
    const [first] = votes;
    if (first === undefined) return null;
    // Its own Rules must be known: others may be another network's.
    const { rules } = this.#society.person(clientID);
    const isTrue = rules === null || this.#society.isRoster(members, first.roster);
    const roster: Roster = { digest: first.roster, members };
    const problem =
      isTrue === false
        ? 'its members are not those of the roster that its votes name'
        : problemOf({ term, controllerID: clientID, votes }, roster);
    if (problem !== null)
      return charge('trueMandate', clientID, `shows a mandate for term ${term}: ${problem}`);
    const other = this.#officeOf(mandate, first)?.controller ?? null;
    if (other === null || other === clientID) return null;
    return charge('oneController', clientID, governs(term, other));
  }

  #judgeOffice({ clientID, term }: Challenge | Proposal, office: Office): Charge | null {
    const other = office.controller ?? office.acting?.who ?? null;
    if (other === null || other === clientID) return null;
    return charge('oneController', clientID, governs(term, other));
  }

  #judgeDeed(message: Challenge | Proposal, office: Office): Charge | null {
    const { clientID, term } = message;
    const isChallenge = message.kind === 'challenge';
    const number = isChallenge ? message.transactionID : message.block.transactionID;
    const digest = isChallenge ? null : digestOf(message.block, this.#hasher);
    const due = blockToPropose(office.votes, number);
    if (due !== null && digest !== digestOf(due, this.#hasher)) {
      const did = isChallenge ? 'opens a challenge' : 'proposes another block';
      const what = `${did} for ${number} in term ${term}, where its voters acknowledged a block`;
      return charge('takeover', clientID, what);
    }
    const before = isChallenge ? office.openings.get(number) : office.proposals.get(number);
    const now = isChallenge ? openingOf(message) : digest;
    if (before === undefined || before === now || isSameWork(before, now)) return null;
    const what = `${isChallenge ? 'opens two challenges' : 'proposes two blocks'} for ${number}`;
    return charge('oneProposal', clientID, `${what} in term ${term}`);
  }

  learn(said: Said): void {
    const { message, number, at } = said;
    if (message.kind === 'mandate') this.#learnMandate(message, votesIn(said));
    if (message.kind !== 'challenge' && message.kind !== 'proposal') return;
    const office = this.#officeOf(message);
    if (office === null) return;
    office.acting ??= { who: message.clientID, place: { number, at } };
    if (message.kind === 'challenge')
      office.openings.set(message.transactionID, openingOf(message));
    else office.proposals.set(message.block.transactionID, this.#digestOf(message.block));
  }

  /** Who governed before the mandate of somebody else was heard had none. */
  #learnMandate(mandate: Mandate, votes: readonly Vote[]): void {
    const { clientID, term } = mandate;
    const office = this.#officeOf(mandate, votes[0]);
    if (office === null || votes.length === 0) return;
    if (office.controller === null) this.mandates += 1;
    office.controller = clientID;
    office.votes = votes;
    const { acting } = office;
    if (acting === null || acting.who === clientID) return;
    const found = charge('oneController', acting.who, governs(term, clientID));
    this.#late.push({ ...found, place: acting.place });
    office.acting = null;
  }

  settle(): readonly Charge[] {
    const late = this.#late;
    this.#late = [];
    return late;
  }

  #digestOf(block: Block): Digest {
    return digestOf(block, this.#hasher);
  }

  /** Null where the network of the one who speaks is not known. */
  #officeOf(message: Challenge | Proposal | Mandate, vote?: Vote): Office | null {
    const { clientID, term } = message;
    const ofRoster = vote === undefined ? null : this.#society.networkOfRoster(vote.roster);
    const network = ofRoster ?? this.#society.networkOf(clientID);
    if (network === null) return null;
    const key = `${network} ${term}`;
    const known = this.#offices.get(key);
    if (known !== undefined) return known;
    const office: Office = {
      controller: null,
      votes: [],
      acting: null,
      openings: new Latest(NUMBERS_KEPT),
      proposals: new Latest(NUMBERS_KEPT),
    };
    this.#offices.set(key, office);
    return office;
  }
}

/** The same challenge again, or made easier because it stayed unsolved; a repeat may come late. */
function isSameWork(before: Opening | Digest, now: Opening | Digest | null): boolean {
  if (now === null || typeof before === 'string' || typeof now === 'string') return false;
  if (before.root !== now.root || before.parent !== now.parent) return false;
  const [first, second] = before.time <= now.time ? [before, now] : [now, before];
  return first.time === second.time
    ? first.challenge === second.challenge
    : second.challenge < first.challenge;
}

function governs(term: Term, other: ClientID): string {
  return `governs in term ${term}, whose controller is ${short(other)}`;
}

function votesIn({ evidence }: Said): readonly Vote[] {
  return evidence.flatMap(({ message }) => (message.kind === 'vote' ? [message] : []));
}
