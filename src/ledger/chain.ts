/** Checks what comes next in a ledger, and moves where it stands one block on. */

import { assert } from '../domain/assert.ts';
import type { Hasher } from '../domain/crypto.ts';
import type { Block } from '../domain/message.ts';
import { type Digest, nextTransaction, type TransactionID, type UnixMs } from '../domain/names.ts';
import type { Roster } from '../domain/roster.ts';
import type { Accounts, Books, Chain } from '../domain/standing.ts';
import { type Batch, emptyBatch } from '../domain/transaction.ts';
import { accountOf, credit, noAccounts } from './account.ts';
import { applyBatch } from './batch.ts';
import { digestOf, type Opening, openingOfBlock, zeroBits } from './block.ts';
import { applyChange, parseChange, problemOfChange } from './change.ts';
import { afterBlock, bitsFor, problemOfTime, startDifficulty } from './difficulty.ts';
import { merkleRoot } from './merkle.ts';
import { nothingRecent } from './recent.ts';
import type { Rules } from './rules.ts';

/**
 * The ledger of a network without blocks; its first roster names it. `accounts`: those of the list
 * that the Rules name, where they name one.
 */
export function startChain(roster: Roster, rules: Rules, accounts: Accounts = noAccounts): Chain {
  assert(
    (rules.genesis === null) === (accounts === noAccounts),
    'Accounts begin with the list that the Rules name.',
  );
  const difficulty = startDifficulty(rules.difficulty);
  return {
    height: 0 as TransactionID,
    tip: roster.digest,
    time: null,
    difficulty,
    mined: 0,
    roster,
    founders: roster.members,
    accounts,
    recent: nothingRecent,
  };
}

/** The ledger with one more block, which must have been checked, and so must its batch. */
export function extendChain(
  chain: Chain,
  rules: Rules,
  block: Block,
  digest: Digest,
  hasher: Hasher,
  batch: Batch = emptyBatch,
): Chain {
  const next = { height: nextTransaction(chain.height), tip: digest, time: block.time };
  const change = block.change === undefined ? null : parseChange(block.change);
  // The difficulty rule passes over blocks with a change: nobody mined them.
  if (change !== null)
    return { ...chain, ...next, roster: applyChange(chain.roster, change, rules.text, hasher) };
  const waitedMs = waitedOf(chain, block.time);
  const difficulty = afterBlock(rules.difficulty, chain.difficulty, block, waitedMs);
  const books = booked(chain, rules, block, batch, hasher);
  return { ...chain, ...next, difficulty, mined: chain.mined + 1, ...books };
}

/** The books after a mined block: its batch first, as its winner came later. */
function booked(
  before: Books,
  rules: Rules,
  block: Block,
  batch: Batch,
  hasher: Hasher,
): Pick<Books, 'accounts' | 'recent'> {
  const applied = applyBatch(before, batch, hasher);
  assert(applied.accounts !== null, 'A block is added with a batch that was checked.');
  const { accounts, recent } = applied;
  const { clientID, reward } = block;
  const winner = reward === undefined ? clientID : accountOf(reward, hasher);
  return { accounts: credit(accounts, winner, rules.reward), recent };
}

/** Leading zero bits that the next block needs, if it is mined for an opening of this Time. */
export function bitsOfNext(chain: Chain, rules: Rules, time: UnixMs): number {
  return bitsFor(rules.difficulty, chain.difficulty, chain.tip, waitedOf(chain, time));
}

/** From the Time of the last block to this one; 0 where there is none. */
export function waitedOf({ time: parent }: Chain, time: UnixMs): number {
  return parent === null ? 0 : Math.max(0, time - parent);
}

/** What is wrong with `opening` as the next challenge, in words; null if nothing is. */
export function problemOfOpening(opening: Opening, chain: Chain, rules: Rules): string | null {
  const misplaced = problemOfPlace(opening, chain, rules);
  if (misplaced !== null) return misplaced;
  const bits = bitsOfNext(chain, rules, opening.time);
  return opening.challenge === bits
    ? null
    : `its challenge is ${opening.challenge} bits where the rule says ${bits}`;
}

/** What is wrong with `block` and its batch as the next ones, in words; null if nothing is. */
export function problemOfBlock(
  block: Block,
  chain: Chain,
  rules: Rules,
  hasher: Hasher,
  batch: Batch = emptyBatch,
): string | null {
  const problem = problemOfBareBlock(block, chain, rules, hasher);
  if (problem !== null) return problem;
  if (block.change !== undefined)
    return batch.length === 0 ? null : 'it changes the roster, and has a batch';
  if (merkleRoot(batch, hasher) !== block.root) return 'its root is not that of its batch';
  return applyBatch(chain, batch, hasher).problem;
}

/** The same without its batch, for whoever does not have that yet. */
export function problemOfBareBlock(
  block: Block,
  chain: Chain,
  rules: Rules,
  hasher: Hasher,
): string | null {
  if (block.change !== undefined) return problemOfChangeBlock(block, chain, rules, hasher);
  const problem = problemOfOpening(openingOfBlock(block), chain, rules);
  if (problem !== null) return problem;
  const bits = zeroBits(digestOf(block, hasher));
  return bits < block.challenge
    ? `its digest has ${bits} zero bits where ${block.challenge} are needed`
    : null;
}

function problemOfPlace(opening: Opening, chain: Chain, rules: Rules): string | null {
  if (opening.transactionID !== chain.height)
    return `it is block ${opening.transactionID} where ${chain.height} comes next`;
  if (opening.parent !== chain.tip) return 'it does not hang on the last block';
  return problemOfTime(rules.difficulty, opening.time, chain.time);
}

/** A change is not mined: its text is its batch, and a majority's word is all it needs. */
function problemOfChangeBlock(
  block: Block,
  chain: Chain,
  rules: Rules,
  hasher: Hasher,
): string | null {
  const text = block.change ?? '';
  const change = parseChange(text);
  const misplaced = problemOfPlace(openingOfBlock(block), chain, rules);
  if (misplaced !== null) return misplaced;
  if (change === null) return 'its change cannot be read';
  if (block.root !== hasher.sha256(text)) return 'its root is not that of its change';
  if (block.challenge !== 0 || block.solution !== '') return 'it changes the roster, and is mined';
  if (block.reward !== undefined) return 'it changes the roster, and has a reward';
  return problemOfChange(change, { ...chain, ...rules });
}
