/** Checks that what a journal gave back can be what one peer recorded in one life. */

import type { Entry, Recovered } from '../domain/contract.ts';
import type { Hasher } from '../domain/crypto.ts';
import { makeRoster } from '../domain/roster.ts';
import { digestOf } from '../ledger/block.ts';
import { type Chain, extendChain, problemOfBlock, startChain } from '../ledger/chain.ts';
import type { Rules } from '../ledger/rules.ts';

/**
 * What does not fit, in words; null if everything does. Seals are not looked at: what was sealed
 * once is final, and a block that somebody changed since does not hang on the one before it.
 */
export function problemOfRecovered(
  recovered: Recovered,
  rules: Rules,
  hasher: Hasher,
): string | null {
  let chain: Chain | null = null;
  for (const entry of recovered.entries) {
    const problem = problemOf(entry, chain, rules, hasher);
    if (problem !== null) return problem;
    if (entry.kind === 'founded')
      chain = startChain(makeRoster(entry.founding.members, rules.text, hasher), rules);
    if (entry.kind === 'sealed' && chain !== null)
      chain = extendChain(chain, rules, entry.block, entry.digest, hasher, entry.batch);
  }
  return null;
}

function problemOf(entry: Entry, chain: Chain | null, rules: Rules, hasher: Hasher): string | null {
  if (entry.kind === 'founded') return chain === null ? null : 'it has two foundings';
  if (entry.kind !== 'accepted' && entry.kind !== 'sealed') return null;
  const { block, digest } = entry;
  const number = block.transactionID;
  if (digestOf(block, hasher) !== digest) return `the digest of block ${number} is not its own`;
  if (entry.kind === 'accepted') return null;
  if (chain === null) return 'it has blocks of a network that it does not know';
  const problem = problemOfBlock(block, chain, rules, hasher, entry.batch);
  return problem === null ? null : `block ${number} does not fit: ${problem}`;
}
