/** Computes a ledger again from its founding, and takes nobody's word for any of it. */

import type { Entry } from '../domain/contract.ts';
import type { Hasher, Verifier } from '../domain/crypto.ts';
import { type Genesis, unitsOf } from '../domain/genesis.ts';
import type { Acknowledgement, Founding, Member, Seal, Vote } from '../domain/message.ts';
import { UNFOUNDED } from '../domain/names.ts';
import { makeRoster } from '../domain/roster.ts';
import type { Chain } from '../domain/standing.ts';
import { type Batch, emptyBatch, readText } from '../domain/transaction.ts';
import { problemOf } from '../election/mandate.ts';
import { problemOfSeal } from '../finality/seal.ts';
import { sumOf } from '../ledger/account.ts';
import { digestOf } from '../ledger/block.ts';
import { extendChain, problemOfBlock, startChain } from '../ledger/chain.ts';
import { parseChange } from '../ledger/change.ts';
import { accountsOfGenesis, digestOfGenesis, noGenesis } from '../ledger/genesis.ts';
import type { Rules } from '../ledger/rules.ts';
import { signatureInput } from '../wire/envelope.ts';
import { provesName } from '../wire/identity.ts';
import { plainReader } from '../wire/reader.ts';
import { sharedTopicOf } from '../wire/topics.ts';
import { isSigned } from '../wire/transaction.ts';

type Sealed = Extract<Entry, { kind: 'sealed' }>;

/** What was checked so far. */
export type AuditCounts = { blocks: number; transactions: number; seals: number };

export type AuditMeans = {
  /** What all topics begin with: signatures are made over them, too. */
  readonly prefix: string;
  readonly hasher: Hasher;
  readonly verifier: Verifier;
};

export class Audit {
  readonly #founding: Founding;
  readonly #rules: Rules;
  readonly #means: AuditMeans;
  readonly #genesis: Genesis;
  readonly counts: AuditCounts = { blocks: 0, transactions: 0, seals: 0 };
  #chain: Chain;
  #isSealed = true;

  /** `genesis`: the list that the Rules name; where it is not that, `problemOfFounding` says so. */
  constructor(founding: Founding, rules: Rules, means: AuditMeans, genesis: Genesis = noGenesis) {
    const { hasher } = means;
    this.#founding = founding;
    this.#rules = rules;
    this.#means = means;
    this.#genesis = genesis;
    const roster = makeRoster(founding.members, rules.text, hasher);
    const isNamed = this.#problemOfGenesis() === null;
    const bare = { ...rules, genesis: null };
    this.#chain = isNamed
      ? startChain(roster, rules, accountsOfGenesis(genesis, hasher))
      : startChain(roster, bare);
  }

  /** Units that were in accounts from the start. */
  get granted(): number {
    return unitsOf(this.#genesis);
  }

  /** Where the ledger stands after all blocks that were added. */
  get chain(): Chain {
    return this.#chain;
  }

  /** What is wrong with the founding, in words; null if nothing is. */
  problemOfFounding(): string | null {
    const { members, votes: texts } = this.#founding;
    const { roster } = this.#chain;
    if (members.length !== this.#rules.seats)
      return `it has ${members.length} members where the rules say ${this.#rules.seats}`;
    const stranger = members.find((member) => !provesName(member, this.#means.hasher));
    if (stranger !== undefined) return `the key of ${stranger.clientID} does not prove its name`;
    const wrong = this.#problemOfGenesis();
    if (wrong !== null) return wrong;
    const read = this.#read('vote', texts, members);
    if (typeof read === 'string') return read;
    const votes = read as readonly Vote[];
    const [first] = votes;
    if (first === undefined) return 'it has no votes';
    if (votes.some(({ transactionID }) => transactionID !== UNFOUNDED))
      return 'a vote in it is of a later election';
    return problemOf({ term: first.term, controllerID: first.controllerID, votes }, roster);
  }

  /** Takes the next block, if nothing is wrong with it; else says what, in words. */
  add(sealed: Sealed): string | null {
    const { block, digest, seal, batch = emptyBatch } = sealed;
    const { hasher } = this.#means;
    const problem =
      problemOfBlock(block, this.#chain, this.#rules, hasher, batch) ??
      (digestOf(block, hasher) === digest ? null : 'the digest beside it is not its own') ??
      this.#problemOfAdmission(block.change) ??
      this.#problemOfBatch(batch) ??
      this.#problemOfSeal(sealed);
    if (problem !== null) return problem;
    this.#chain = extendChain(this.#chain, this.#rules, block, digest, hasher, batch);
    this.#isSealed = seal.length > 0;
    this.counts.blocks += 1;
    this.counts.transactions += batch.length;
    if (this.#isSealed) this.counts.seals += 1;
    return null;
  }

  /** What is wrong with it as a whole, once all blocks are added; null if nothing is. */
  problemOfEnd(): string | null {
    if (!this.#isSealed) return 'it has no seal, and none comes after it';
    const { accounts, mined } = this.#chain;
    const [held, earned] = [sumOf(accounts), this.granted + mined * this.#rules.reward];
    return held === earned ? null : `all balances are ${held} units where ${earned} were earned`;
  }

  #problemOfGenesis(): string | null {
    const { hasher } = this.#means;
    const named = this.#rules.genesis;
    const isNone = this.#genesis.length === 0;
    if (isNone && named === null) return null;
    if (isNone) return 'the list that its accounts begin with is missing';
    return digestOfGenesis(this.#genesis, hasher) === named
      ? null
      : 'the list that its accounts begin with is not the one that its rules name';
  }

  #problemOfAdmission(text: string | undefined): string | null {
    const change = text === undefined ? null : parseChange(text);
    if (change?.kind !== 'admit' || provesName(change.member, this.#means.hasher)) return null;
    return `the key of ${change.member.clientID} does not prove its name`;
  }

  #problemOfBatch(batch: Batch): string | null {
    const forged = batch.findIndex((text) => {
      const transaction = readText(text);
      return transaction === null || !isSigned(transaction, this.#means.verifier);
    });
    return forged < 0 ? null : `transaction ${forged + 1} of its batch is not by its sender`;
  }

  /** A block may go without, where a later one's seal vouches for it; a change may not. */
  #problemOfSeal({ block, digest, seal }: Sealed): string | null {
    if (seal.length === 0)
      return block.change === undefined ? null : 'it changes the roster, and has no seal';
    const { roster } = this.#chain;
    const read = this.#read('acknowledgement', seal, roster.members);
    if (typeof read === 'string') return read;
    const about = { transactionID: block.transactionID, digest };
    return problemOfSeal(read as readonly Acknowledgement[], about, roster);
  }

  /** What texts of `members` say, or what is wrong with one of them. */
  #read(
    kind: 'vote' | 'acknowledgement',
    texts: Seal,
    members: readonly Member[],
  ): readonly (Vote | Acknowledgement)[] | string {
    const { prefix, verifier } = this.#means;
    const topic = sharedTopicOf(prefix, kind);
    const messages: (Vote | Acknowledgement)[] = [];
    for (const [index, text] of texts.entries()) {
      const label = `${kind} ${index + 1} of it`;
      const read = plainReader.exhibit(kind, text);
      if (!read.ok) return `${label} ${read.problem}`;
      const { message, signed, signature } = read;
      const member = members.find(({ clientID }) => clientID === message.clientID);
      if (member === undefined) return `${label} is by ${message.clientID}, who is no member`;
      if (!verifier.verify(member.publicKey, signatureInput(topic, signed), signature))
        return `${label} is not signed by ${message.clientID} (under the prefix "${prefix}")`;
      messages.push(message);
    }
    return messages;
  }
}
