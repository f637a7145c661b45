import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PublicKey, TransactionID } from '../../src/domain/names.ts';
import type { Accounts, Books } from '../../src/domain/standing.ts';
import type { Transaction } from '../../src/domain/transaction.ts';
import {
  accountIn,
  accountOf,
  apply,
  credit,
  draftOf,
  listAccounts,
  noAccounts,
  sumOf,
} from '../../src/ledger/account.ts';
import { applyBatch, batchMost } from '../../src/ledger/batch.ts';
import { nothingRecent } from '../../src/ledger/recent.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { clientIDOf } from '../../src/wire/identity.ts';
import { accountKeyOf } from '../../src/wire/transaction.ts';
import { texts, type Wallet, wallet } from './wallet.ts';

const ann = wallet('ann');
const bob = wallet('bob');
const rich: Accounts = credit(noAccounts, ann.account, 100);

const follow = (accounts: Accounts, ...batch: readonly Transaction[]): Accounts | string => {
  const { accounts: next, problem } = applyBatch(booksOf(accounts), texts(...batch), nodeHasher);
  return next ?? problem;
};

function booksOf(accounts: Accounts): Books {
  return { height: 0 as TransactionID, accounts, recent: nothingRecent };
}

describe('an account', () => {
  it('has the name that its key proves as a peer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const publicKey = Buffer.from(bytes).toString('base64url') as PublicKey;
        const name = accountOf(accountKeyOf(publicKey), nodeHasher);
        expect(name).toBe(clientIDOf(publicKey, nodeHasher));
      }),
    );
  });

  it('is empty until somebody uses it', () => {
    expect(accountIn(noAccounts, ann.account)).toEqual({ balance: 0, nonce: 0 });
    expect(listAccounts(credit(noAccounts, ann.account, 0))).toEqual([]);
  });
});

describe('a transaction', () => {
  it('counts its sender on, and moves what it sends', () => {
    const moved = follow(rich, ann.say('hello', 0), ann.send(bob, 30, 1), bob.send(ann, 5, 0));
    if (typeof moved === 'string') expect.fail(moved);
    expect(accountIn(moved, ann.account)).toEqual({ balance: 75, nonce: 2 });
    expect(accountIn(moved, bob.account)).toEqual({ balance: 25, nonce: 1 });
    // What was there before is as it was.
    expect(accountIn(rich, ann.account)).toEqual({ balance: 100, nonce: 0 });
  });

  it('to oneself changes nothing but the count', () => {
    const same = follow(rich, ann.send(ann, 100, 0));
    if (typeof same === 'string') expect.fail(same);
    expect(accountIn(same, ann.account)).toEqual({ balance: 100, nonce: 1 });
  });

  it.each([
    ['a nonce twice', [ann.say('one', 0), ann.say('two', 0)], /2 of .* nonce is 0 where 1 comes/],
    ['a nonce left out', [ann.say('one', 1)], /transaction 1 .* nonce is 1 where 0 comes next/],
    ['a balance below zero', [ann.send(bob, 60, 0), ann.send(bob, 41, 1)], /41 .* balance is 40/],
    ['what comes in only later', [bob.send(ann, 1, 0), ann.send(bob, 1, 0)], /balance is 0/],
  ])('with %s spoils its batch', (_, batch, problem) => {
    expect(follow(rich, ...batch)).toMatch(problem);
  });

  it('spoils a batch that it makes too large, or in which it cannot be read', () => {
    const [text = ''] = texts(ann.say('x'.repeat(70), 0));
    const many = Array.from({ length: Math.ceil(batchMost / text.length) }, (_, nonce) =>
      ann.say('x'.repeat(70), nonce),
    );
    expect(typeof follow(rich, ...many.slice(0, -1))).toBe('object');
    expect(follow(rich, ...many)).toMatch(/its batch has \d+ bytes/);
    const { problem } = applyBatch(booksOf(rich), [text.replace(': ', ':')], nodeHasher);
    expect(problem).toMatch(/cannot be read/);
  });
});

describe('whatever is sent by whom in what order', () => {
  const people: readonly Wallet[] = ['ann', 'bob', 'cat'].map(wallet);
  const person = fc.constantFrom(...people);
  const content = fc.oneof(fc.constant(null), fc.record({ to: person, amount: fc.nat(80) }));
  const attempts = fc.array(fc.record({ from: person, nonce: fc.nat(4), content }), {
    maxLength: 40,
  });

  it('balances stay above zero and sum to the rewards, and each nonce comes once', () => {
    fc.assert(
      fc.property(attempts, (list) => {
        const draft = draftOf(booksOf(rich));
        const taken: { readonly name: string; readonly nonce: number }[] = [];
        for (const { from, nonce, content: sent } of list) {
          const transaction =
            sent === null ? from.say('hi', nonce) : from.send(sent.to, sent.amount + 1, nonce);
          if (apply(draft, transaction, nodeHasher) !== null) continue;
          taken.push({ name: from.account, nonce });
        }
        const { accounts } = draft;
        expect(sumOf(accounts)).toBe(100);
        expect(sumOf(rich)).toBe(100);
        expect(listAccounts(rich)).toHaveLength(1);
        for (const { name, balance, nonce } of listAccounts(accounts)) {
          expect(balance).toBeGreaterThanOrEqual(0);
          const nonces = taken.filter((one) => one.name === name).map((one) => one.nonce);
          expect(nonces).toEqual(Array.from({ length: nonce }, (_, at) => at));
        }
      }),
    );
  });
});
