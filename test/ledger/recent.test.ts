import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TransactionID } from '../../src/domain/names.ts';
import type { Books, Recent } from '../../src/domain/standing.ts';
import { readTransaction, type Transaction } from '../../src/domain/transaction.ts';
import { accountIn } from '../../src/ledger/account.ts';
import { applyBatch } from '../../src/ledger/batch.ts';
import {
  faultOfRepeat,
  noteSaid,
  nothingRecent,
  type RecentDraft,
  recentDraftOf,
  repeatBlocks,
} from '../../src/ledger/recent.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { ann, bob, rich, seal } from './waiting.ts';
import { texts, type Wallet, wallet } from './wallet.ts';

/** As if so many blocks had come without anything of interest, of whatever kind. */
const later = (books: Books, blocks: number): Books => ({
  ...books,
  height: (books.height + blocks) as TransactionID,
});

const problemOf = (books: Books, ...batch: readonly Transaction[]): string | null =>
  applyBatch(books, texts(...batch), nodeHasher).problem;

/** The same bytes of key in upper case; as signatures are toys here, nobody looks at it. */
function loudly(transaction: Transaction): Transaction {
  const fields = { ...transaction, sender: transaction.sender.toUpperCase() };
  const read = readTransaction(JSON.stringify(fields));
  if (!read.ok) expect.fail(read.fault.problem);
  expect(read.transaction.sender).toBe(transaction.sender);
  return read.transaction;
}

describe('a message without a nonce', () => {
  it('moves nothing, counts nothing, and makes no account', () => {
    const cat = wallet('cat');
    const after = seal(rich, texts(ann.say('hello'), cat.say('hello'), ann.send(bob, 1, 0)));
    expect(accountIn(after.accounts, ann.account)).toEqual({ balance: 99, nonce: 1 });
    expect(accountIn(after.accounts, cat.account)).toEqual({ balance: 0, nonce: 0 });
    expect(JSON.stringify(after.accounts)).not.toContain(cat.account);
  });

  it('is once in a batch, whoever else says the same, and whatever its sender says besides', () => {
    const all = [ann.say('a'), bob.say('a'), ann.say('b'), ann.say('a', 0), bob.say('a', 0)];
    expect(problemOf(rich, ...all)).toBeNull();
    expect(problemOf(rich, ...all, ann.say('a'))).toMatch(
      /^transaction 6 of its batch: its sender said the same in block 0, and may again from block/,
    );
  });

  it('is in none of the 1,000 blocks after its own, and may be in the next one', () => {
    const first = later(rich, 77);
    const said = seal(first, texts(ann.say('again')));
    for (const blocks of [0, 1, 22, 500, repeatBlocks - 1])
      expect(problemOf(later(said, blocks), ann.say('again')), `${blocks}`).toMatch(/block 77/);
    expect(problemOf(later(said, repeatBlocks), ann.say('again'))).toBeNull();
    const twice = seal(later(said, repeatBlocks), texts(ann.say('again')));
    expect(problemOf(twice, ann.say('again'))).toMatch(/in block 1078, and may again from .* 2079/);
    expect(repeatBlocks).toBe(1_000);
  });

  it('is the same in whatever case its sender is spelled', () => {
    const said = seal(rich, texts(loudly(ann.say('hi'))));
    expect(problemOf(said, ann.say('hi'))).toMatch(/said the same/);
    expect(problemOf(said, loudly(ann.say('hi')))).toMatch(/said the same/);
    expect(problemOf(rich, ann.say('hi'), loudly(ann.say('hi')))).toMatch(/said the same/);
    // The case of letters in a message is its own.
    expect(problemOf(said, ann.say('Hi'))).toBeNull();
  });

  it('spoils no books but those that come after', () => {
    const one = seal(rich, texts(ann.say('a')));
    const kept = JSON.stringify(one);
    seal(one, texts(ann.say('b')));
    seal(later(one, 5_000), texts(ann.say('c')));
    expect(JSON.stringify(one)).toBe(kept);
    expect(rich.recent).toEqual({});
  });
});

describe('what is remembered', () => {
  const entries = (recent: Recent): number =>
    Object.values(recent).reduce((sum, drawer) => sum + Object.keys(drawer).length, 0);

  it('is of little more than a thousand blocks, however long it goes on', () => {
    let recent = nothingRecent;
    let most = 0;
    for (let number = 0; number < 4_000; number += 1) {
      const draft = recentDraftOf(recent, number);
      for (const message of ['a', 'b']) noteSaid(draft, ann.account, `${message}${number}`);
      recent = draft.recent;
      most = Math.max(most, entries(recent));
    }
    expect(most).toBeGreaterThan(2 * repeatBlocks);
    expect(most).toBeLessThanOrEqual(2 * (repeatBlocks + 32 + 1));
  });

  type Words = { readonly who: Wallet; readonly message: string };
  const people: readonly Wallet[] = [ann, bob];
  const words = fc.record({ who: fc.constantFrom(...people), message: fc.constantFrom('a', 'b') });
  const blocks = fc.record({ after: fc.nat(1_200), said: fc.array(words, { maxLength: 4 }) });

  /** The same by a list of all that was ever said. */
  class Memory {
    readonly #all: { readonly entry: string; readonly at: number }[] = [];

    /** Whether it is said now. */
    take(entry: string, at: number): boolean {
      const isRepeat = this.#all.some((one) => one.entry === entry && one.at >= at - 1_000);
      if (!isRepeat) this.#all.push({ entry, at });
      return !isRepeat;
    }
  }

  function follow(draft: RecentDraft, said: readonly Words[], memory: Memory): Recent {
    for (const { who, message } of said) {
      const fault = faultOfRepeat(draft.recent, who.account, message, draft.number);
      const isTaken = memory.take(`${who.account} ${message}`, draft.number);
      expect(fault?.code).toBe(isTaken ? undefined : 'REPEATED');
      if (isTaken) noteSaid(draft, who.account, message);
    }
    return draft.recent;
  }

  it('is what a list of everything would say', () => {
    fc.assert(
      fc.property(fc.array(blocks, { maxLength: 30 }), (list) => {
        const memory = new Memory();
        let recent = nothingRecent;
        let number = 0;
        for (const { after, said } of list) {
          number += after + 1;
          recent = follow(recentDraftOf(recent, number), said, memory);
        }
      }),
    );
  });
});
