/** Where a ledger stands: all that is needed to check what comes next, without the blocks. */

import type { Hasher } from '../domain/crypto.ts';
import type { Block } from '../domain/message.ts';
import { type Digest, nextTransaction, type TransactionID } from '../domain/names.ts';
import { digestOf, problemOfBlock, type Tip } from './block.ts';
import {
  afterBlock,
  bitsFor,
  type Difficulty,
  type DifficultyRule,
  startDifficulty,
} from './difficulty.ts';

export type Chain = {
  /** How many blocks there are, which is the number of the next one. */
  readonly height: TransactionID;
  /** Digest of the last block; of the network where there is none. */
  readonly tip: Digest;
  readonly difficulty: Difficulty;
};

/** The ledger of a network without blocks. */
export function startChain(network: Digest, rule: DifficultyRule): Chain {
  return { height: 0 as TransactionID, tip: network, difficulty: startDifficulty(rule) };
}

/** The ledger with one more block, which must have been checked. */
export function extendChain(
  chain: Chain,
  rule: DifficultyRule,
  block: Block,
  digest: Digest,
): Chain {
  const difficulty = afterBlock(rule, chain.difficulty, block);
  return { height: nextTransaction(chain.height), tip: digest, difficulty };
}

/** What the next block must answer. */
export function tipOfChain(chain: Chain, rule: DifficultyRule): Tip {
  const bits = bitsFor(rule, chain.difficulty, chain.tip);
  return { height: chain.height, parent: chain.tip, bits };
}

/** What is wrong with the first bad one of consecutive blocks, in words; null if none is. */
export function problemOfBlocks(
  blocks: readonly Block[],
  chain: Chain,
  rule: DifficultyRule,
  hasher: Hasher,
): string | null {
  let reached = chain;
  for (const block of blocks) {
    const problem = problemOfBlock(block, tipOfChain(reached, rule), hasher);
    if (problem !== null) return `block ${block.transactionID}: ${problem}`;
    reached = extendChain(reached, rule, block, digestOf(block, hasher));
  }
  return null;
}
