import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/domain/message.ts';
import type { AccountKey } from '../../src/domain/names.ts';
import { readText, type Transaction } from '../../src/domain/transaction.ts';
import { rulesOf } from '../../src/ledger/rules.ts';
import { deltaOf, type Movement, movementsIn } from '../../src/ledger/statement.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { texts, type Wallet, wallet } from './wallet.ts';

const rules = rulesOf({ peers: 1, difficulty: 'fixed:1' });
const [ann, bob, cid] = [wallet('ann'), wallet('bob'), wallet('cid')];

/** What a block that `winner` mined, with these transactions, moves on the account of `whose`. */
function moved(
  whose: Wallet,
  winner: Wallet,
  batch: readonly Transaction[],
  more: { readonly reward?: AccountKey; readonly change?: string } = {},
): readonly Movement[] {
  const block = { clientID: winner.account, ...more } as Block;
  return movementsIn(block, texts(...batch), whose.key, rules, nodeHasher);
}

const sum = (movements: readonly Movement[]): number =>
  movements.reduce((balance, each) => balance + deltaOf(each), 0);

const batch = [ann.say('hello', 0), ann.send(bob, 30, 1), bob.send(cid, 5, 0)];

describe('a statement', () => {
  it('has what an account sent, received, said and won, in that order', () => {
    expect(moved(ann, ann, batch)).toEqual([
      { what: 'said', message: 'hello', nonce: 0 },
      { what: 'sent', to: bob.key, amount: 30, nonce: 1 },
      { what: 'reward', amount: 50 },
    ]);
    expect(moved(bob, ann, batch)).toEqual([
      { what: 'received', from: ann.key, amount: 30 },
      { what: 'sent', to: cid.key, amount: 5, nonce: 0 },
    ]);
    expect(moved(cid, ann, batch)).toEqual([{ what: 'received', from: bob.key, amount: 5 }]);
  });

  it('has what was said without a nonce, and keys in lower case, however they are signed', () => {
    const loud = texts(ann.say('hi'), ann.send(bob, 3, 0)).map((text) =>
      text.replaceAll(/[0-9a-f]{64}(?=")/g, (hex) => hex.toUpperCase()),
    );
    const read = loud.map(readText);
    const of = (whose: Wallet): readonly Movement[] => moved(whose, cid, read as Transaction[]);
    expect(of(ann)).toEqual([
      { what: 'said', message: 'hi', nonce: null },
      { what: 'sent', to: bob.key, amount: 3, nonce: 0 },
    ]);
    expect(of(bob)).toEqual([{ what: 'received', from: ann.key, amount: 3 }]);
  });

  it('has the reward of whoever it was credited to', () => {
    const elsewhere = { reward: bob.key };
    expect(moved(ann, ann, [], elsewhere)).toEqual([]);
    expect(moved(bob, ann, [], elsewhere)).toEqual([{ what: 'reward', amount: 50 }]);
  });

  it('has no reward for a change of the roster', () => {
    expect(moved(ann, ann, [], { change: 'remove somebody' })).toEqual([]);
  });

  it('has both ends of what somebody sends to itself', () => {
    const both = moved(ann, bob, [ann.send(ann, 7, 0)]);
    expect(both.map(({ what }) => what)).toEqual(['sent', 'received']);
    expect(sum(both)).toBe(0);
  });

  it('adds up to a balance', () => {
    const all = [...moved(ann, ann, []), ...moved(ann, bob, batch)];
    expect(sum(all)).toBe(20);
  });
});
