import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/domain/message.ts';
import type { Digest, TransactionID, UnixMs } from '../../src/domain/names.ts';
import {
  digestOf,
  emptyRoot,
  preimageOf,
  problemOfBlock,
  workOf,
  zeroBits,
} from '../../src/ledger/block.ts';
import { problemOfBlocks, startChain, tipOfChain } from '../../src/ledger/chain.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { solve } from '../../src/sim/false-miner.ts';
import { id } from '../names.ts';

const network = 'c'.repeat(64) as Digest;
const rule = { kind: 'fixed', bits: 5 } as const;
const chain = startChain(network, rule);
const root = emptyRoot(nodeHasher);

function mine(height: number, parent: Digest, bits = 5): Block {
  const opening = {
    transactionID: height as TransactionID,
    parent,
    root,
    time: 17 as UnixMs,
    challenge: bits,
  };
  const solution = solve(workOf(opening, id('ann')), nodeHasher);
  return { ...opening, clientID: id('ann'), solution };
}

describe('a block', () => {
  const first = mine(0, network);

  it('has the preimage that PROTOCOL 7 writes, and its SHA-256 as digest', () => {
    const text = `sortition:0:${network}:${root}:17:5:ann:${first.solution}`;
    expect(preimageOf(first)).toBe(text);
    expect(digestOf(first, nodeHasher)).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it.each([
    ['its number', { transactionID: 1 as TransactionID }, /it is block 1 where 0 comes next/],
    ['its parent', { parent: root }, /does not hang on/],
    ['its difficulty', { challenge: 4 }, /4 bits where the rule says 5/],
    ['its root', { root: network }, /carries a batch/],
    ['its miner', { clientID: id('mallory') }, /zero bits where 5 are needed/],
    ['its time', { time: 18 as UnixMs }, /zero bits where 5 are needed/],
  ])('is refused for %s', (_, change, problem) => {
    const tip = tipOfChain(chain, rule);
    expect(problemOfBlock(first, tip, nodeHasher)).toBeNull();
    expect(problemOfBlock({ ...first, ...change }, tip, nodeHasher)).toMatch(problem);
  });

  it('hangs on the one before, all along a chain', () => {
    const second = mine(1, digestOf(first, nodeHasher));
    const third = mine(2, digestOf(second, nodeHasher));
    expect(problemOfBlocks([first, second, third], chain, rule, nodeHasher)).toBeNull();
    expect(problemOfBlocks([first, third], chain, rule, nodeHasher)).toMatch(/^block 2/);
    expect(problemOfBlocks([first, mine(1, network)], chain, rule, nodeHasher)).toMatch(/^block 1/);
  });
});

it.each([
  ['f0', 0],
  ['70', 1],
  ['10', 3],
  ['08', 4],
  ['00', 8],
  ['001f', 11],
])('%s begins with %i zero bits', (digest, bits) => {
  expect(zeroBits(digest)).toBe(bits);
});
