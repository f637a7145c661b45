import { expect, it } from 'vitest';
import { describe as describeNote } from '../../src/client/describe.ts';
import { describeMessage } from '../../src/client/describe-message.ts';
import type { AccountKey } from '../../src/domain/names.ts';
import type { Transaction } from '../../src/domain/transaction.ts';
import { GENESIS_KEY, KEY_OF_A } from '../course-keys.ts';

const ED25519_KEY = 'c0ffee00'.repeat(8) as AccountKey;
const signature = '0'.repeat(128);

const told = (transaction: Transaction): string =>
  describeMessage({ kind: 'transaction', transaction });

it('keys on P-256 are told apart, though all of them begin alike', () => {
  const paid = { sender: GENESIS_KEY, to: KEY_OF_A, amount: 2, nonce: 7, signature };
  expect(told(paid)).toBe('transaction 7 of 3f3bd6d1 sends 2 to a557c098');
  expect(told({ ...paid, to: ED25519_KEY })).toBe('transaction 7 of 3f3bd6d1 sends 2 to c0ffee00');
  const dropped = { kind: 'dropped', count: 1, ours: 1, sender: KEY_OF_A, nonce: 3 } as const;
  expect(describeNote({ ...dropped, fault: 'INVALID_BALANCE' })).toMatch(
    /^our transaction 3 of a557c098 /,
  );
  const evicted = { kind: 'evicted', count: 100, sender: GENESIS_KEY, nonce: 3 } as const;
  expect(describeNote({ ...evicted, waiting: 5_000 })).toMatch(/number 3 of 3f3bd6d1$/);
});

it('a message without a nonce is told as one', () => {
  const said = { sender: ED25519_KEY, message: 'hello', signature };
  expect(told(said)).toBe('transaction without a nonce of c0ffee00 says "hello"');
});
