/** Adds up the blocks that a journal gives back, and checks that they can be what it recorded. */

import type { Entry } from '../domain/contract.ts';
import type { Hasher } from '../domain/crypto.ts';
import type { Genesis } from '../domain/genesis.ts';
import type { Founding } from '../domain/message.ts';
import { makeRoster, type Roster } from '../domain/roster.ts';
import type { Chain, Standing } from '../domain/standing.ts';
import { digestOf } from '../ledger/block.ts';
import { extendChain, problemOfBlock, startChain } from '../ledger/chain.ts';
import { accountsOfGenesis } from '../ledger/genesis.ts';
import type { Rules } from '../ledger/rules.ts';
import { withRoster } from '../peer/memory.ts';

type Recorded = Extract<Entry, { kind: 'accepted' | 'sealed' }>;

/**
 * Holds where a ledger stands, and no block of it. Seals are not looked at: what was sealed once is
 * final, and a block that somebody changed since does not hang on the one before it.
 */
export class Recall {
  readonly #founding: Founding;
  readonly #rules: Rules;
  readonly #hasher: Hasher;
  #chain: Chain;
  #rosters: readonly Roster[];

  /** `genesis`: the list that the Rules name; empty where they name none. */
  constructor(founding: Founding, genesis: Genesis, rules: Rules, hasher: Hasher) {
    this.#founding = founding;
    this.#rules = rules;
    this.#hasher = hasher;
    const roster = makeRoster(founding.members, rules.text, hasher);
    this.#chain = startChain(roster, rules, accountsOfGenesis(genesis, hasher));
    this.#rosters = [this.#chain.roster];
  }

  get standing(): Standing {
    return { founding: this.#founding, chain: this.#chain, rosters: this.#rosters };
  }

  /** Takes the next block; says what does not fit, in words, and null if everything does. */
  add(sealed: Extract<Entry, { kind: 'sealed' }>): string | null {
    const { block, digest, batch } = sealed;
    const wrong = problemOfDigest(sealed, this.#hasher);
    if (wrong !== null) return wrong;
    const problem = problemOfBlock(block, this.#chain, this.#rules, this.#hasher, batch);
    if (problem !== null) return `block ${block.transactionID} does not fit: ${problem}`;
    this.#chain = extendChain(this.#chain, this.#rules, block, digest, this.#hasher, batch);
    this.#rosters = withRoster(this.#rosters, this.#chain.roster);
    return null;
  }
}

/** Whether the digest beside a block is not that block's, in words; null if it is. */
export function problemOfDigest({ block, digest }: Recorded, hasher: Hasher): string | null {
  if (digestOf(block, hasher) === digest) return null;
  return `the digest of block ${block.transactionID} is not its own`;
}
