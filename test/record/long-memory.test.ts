/** A referee that listens for days keeps of each block what its rules need, and no more. */

import { beforeAll, describe, expect, it } from 'vitest';
import type { Block } from '../../src/domain/message.ts';
import type { Digest, TransactionID, UnixMs } from '../../src/domain/names.ts';
import { digestOf } from '../../src/ledger/block.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { Ledger } from '../../src/record/referee/ledgers.ts';
import { Society } from '../../src/record/referee/society.ts';
import { SolutionJudge } from '../../src/record/referee/solutions.ts';
import type { Said } from '../../src/record/referee/testimony.ts';
import { block } from '../contracts/entries.ts';

const BLOCKS = 5_000;
const blocks: Block[] = [];
const digest = (number: number): Digest => digestOf(at(number), nodeHasher);

function at(number: number): Block {
  const one = blocks[number];
  if (one === undefined) throw new Error(`There is no block ${number}.`);
  return one;
}

beforeAll(() => {
  for (let number = 0; number < BLOCKS; number += 1) {
    const parent = number === 0 ? ('f'.repeat(64) as Digest) : digest(number - 1);
    blocks.push({ ...block(0), transactionID: number as TransactionID, parent });
  }
});

const newLedger = (): Ledger =>
  new Ledger('f'.repeat(64) as Digest, new Society(nodeHasher), nodeHasher);

describe('the ledger of a referee', () => {
  it('keeps a fifth of 5,000 sealed blocks whole, and the digests of all', () => {
    const ledger = newLedger();
    for (const one of blocks) {
      ledger.hearOf(one);
      ledger.seal(one);
    }
    expect(ledger.count).toBe(BLOCKS);
    expect(ledger.whole).toBe(1_000);
    for (const number of [0, 1, 3_999, 4_000, BLOCKS - 1])
      expect(ledger.digestAt(number)).toBe(digest(number));
    expect(ledger.sealedAt(BLOCKS - 1)).toEqual(at(BLOCKS - 1));
    expect(ledger.sealedAt(BLOCKS - 1_000)).toEqual(at(BLOCKS - 1_000));
    expect(ledger.sealedAt(BLOCKS - 1_001)).toBeNull();
  });

  it('does not keep old blocks again that somebody tells once more', () => {
    const ledger = newLedger();
    for (const one of blocks) ledger.seal(one);
    for (const one of blocks) ledger.hearOf(one);
    for (const one of blocks) ledger.seal(one);
    expect(ledger.whole).toBe(1_000);
    expect(ledger.count).toBe(BLOCKS);
    const other = { ...at(7), solution: 'another' };
    ledger.hearOf(other);
    expect(ledger.digestAt(7)).toBe(digest(7));
  });

  it('knows blocks as sealed that were said long before their seal', () => {
    const ledger = newLedger();
    ledger.seal(at(0));
    for (const one of blocks) ledger.hearOf(one);
    expect(ledger.count).toBe(1);
    ledger.seal(at(BLOCKS - 1));
    expect(ledger.count).toBe(BLOCKS);
    expect(ledger.digestAt(2_500)).toBe(digest(2_500));
    expect(ledger.whole).toBe(1_000);
  });
});

it('a referee remembers solutions as long as the challenges that they solve', () => {
  const judge = new SolutionJudge(nodeHasher);
  for (let number = 0; number < BLOCKS; number += 1) {
    const message = { ...at(number), kind: 'solution' as const };
    const how = { qos: 1, retained: false, isInside: false, isRepeat: false, flaw: null } as const;
    const said = { number, at: number as UnixMs, text: '', evidence: [], message, ...how };
    judge.learn(said as unknown as Said);
    judge.settle(Number.POSITIVE_INFINITY);
  }
  expect(judge.numbers).toBe(1_000);
});
