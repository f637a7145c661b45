/** The door: lets in what is well-formed, timely and signed by whom it says, and nothing else. */

import { assert } from '../domain/assert.ts';
import type { Event } from '../domain/contract.ts';
import type { Hasher, Verifier } from '../domain/crypto.ts';
import { type Enveloped, type Member, type Message, senderOf } from '../domain/message.ts';
import type { ClientID, Instant, PublicKey, Term, TransactionID } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import {
  type Batch,
  readText,
  signedText,
  type Transaction,
  textOf,
} from '../domain/transaction.ts';
import { Checker, type Outcome, type Payer } from './checker.ts';
import { Directory } from './directory.ts';
import { batchesIn, type Exhibit, evidenceOf, membersIn } from './evidence.ts';
import { provesName } from './identity.ts';
import { type Letter, plainReader, type Reader } from './reader.ts';
import { staleness } from './staleness.ts';
import { readTopic, sharedTopicOf, topicOf } from './topics.ts';
import { publicKeyOf, signatureOf } from './transaction.ts';

/** `prefix` of all topics; `reader` reads plainly if not given. */
export type DoorOptions = {
  readonly prefix: string;
  /** Known from the start; null for somebody who only looks on. */
  readonly self: Member | null;
  readonly hasher: Hasher;
  readonly verifier: Verifier;
  readonly reader?: Reader | undefined;
};

/** A message as a broker brought it. */
export type Arrival = {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retained: boolean;
};

/** What the head knows already; `members` is empty where it knows no network. */
export type DoorView = {
  readonly term: Term;
  readonly height: TransactionID;
  readonly members: ReadonlySet<ClientID>;
  /** Whom it asked for a page by name, one request at a time; null for nobody. */
  readonly helper?: ClientID | null;
  /**
   * What it would say to a transaction without asking for its signature: `known` waits already,
   * null is welcome, and `fresh` is, too, though its sender has no account yet.
   */
  readonly judge: (transaction: Transaction, at: Instant) => 'known' | 'fresh' | Refusal | null;
};

/** Let in: its evidence is in the order of its texts, seals one after another. */
export type Heard = Extract<Event, { kind: 'heard' }>;
/** Kept out; `from` is whom it says it is from, proven or not. */
export type Refused = Extract<Event, { kind: 'refused' }>;
/** What became of an arrival, ready for the head. */
export type Verdict =
  | { readonly kind: 'heard'; readonly event: Heard }
  | { readonly kind: 'refused'; readonly event: Refused };

/** A heard transaction: nobody's message, and without evidence. */
const PASSED = { kind: 'heard', retained: false, evidence: [] } as const;

/** Transactions on their way pay from two common purses, so that many keys gain nothing. */
const PASSER: Payer = { from: 'transaction', allowance: null };
const FRESH_PASSER: Payer = { from: 'fresh', allowance: null };

/** An unknown topic is shown to people: no control characters, and not a whole screen of it. */
const TOPIC_SHOWN = 100;

/**
 * Checks in the order of PROTOCOL 3, cheapest first. Deterministic: no clock and no chance.
 *
 * It remembers whose key is whose (learnt only from messages whose signature held), which texts it
 * has checked already, and how many checks it may still make.
 */
export class Door {
  readonly #prefix: string;
  readonly #self: Member | null;
  readonly #hasher: Hasher;
  readonly #directory = new Directory();
  readonly #checker: Checker;
  readonly #reader: Reader;

  constructor({ prefix, self, hasher, verifier, reader = plainReader }: DoorOptions) {
    this.#prefix = prefix;
    this.#self = self;
    this.#hasher = hasher;
    this.#checker = new Checker(verifier);
    this.#reader = reader;
    if (self !== null) this.#directory.pin(self);
  }

  /** Keeps the key of somebody known for certain (a roster file, the journal) for good. */
  learn(member: Member): void {
    this.#directory.pin(member);
  }

  /** Null for somebody whose key was never heard. */
  keyOf(clientID: ClientID): PublicKey | null {
    return this.#directory.keyOf(clientID);
  }

  /**
   * The event for a message of our own, signed as `text` by the hands. Nothing in it is checked;
   * its echo, and its copies in the evidence of others, will need no check either.
   */
  hearOwn(message: Message, text: string): Heard {
    if (message.kind === 'transaction') return { ...PASSED, message, text };
    assert(this.#self !== null, 'Who only looks on says nothing.');
    const { publicKey } = this.#self;
    this.#checker.remember({ publicKey, topic: topicOf(this.#prefix, message) }, text);
    // As nothing is checked, any key will do for the signers of a seal.
    const evidence = evidenceOf(message, () => publicKey, this.#reader);
    const messages = evidence.ok ? evidence.exhibits.map((exhibit) => exhibit.message) : [];
    return { kind: 'heard', message, text, retained: false, evidence: messages };
  }

  /** `at` never goes back; `view` is the head's at that time. */
  check(arrival: Arrival, view: DoorView, at: Instant): Verdict {
    const place = readTopic(this.#prefix, arrival.topic);
    if (place === null) {
      const shown = arrival.topic.slice(0, TOPIC_SHOWN).replaceAll(/[^\x20-\x7e]/g, '?');
      return refused(null, { code: 'unknown-topic', topic: shown });
    }
    if (place.kind === 'transaction') return this.#checkPassed(arrival, view, at);
    const read = this.#reader.letter(place, arrival.topic, arrival.payload);
    if (!read.ok) return refused(read.from, read.refusal);
    const { message, text } = read.letter;
    const judged = this.#judge(read.letter, view, at);
    if ('code' in judged) return refused(senderOf(message), judged);
    const { retained } = arrival;
    return { kind: 'heard', event: { kind: 'heard', message, text, retained, evidence: judged } };
  }

  /** A transaction stands for itself: whoever brings it along needs no name. */
  #checkPassed({ payload, retained }: Arrival, view: DoorView, at: Instant): Verdict {
    const read = this.#reader.passed(payload);
    if (!read.ok) return refused(null, read.refusal);
    const { message } = read;
    const { transaction } = message;
    const verdict = view.judge(transaction, at);
    if (verdict !== null && typeof verdict === 'object') return refused(null, verdict);
    const payer = verdict === 'fresh' ? FRESH_PASSER : PASSER;
    const outcome = verdict === 'known' ? 'held' : this.#checkTransaction(transaction, payer, at);
    if (outcome === 'forged' || outcome === 'too-many') return refused(null, { code: outcome });
    const text = textOf(transaction);
    return { kind: 'heard', event: { ...PASSED, message, text, retained } };
  }

  #checkTransaction(transaction: Transaction, payer: Payer | null, at: Instant): Outcome {
    const words = {
      text: textOf(transaction),
      signed: signedText(transaction),
      signature: signatureOf(transaction),
    };
    const publicKey = publicKeyOf(transaction.sender);
    return this.#checker.check({ publicKey, topic: null }, words, payer, at);
  }

  /** Takes it that a transaction is signed: somebody has checked it already. */
  vouchFor(transaction: Transaction): void {
    const publicKey = publicKeyOf(transaction.sender);
    this.#checker.remember({ publicKey, topic: null }, textOf(transaction));
  }

  /** The evidence of a message that holds. */
  #judge(letter: Letter, view: DoorView, at: Instant): Heard['evidence'] | Refusal {
    const { message, topic } = letter;
    const named = membersIn(message);
    const sender = this.#identify(message, named);
    if ('code' in sender) return sender;
    const stale = staleness(message, view);
    if (stale !== null) return stale;
    const { clientID, publicKey } = sender;
    const isOutsider = view.members.size > 0 && !view.members.has(clientID);
    const from = isOutsider ? 'outsider' : 'member';
    const payer: Payer = { from, allowance: this.#directory.allowanceOf(clientID) };
    const outcome = this.#checker.check({ publicKey, topic }, letter, payer, at);
    if (outcome !== 'held') return { code: outcome };
    this.#directory.hear(sender, view.members);
    const misnamed = named.find((member) => !this.#isProven(member));
    if (misnamed !== undefined) return { code: 'wrong-name', name: misnamed.clientID };
    const evidence = evidenceOf(message, (signer) => this.keyOf(signer), this.#reader);
    if (!evidence.ok) return { code: 'forged-evidence', problem: evidence.problem };
    // Whoever brings evidence along pays for it; what was heard before costs nothing again. A page
    // that we asked somebody for is on our account: no more come than we ask for, or are of use.
    const isAskedFor = message.kind === 'answer' && clientID === view.helper;
    const bearer: Payer | null = isAskedFor
      ? null
      : { from, allowance: this.#directory.allowanceOf(clientID) };
    const refusal =
      this.#weigh(evidence.exhibits, bearer, at) ??
      this.#weighBatches(batchesIn(message), view, bearer, at);
    if (refusal !== null) return refusal;
    this.#meet(named, evidence.exhibits, view);
    return evidence.exhibits.map((exhibit) => exhibit.message);
  }

  /** The sender and its key, known before or brought along. */
  #identify(message: Enveloped, named: readonly Member[]): Member | Refusal {
    const clientID = senderOf(message);
    const offered = named.find((member) => member.clientID === clientID);
    if (offered !== undefined) {
      return this.#isProven(offered) ? offered : { code: 'wrong-name', name: clientID };
    }
    const publicKey = this.keyOf(clientID);
    return publicKey === null
      ? { code: 'unknown-sender', name: clientID }
      : { clientID, publicKey };
  }

  /** A second key for a known name is refused, even if somebody found one with the same name. */
  #isProven(member: Member): boolean {
    const known = this.keyOf(member.clientID);
    return known === null ? provesName(member, this.#hasher) : known === member.publicKey;
  }

  /** Checks the signatures of the evidence; null where all of them hold. */
  #weigh(exhibits: readonly Exhibit[], bearer: Payer | null, at: Instant): Refusal | null {
    for (const exhibit of exhibits) {
      const { publicKey } = exhibit;
      const topic = sharedTopicOf(this.#prefix, exhibit.message.kind);
      const outcome = this.#checker.check({ publicKey, topic }, exhibit, bearer, at);
      if (outcome === 'too-many') return { code: 'too-many' };
      if (outcome === 'forged') {
        const problem = `${exhibit.label} is not signed by ${exhibit.message.clientID}.`;
        return { code: 'forged-evidence', problem };
      }
    }
    return null;
  }

  /** Checks the signatures of all transactions that wait nowhere; null where all of them hold. */
  #weighBatches(
    batches: readonly Batch[],
    view: DoorView,
    bearer: Payer | null,
    at: Instant,
  ): Refusal | null {
    for (const [index, text] of batches.flat().entries()) {
      const transaction = readText(text);
      assert(transaction !== null, 'The schema has read each transaction.');
      // Only what was checked waits.
      if (view.judge(transaction, at) === 'known') continue;
      const outcome = this.#checkTransaction(transaction, bearer, at);
      if (outcome === 'too-many') return { code: 'too-many' };
      if (outcome === 'forged') {
        const problem = `Transaction ${index + 1} is not signed by ${transaction.sender}.`;
        return { code: 'forged-evidence', problem };
      }
    }
    return null;
  }

  /** Keeps the keys that a good message brought along: of its voters, and of those it names. */
  #meet(named: readonly Member[], exhibits: readonly Exhibit[], view: DoorView): void {
    for (const { message: vote, publicKey } of exhibits) {
      this.#directory.hear({ clientID: vote.clientID, publicKey }, view.members);
    }
    for (const member of named) this.#directory.note(member);
  }
}

function refused(from: ClientID | null, refusal: Refusal): Verdict {
  return { kind: 'refused', event: { kind: 'refused', from, refusal } };
}
