/** Keys, lists of first balances and batches with chance contents, as messages carry them. */

import fc from 'fast-check';
import { sortedGenesis } from '../../src/domain/genesis.ts';
import type { AccountKey } from '../../src/domain/names.ts';
import { textOf } from '../../src/domain/transaction.ts';
import { GENESIS_KEY, KEY_OF_A } from '../course-keys.ts';

export const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });

const ed25519Key = hex(64) as fc.Arbitrary<AccountKey>;
export const anyAccountKey = fc.oneof(ed25519Key, fc.constantFrom(GENESIS_KEY, KEY_OF_A));
const anyGrant = fc.record({ key: anyAccountKey, units: fc.integer({ min: 1, max: 1e9 }) });
export const anyGenesis = fc
  .uniqueArray(anyGrant, { minLength: 1, maxLength: 5, selector: ({ key }) => key })
  .map(sortedGenesis);

export const anyBatch = fc.array(
  fc
    .record({
      sender: ed25519Key,
      nonce: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      signature: hex(128),
      message: fc.constantFrom('hello', 'A1'),
    })
    .map(textOf),
  { minLength: 1, maxLength: 3 },
);
