/** The ledger of each network as far as the recording tells it: whole, or from somewhere on. */

import type { Hasher } from '../../domain/crypto.ts';
import type { Acknowledgement, Block, Vote } from '../../domain/message.ts';
import type { Digest } from '../../domain/names.ts';
import type { Roster } from '../../domain/roster.ts';
import type { Chain } from '../../domain/standing.ts';
import { type Batch, emptyBatch } from '../../domain/transaction.ts';
import { problemOfSeal } from '../../finality/seal.ts';
import { applyBatch } from '../../ledger/batch.ts';
import { digestOf, emptyRoot, type Opening, openingOfBlock, zeroBits } from '../../ledger/block.ts';
import { extendChain, problemOfOpening, startChain, waitedOf } from '../../ledger/chain.ts';
import { parseChange, problemOfChange } from '../../ledger/change.ts';
import { guessDifficulty } from '../../ledger/difficulty.ts';
import { accountsOfGenesis } from '../../ledger/genesis.ts';
import { type Rules, readRules } from '../../ledger/rules.ts';
import { KnownBlocks } from './known-blocks.ts';
import { Latest } from './latest.ts';
import type { Society } from './society.ts';

/** Where a ledger stands; what is not known of a chain that begins in the middle is not judged. */
type Standing = {
  readonly chain: Chain;
  readonly knowsRoster: boolean;
  readonly knowsDifficulty: boolean;
  readonly knowsAccounts: boolean;
};

/** A result that is so far behind the ledger's height has no predecessor that will still come. */
const LOST = 3;

/** Batches have 24 KiB. */
const BATCHES_KEPT = 500;
const ROSTERS_KEPT = 1_000;

const NOBODY: Roster = { digest: '' as Digest, members: [] };

export class Ledger {
  readonly #network: Digest;
  readonly #society: Society;
  readonly #hasher: Hasher;
  readonly #known = new KnownBlocks();
  /** By their roots. */
  readonly #batches = new Latest<Digest, Batch>(BATCHES_KEPT);
  /** Rosters by the first number that they seal, as far as they are known. */
  readonly #rosters: { readonly from: number; readonly roster: Roster | null }[] = [];
  #standing: Standing | null = null;
  #rules: Rules | null = null;

  constructor(network: Digest, society: Society, hasher: Hasher) {
    this.#network = network;
    this.#society = society;
    this.#hasher = hasher;
  }

  /** How many blocks are known to be sealed. */
  get count(): number {
    return this.#known.count;
  }

  /** How many blocks are kept whole. */
  get whole(): number {
    return this.#known.whole;
  }

  /** Whether it is followed without knowing what accounts hold. */
  get isUnpaid(): boolean {
    return this.#standing?.knowsAccounts === false;
  }

  /** Null where it is not known, or no longer. */
  sealedAt(number: number): Block | null {
    return this.#known.blockAt(number);
  }

  /** Digest of what is sealed under this number; null if nothing is known to be. */
  digestAt(number: number): Digest | null {
    return this.#known.digestAt(number);
  }

  /** Who seals the block of this number; null where that is not known. */
  rosterAt(number: number): Roster | null {
    this.#advance();
    const standing = this.#standing;
    if (standing === null || number > standing.chain.height) return null;
    return this.#rosters.findLast(({ from }) => from <= number)?.roster ?? null;
  }

  /** What is wrong with a challenge; null if nothing is, or nothing can be known. */
  problemOfChallenge(opening: Opening): string | null {
    this.#advance();
    const standing = this.#standing;
    const rules = this.#rules;
    if (standing === null || rules === null) return null;
    if (opening.transactionID !== standing.chain.height) return null;
    const { chain, knowsDifficulty } = standing;
    const waitedMs = waitedOf(chain, opening.time);
    const difficulty = knowsDifficulty
      ? chain.difficulty
      : guessDifficulty(rules.difficulty, opening.challenge, waitedMs);
    return problemOfOpening(opening, { ...chain, difficulty }, rules);
  }

  /** What is wrong with a block, in words; null if nothing is, or nothing can be known. */
  problemOfBlock(block: Block): string | null {
    if (block.change !== undefined) return this.#problemOfChange(block);
    const bits = zeroBits(digestOf(block, this.#hasher));
    if (bits < block.challenge)
      return `its digest has ${bits} zero bits where ${block.challenge} are needed`;
    return this.problemOfChallenge(openingOfBlock(block));
  }

  #problemOfChange(block: Block): string | null {
    const text = block.change ?? '';
    const change = parseChange(text);
    if (change === null) return 'its change cannot be read';
    if (block.root !== this.#hasher.sha256(text)) return 'its root is not that of its change';
    this.#advance();
    const standing = this.#standing;
    if (standing === null || block.transactionID !== standing.chain.height) return null;
    if (block.parent !== standing.chain.tip) return 'it does not hang on the last block';
    if (!standing.knowsRoster || this.#rules === null) return null;
    // Where the ledger begins in the middle, the network's name may still tell its founders.
    const founders = this.#society.rosterOf(this.#network)?.members;
    if (change.kind === 'admit' && this.#rules.admit === 'roster' && founders === undefined)
      return null;
    return problemOfChange(change, {
      ...this.#rules,
      roster: standing.chain.roster,
      founders: founders ?? [],
    });
  }

  /** Why the batch of a mined block cannot be the next one; null if it can, or is not known. */
  problemOfBatch(block: Pick<Block, 'transactionID' | 'root'>): string | null {
    this.#advance();
    const standing = this.#standing;
    if (standing === null || !standing.knowsAccounts) return null;
    if (block.transactionID !== standing.chain.height) return null;
    const batch = this.#batchOf(block.root);
    return batch && applyBatch(standing.chain, batch, this.#hasher).problem;
  }

  #batchOf(root: Digest): Batch | null {
    return root === emptyRoot(this.#hasher) ? emptyBatch : (this.#batches.get(root) ?? null);
  }

  /** A batch that hashes to its root. */
  hearOfBatch(root: Digest, batch: Batch): void {
    this.#batches.set(root, batch);
  }

  /** What is wrong with a seal of `block`; where its roster is not known, all signers count. */
  problemOfSeal(block: Block, voices: readonly Acknowledgement[]): string | null {
    const about = { transactionID: block.transactionID, digest: digestOf(block, this.#hasher) };
    const roster = this.rosterAt(block.transactionID);
    if (roster !== null) return problemOfSeal(voices, about, roster);
    const signers = new Set(voices.map(({ clientID }) => clientID));
    const members = [...signers].map((clientID) => ({ clientID, publicKey: '' as never }));
    return problemOfSeal(voices, about, { ...NOBODY, members });
  }

  /** A block that was said; it may turn out to be sealed when a later one hangs on it. */
  hearOf(block: Block): void {
    this.#known.add(block, digestOf(block, this.#hasher));
  }

  /** A block whose seal holds. */
  seal(block: Block): void {
    const digest = digestOf(block, this.#hasher);
    this.#known.add(block, digest);
    this.#known.seal(block.transactionID, digest);
    this.#advance();
    const standing = this.#standing;
    if (standing === null || block.transactionID >= standing.chain.height + LOST)
      this.#startAfter(block, digest);
  }

  /** A voter names the roster at its own height. */
  learnRoster(vote: Vote): void {
    const roster = this.#society.rosterOf(vote.roster);
    const standing = this.#standing;
    if (roster === null || standing === null || standing.knowsRoster) return;
    if (vote.transactionID !== standing.chain.height) return;
    this.#rules ??= this.#rulesOf(vote.roster);
    this.#standing = { ...standing, chain: { ...standing.chain, roster }, knowsRoster: true };
    this.#keepRoster(vote.transactionID, roster);
  }

  /** Goes on as far as blocks are known; begins as soon as the founding and its Rules are. */
  #advance(): void {
    this.#begin();
    for (;;) {
      const standing = this.#standing;
      const height = standing?.chain.height ?? 0;
      const digest = this.#known.digestAt(height);
      const block = this.#known.blockAt(height);
      if (standing === null || digest === null || block === null) return;
      this.#standing = this.#extend(standing, block, digest);
      this.#known.pass(height + 1);
    }
  }

  #begin(): void {
    this.#rules ??= this.#rulesOf(this.#network);
    if (this.#standing !== null || this.#rules === null) return;
    const roster = this.#society.rosterOf(this.#network);
    if (roster === null) return;
    const begun = beginning(roster, this.#rules);
    const { genesis } = this.#rules;
    const list = genesis && this.#society.genesisOf(genesis);
    const accounts = list === null ? begun.accounts : accountsOfGenesis(list, this.#hasher);
    // Without the list nobody can say what accounts hold.
    const knowsAccounts = genesis === null || list !== null;
    const chain = { ...begun, accounts };
    this.#standing = { chain, knowsRoster: true, knowsDifficulty: true, knowsAccounts };
    this.#keepRoster(0, roster);
  }

  #rulesOf(roster: Digest): Rules | null {
    const text = this.#society.rulesOf(roster);
    return text === null ? null : readRules(text);
  }

  #extend(standing: Standing, block: Block, digest: Digest): Standing {
    const rules = this.#rules;
    const { chain, knowsRoster } = standing;
    const isChange = block.change !== undefined;
    if (rules === null || (isChange && !knowsRoster)) {
      const height = (chain.height + 1) as Chain['height'];
      if (isChange) this.#keepRoster(height, null);
      const knowsAccounts = false;
      const knows = {
        knowsRoster: knowsRoster && !isChange,
        knowsDifficulty: false,
        knowsAccounts,
      };
      return { chain: { ...chain, height, tip: digest, time: block.time }, ...knows };
    }
    const batch = isChange ? emptyBatch : this.#batchOf(block.root);
    const isApplied = batch !== null && applyBatch(chain, batch, this.#hasher).problem === null;
    const carried = isApplied ? batch : emptyBatch;
    const next = extendChain(chain, rules, block, digest, this.#hasher, carried);
    if (next.roster.digest !== chain.roster.digest) {
      this.#keepRoster(next.height, next.roster);
      this.#society.keepRoster(next.roster, rules.text, this.#network);
    }
    return { ...standing, chain: next, knowsAccounts: standing.knowsAccounts && isApplied };
  }

  /** The blocks before this one are lost: the ledger goes on from here, without its history. */
  #startAfter(block: Block, digest: Digest): void {
    const rules = this.#rules ?? readRules('peers=1 difficulty=fixed:1');
    if (rules === null) return;
    const chain: Chain = {
      ...beginning(NOBODY, rules),
      height: (block.transactionID + 1) as Chain['height'],
      tip: digest,
      time: block.time,
    };
    // What came between may have changed the roster.
    const from = this.#standing === null ? 0 : this.#standing.chain.height + 1;
    this.#keepRoster(from, null);
    this.#standing = { chain, knowsRoster: false, knowsDifficulty: false, knowsAccounts: false };
  }

  #keepRoster(from: number, roster: Roster | null): void {
    this.#rosters.push({ from, roster });
    if (this.#rosters.length > ROSTERS_KEPT) this.#rosters.shift();
  }
}

/** With empty accounts, whatever the Rules say of them. */
function beginning(roster: Roster, rules: Rules): Chain {
  return startChain(roster, { ...rules, genesis: null });
}

/** One for each network. */
export class Ledgers {
  readonly #society: Society;
  readonly #hasher: Hasher;
  readonly #ledgers = new Map<Digest, Ledger>();

  constructor(society: Society, hasher: Hasher) {
    this.#society = society;
    this.#hasher = hasher;
  }

  get all(): readonly Ledger[] {
    return [...this.#ledgers.values()];
  }

  of(network: Digest): Ledger {
    const known = this.#ledgers.get(network);
    if (known !== undefined) return known;
    const ledger = new Ledger(network, this.#society, this.#hasher);
    this.#ledgers.set(network, ledger);
    return ledger;
  }
}
