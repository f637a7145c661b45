/** Makes a long ledger in a data directory, true in all that anybody checks: for `bench sync`. */

import type { Entry } from '../domain/contract.ts';
import type { Block, Founding, Member, Vote } from '../domain/message.ts';
import { type Digest, type Term, UNFOUNDED, type UnixMs, type VoteID } from '../domain/names.ts';
import { majority, makeRoster, type Roster } from '../domain/roster.ts';
import type { Chain } from '../domain/standing.ts';
import { type Batch, textOf } from '../domain/transaction.ts';
import { batchMost } from '../ledger/batch.ts';
import { digestOf, zeroBits } from '../ledger/block.ts';
import { bitsOfNext, extendChain, problemOfBlock, startChain } from '../ledger/chain.ts';
import { type Change, changeText } from '../ledger/change.ts';
import { merkleRoot } from '../ledger/merkle.ts';
import type { Rules } from '../ledger/rules.ts';
import { generateIdentity, type Identity, nodeHasher, signerOf } from '../node/crypto.ts';
import { openDataDirectory } from '../node/data-directory.ts';
import { signMessage } from '../wire/envelope.ts';
import { DEFAULT_PREFIX, topicOf } from '../wire/topics.ts';
import { signTransaction } from '../wire/transaction.ts';

export type LedgerPlan = {
  readonly blocks: number;
  /** Transactions in all: the first blocks are filled with them. */
  readonly transactions: number;
};

const TERM = 1 as Term;
/** Written together. */
const GROUP = 500;
const SENDERS = 50;

/**
 * The ledger of the peer in the data directory at `path`, which must be new: founded by as many as
 * `rules` have seats, all of whom but that peer are removed one after another, so that it governs
 * alone when it starts.
 */
export async function makeLedger(path: string, rules: Rules, plan: LedgerPlan): Promise<void> {
  const { identity, journal } = await openDataDirectory(path, () => rules, false);
  const others = Array.from({ length: rules.seats - 1 }, generateIdentity);
  const scribe = new Scribe([identity, ...others], rules, plan);
  try {
    await journal.record(scribe.found());
    while (scribe.height < plan.blocks) {
      const count = Math.min(GROUP, plan.blocks - scribe.height);
      await journal.record(Array.from({ length: count }, () => scribe.next()));
    }
  } finally {
    await journal.close();
  }
}

class Scribe {
  readonly #keeper: Identity;
  readonly #identities: readonly Identity[];
  readonly #rules: Rules;
  readonly #plan: LedgerPlan;
  readonly #senders = Array.from({ length: SENDERS }, () => signerOf(generateIdentity()));
  #chain: Chain;
  #sent = 0;

  constructor(identities: readonly [Identity, ...Identity[]], rules: Rules, plan: LedgerPlan) {
    this.#keeper = identities[0];
    this.#identities = identities;
    this.#rules = rules;
    this.#plan = plan;
    this.#chain = startChain(makeRoster(identities.map(memberOf), rules.text, nodeHasher), rules);
  }

  get height(): number {
    return this.#chain.height;
  }

  found(): readonly Entry[] {
    const { roster } = this.#chain;
    const { clientID: controllerID } = this.#keeper;
    const votes = this.#identities.map((voter) => signVote(voter, this.#keeper, roster));
    const founding: Founding = { members: roster.members, votes };
    return [
      { kind: 'founded', founding },
      { kind: 'obeyed', term: TERM, controllerID },
    ];
  }

  /** The next final block, mined by the keeper, or one that removes somebody. */
  next(): Entry {
    const change = this.#dueChange();
    const batch = change === null ? this.#nextBatch() : [];
    const block = change === null ? this.#mine(batch) : this.#remove(change);
    const problem = problemOfBlock(block, this.#chain, this.#rules, nodeHasher, batch);
    if (problem !== null) throw new Error(`Block ${block.transactionID}: ${problem}.`);
    const digest = digestOf(block, nodeHasher);
    const seal = this.#seal(block, digest);
    this.#chain = extendChain(this.#chain, this.#rules, block, digest, nodeHasher, batch);
    return { kind: 'sealed', block, digest, seal, ...(batch.length > 0 && { batch }) };
  }

  /** Everybody but the keeper goes, one after another, in the first half. */
  #dueChange(): string | null {
    const { height, roster } = this.#chain;
    const every = Math.max(1, Math.floor(this.#plan.blocks / 2 / this.#rules.seats));
    const { clientID } = this.#identities[roster.members.length - 1] ?? this.#keeper;
    const isDue = height > 0 && height % every === 0 && clientID !== this.#keeper.clientID;
    const change: Change = { kind: 'remove', clientID };
    return isDue ? changeText(change) : null;
  }

  #commonOf(): Pick<Block, 'transactionID' | 'parent' | 'time' | 'clientID'> {
    const { height: transactionID, tip: parent } = this.#chain;
    const time = (1_750_000_000_000 + transactionID * 1_000) as UnixMs;
    return { transactionID, parent, time, clientID: this.#keeper.clientID };
  }

  #remove(change: string): Block {
    const root = nodeHasher.sha256(change);
    return { ...this.#commonOf(), root, challenge: 0, solution: '', change };
  }

  #mine(batch: Batch): Block {
    const root = merkleRoot(batch, nodeHasher);
    const before = this.#commonOf();
    const challenge = bitsOfNext(this.#chain, this.#rules, before.time);
    const common = { ...before, root, challenge };
    for (let nonce = 0; ; nonce += 1) {
      const block = { ...common, solution: nonce.toString(16).padStart(16, '0') };
      if (zeroBits(digestOf(block, nodeHasher)) >= challenge) return block;
    }
  }

  #nextBatch(): Batch {
    const batch: string[] = [];
    let size = 0;
    while (this.#sent < this.#plan.transactions) {
      const text = this.#nextText();
      size += text.length;
      if (size > batchMost) break;
      batch.push(text);
      this.#sent += 1;
    }
    return batch;
  }

  #nextText(): string {
    const nonce = Math.floor(this.#sent / SENDERS);
    const signer = this.#senders[this.#sent % SENDERS] ?? signerOf(this.#keeper);
    return textOf(signTransaction({ message: `number${this.#sent}`, nonce }, signer));
  }

  #seal({ transactionID }: Block, digest: Digest): readonly string[] {
    const needed = majority(this.#chain.roster.members.length);
    return this.#identities.slice(0, needed).map((identity) => {
      const { clientID } = identity;
      const voice = {
        kind: 'acknowledgement',
        clientID,
        term: TERM,
        transactionID,
        digest,
      } as const;
      return signMessage(voice, topicOf(DEFAULT_PREFIX, voice), signerOf(identity));
    });
  }
}

function signVote(voter: Identity, { clientID: controllerID }: Identity, roster: Roster): string {
  const vote: Vote = {
    kind: 'vote',
    clientID: voter.clientID,
    term: TERM,
    voteID: '0'.repeat(16) as VoteID,
    controllerID,
    draw: '0'.repeat(64) as Digest,
    drawn: '0',
    roster: roster.digest,
    transactionID: UNFOUNDED,
  };
  return signMessage(vote, topicOf(DEFAULT_PREFIX, vote), signerOf(voter));
}

function memberOf({ clientID, publicKey }: Identity): Member {
  return { clientID, publicKey };
}
