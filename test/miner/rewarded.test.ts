import { assert, describe, expect, it } from 'vitest';
import type { AccountKey, ClientID, TransactionID, UnixMs } from '../../src/domain/names.ts';
import { digestOf, emptyRoot, workOf, zeroBits } from '../../src/ledger/block.ts';
import { loadKernel } from '../../src/miner/kernel-file.ts';
import { solutionOf, TEXT_BYTES } from '../../src/miner/layout.ts';
import { puzzleOf } from '../../src/miner/puzzles.ts';
import { prepareSha256 } from '../../src/miner/sha256-kernel.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { block as wireBlock } from '../../src/wire/values.ts';
import { GENESIS_KEY } from '../course-keys.ts';

const miner = '5d962e54-0000-8000-8000-00000000e360' as ClientID;
const BITS = 6;
const ENOUGH = 100_000;

/** Clocks that were never set count from 1970. */
const times = Array.from({ length: 14 }, (_, digits) => (10 ** digits) as UnixMs);
const heights = [0, 9, 10, 999_999, 1e12].map((height) => height as TransactionID);
const openings = heights.flatMap((transactionID) =>
  times.map((time) => {
    const digest = emptyRoot(nodeHasher);
    return { transactionID, parent: digest, root: digest, time, challenge: BITS };
  }),
);

describe.each<[string, AccountKey | undefined]>([
  ['its miner', undefined],
  ['an Ed25519 key', 'a'.repeat(64) as AccountKey],
  ['a key on P-256', GENESIS_KEY],
])('a block that rewards %s', (_, reward) => {
  it('is mined by any kernel in a text of the right length, and is one on the wire', () => {
    for (const opening of openings) {
      const work = workOf(opening, miner, reward);
      const fast = loadKernel(puzzleOf(work));
      assert(fast !== null, 'This Node has WebAssembly with vectors.');
      const { found } = fast(work).scan(0, ENOUGH);
      expect(prepareSha256(work).scan(0, ENOUGH).found).toBe(found);
      const solution = solutionOf(work, found ?? -1);
      expect((work.header.length + solution.length) % 64).toBe(TEXT_BYTES);
      const block = { ...opening, clientID: miner, ...(reward && { reward }), solution };
      expect(zeroBits(digestOf(block, nodeHasher))).toBeGreaterThanOrEqual(BITS);
      expect(wireBlock.safeParse(block)).toMatchObject({ success: true, data: block });
    }
  });
});
