/** Reads what a broker brought as the door does, but with all the time it takes. */

import type { Hasher, Verifier } from '../../domain/crypto.ts';
import { type Enveloped, type Member, senderOf } from '../../domain/message.ts';
import type { ClientID, Digest, Instant, PublicKey } from '../../domain/names.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { Checker, type Claim, type Words } from '../../wire/checker.ts';
import { cutSignature } from '../../wire/envelope.ts';
import { evidenceOf, membersIn } from '../../wire/evidence.ts';
import { toWire } from '../../wire/fields.ts';
import { type Letter, plainReader, type Reader } from '../../wire/reader.ts';
import { readTopic, sharedTopicOf } from '../../wire/topics.ts';
import { isSigned } from '../../wire/transaction.ts';
import { LatestDigests } from '../latest-digests.ts';
import type { Recorded } from '../recording.ts';
import { isOfDoctor } from './doctor.ts';
import type { RuleName } from './rules.ts';
import type { Society } from './society.ts';
import { strangeField } from './strange-fields.ts';
import { type Charge, charge, type Inside, type Place, type Said, short } from './testimony.ts';

export type Hearing =
  | { readonly kind: 'said'; readonly said: Said }
  /** `isSigned`: whoever is charged said this, and nobody in its name. */
  | { readonly kind: 'charge'; readonly charge: Charge; readonly isSigned: boolean }
  /** A transaction, which is nobody's message. */
  | { readonly kind: 'passed' }
  /** Nobody has told the key of its sender yet. */
  | { readonly kind: 'unproven'; readonly from: ClientID }
  /** Not on a topic of this prefix, or deeper below it: another network's; a doctor's; empty. */
  | { readonly kind: 'foreign' };

export type WitnessOptions = {
  readonly prefix: string;
  readonly hasher: Hasher;
  readonly verifier: Verifier;
  readonly reader?: Reader | undefined;
};

/** As many texts are remembered; a network says some hundred new ones a minute. */
const TEXTS_KEPT = 50_000;
/** How many hex digits are a number without rounding. */
const SAFE_DIGITS = 13;

/** The checker is stingy with its time; we let so much of it pass with every check. */
const AGES = 10_000;

const OPEN_TO_ALL = { from: 'member', allowance: null } as const;

export class Witness {
  readonly #prefix: string;
  readonly #society: Society;
  readonly #reader: Reader;
  readonly #checker: Checker;
  readonly #verifier: Verifier;
  readonly #hasher: Hasher;
  /** Digests of what was heard, each under the number that it begins with. */
  readonly #texts = new LatestDigests(TEXTS_KEPT);
  #clock = 0;

  constructor(options: WitnessOptions, society: Society) {
    const { prefix, hasher, verifier, reader = plainReader } = options;
    this.#prefix = prefix;
    this.#society = society;
    this.#reader = reader;
    this.#checker = new Checker(verifier);
    this.#verifier = verifier;
    this.#hasher = hasher;
  }

  hear({ topic, payload, qos, retained }: Recorded, place: Place): Hearing {
    if (isOfDoctor(payload)) return { kind: 'foreign' };
    const where = readTopic(this.#prefix, topic);
    if (where === null) return this.#hearElsewhere(topic);
    // No message of a peer: it has the broker forget what it kept.
    if (payload.length === 0) return { kind: 'foreign' };
    if (where.kind === 'transaction') return this.#hearTransaction(payload, retained);
    const read = this.#reader.letter(where, topic, payload);
    if (!read.ok)
      return this.#refuse(topic, payload, chargeOf(read.refusal, read.from, where.kind));
    const { letter } = read;
    const from = senderOf(letter.message);
    const sender = this.#identify(letter.message);
    if (sender === null) return { kind: 'unproven', from };
    const problem = this.#judgeName(letter, sender);
    if (problem !== null) return accuse(problem);
    const fault = this.#judge(letter);
    if (fault !== null) return { ...accuse(fault), isSigned: true };
    return { kind: 'said', said: this.#testify(letter, { ...place, qos, retained }) };
  }

  /** It has a key and a signature of its own; who brings it needs no name. */
  #hearTransaction(payload: Uint8Array, retained: boolean): Hearing {
    if (retained) return accuse(charge('retained', null, 'left a transaction on the broker'));
    const read = this.#reader.passed(payload);
    if (!read.ok) {
      const found = chargeOf(read.refusal, null, 'transaction');
      return accuse(found.rule === 'fields' ? { ...found, rule: 'trueTransaction' } : found);
    }
    if (isSigned(read.message.transaction, this.#verifier)) return { kind: 'passed' };
    const what = 'passes on a transaction that its sender did not sign';
    return accuse(charge('trueTransaction', null, what));
  }

  /** What lies deeper below the prefix is another network's. */
  #hearElsewhere(topic: string): Hearing {
    if (!topic.startsWith(`${this.#prefix}/`)) return { kind: 'foreign' };
    const words = topic.slice(this.#prefix.length + 1).split('/');
    const [word = '', ...rest] = words;
    const isOurs = rest.length === 0 || (rest.length === 1 && (word === 'peer' || word === 'sync'));
    if (!isOurs) return { kind: 'foreign' };
    const shown = words.join('/').slice(0, 60).replace(/\p{C}/gu, '?');
    return accuse(charge('topics', null, `speaks on ${shown}, which is no topic`));
  }

  #identify(message: Enveloped): Member | null {
    const clientID = senderOf(message);
    const offered = membersIn(message).find((member) => member.clientID === clientID);
    const publicKey = this.#society.keyOf(clientID) ?? offered?.publicKey ?? null;
    return publicKey === null ? null : { clientID, publicKey };
  }

  /** What cannot be read may be signed all the same; otherwise whom it names may be innocent. */
  #refuse(topic: string, payload: Uint8Array, found: Charge): Hearing {
    const text = this.#reader.text(payload);
    const publicKey = found.who === null ? null : this.#keyFor(found.who, text);
    const cut = cutSignature(text);
    const isSigned =
      publicKey !== null && cut !== null && this.#isSigned({ publicKey, topic }, { text, ...cut });
    return { kind: 'charge', charge: isSigned ? found : { ...found, who: null }, isSigned };
  }

  /** Whoever cannot even introduce itself may show its key all the same. */
  #keyFor(clientID: ClientID, text: string): PublicKey | null {
    const { PublicKey: publicKey }: { readonly PublicKey?: PublicKey } = JSON.parse(text);
    const known = this.#society.keyOf(clientID);
    if (known !== null || publicKey === undefined) return known;
    return this.#society.proves({ clientID, publicKey }) ? publicKey : null;
  }

  /** Whether this is said by whom it names. */
  #judgeName(letter: Letter, { clientID, publicKey }: Member): Charge | null {
    const { message, topic } = letter;
    if (!this.#society.proves({ clientID, publicKey }))
      return charge('provenName', clientID, 'is named with a key that is not its own');
    if (this.#isSigned({ publicKey, topic }, letter)) return null;
    const what = `did not sign what is said in its name (a ${message.kind})`;
    return charge('signature', clientID, what);
  }

  #judge(letter: Letter): Charge | null {
    const { message } = letter;
    const sender = senderOf(message);
    const misnamed = membersIn(message).find((member) => !this.#society.proves(member));
    if (misnamed !== undefined) {
      const owner =
        misnamed.clientID === sender ? 'its name' : `the name ${short(misnamed.clientID)}`;
      return charge('provenName', sender, `says ${owner} with a key that does not prove it`);
    }
    const raw: object = JSON.parse(letter.text);
    const strange = strangeField(raw, { ...toWire(message), Signature: '' });
    if (strange === null) return null;
    const what = `says ${strange.slice(0, 60)} in a ${message.kind}, a field that nobody knows`;
    return charge('noOtherFields', sender, what);
  }

  #isSigned(claim: Claim, words: Words): boolean {
    this.#clock += AGES;
    return this.#checker.check(claim, words, OPEN_TO_ALL, this.#clock as Instant) === 'held';
  }

  #testify(letter: Letter, how: Place & Pick<Said, 'qos' | 'retained'>): Said {
    const { message, text, topic } = letter;
    const isRepeat = this.#isRepeat(this.#hasher.sha256(`${topic} ${text}`));
    return { ...how, message, text, isInside: false, isRepeat, ...this.#weigh(message) };
  }

  /** Evidence by peers whose keys were never told proves nothing, and accuses nobody. */
  #weigh(message: Enveloped): {
    readonly evidence: readonly Inside[];
    readonly flaw: Charge | null;
  } {
    let isUnknown = false;
    const read = evidenceOf(
      message,
      (signer) => {
        const publicKey = this.#society.keyOf(signer);
        isUnknown ||= publicKey === null;
        return publicKey;
      },
      this.#reader,
    );
    if (!read.ok) {
      const flaw = isUnknown ? null : this.#flaw(message, read.problem);
      return { evidence: [], flaw };
    }
    for (const exhibit of read.exhibits) {
      const topic = sharedTopicOf(this.#prefix, exhibit.message.kind);
      if (this.#isSigned({ publicKey: exhibit.publicKey, topic }, exhibit)) continue;
      const problem = `${exhibit.label} is not signed by ${short(exhibit.message.clientID)}.`;
      return { evidence: [], flaw: this.#flaw(message, problem) };
    }
    return {
      evidence: read.exhibits.map(({ message: it, text }) => ({ message: it, text })),
      flaw: null,
    };
  }

  #flaw(message: Enveloped, problem: string): Charge {
    const why = problem.replace(/\.$/, '').replace(/^./, (letter) => letter.toLowerCase());
    const who = senderOf(message);
    const shown = why.replace(/([0-9a-f]{8})(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '$1');
    if (message.kind === 'mandate')
      return charge('trueMandate', who, `shows a mandate for term ${message.term}: ${shown}`);
    if (message.kind === 'result') {
      const { transactionID } = message;
      return charge(
        'trueSeal',
        who,
        `says a seal for ${transactionID} that does not hold: ${shown}`,
      );
    }
    return charge('trueAnswer', who, `answers with what does not hold: ${shown}`);
  }

  #isRepeat(digest: Digest): boolean {
    const number = Number.parseInt(digest.slice(0, SAFE_DIGITS), 16);
    if (this.#texts.has(number, digest)) return true;
    this.#texts.add(number, digest);
    return false;
  }
}

function accuse(it: Charge): Extract<Hearing, { kind: 'charge' }> {
  return { kind: 'charge', charge: it, isSigned: false };
}

/** By code of the refusal. */
const RULE_OF: Readonly<Record<string, RuleName>> = {
  malformed: 'fields',
  'wrong-topic': 'topics',
};

function chargeOf(refusal: Refusal, from: ClientID | null, kind: string): Charge {
  const rule = RULE_OF[refusal.code] ?? 'object';
  return charge(rule, from, `says a ${kind} ${describe(refusal)}`);
}

/** Goes on after "says a vote". */
function describe(refusal: Refusal): string {
  switch (refusal.code) {
    case 'too-large':
      return `of ${refusal.bytes} bytes`;
    case 'not-utf8':
      return 'that is not UTF-8';
    case 'not-json':
      return 'that is no JSON';
    case 'not-an-object':
      return `that is ${refusal.found}, not an object`;
    case 'too-deep':
      return 'that nests too deep';
    case 'malformed':
      return `whose ${refusal.field} ${refusal.problem}`;
    default:
      return "on somebody else's topic";
  }
}
