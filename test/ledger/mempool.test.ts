import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instant } from '../../src/domain/names.ts';
import type { Accounts } from '../../src/domain/standing.ts';
import type { Batch, Transaction } from '../../src/domain/transaction.ts';
import { accountIn, credit, noAccounts } from '../../src/ledger/account.ts';
import { applyBatch, batchMost, sizeOf } from '../../src/ledger/batch.ts';
import {
  addPending,
  arrivalOf,
  dropSpent,
  findPending,
  type Mempool,
  newMempool,
  nextBatch,
  pendingMost,
  pendingOfSender,
  problemOfArrival,
} from '../../src/ledger/mempool.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { texts, wallet } from './wallet.ts';

const ann = wallet('ann');
const bob = wallet('bob');
const cat = wallet('cat');
const rich: Accounts = [ann, bob].reduce(
  (accounts, { account }) => credit(accounts, account, 100),
  noAccounts,
);

const instant = (at: number): Instant => at as Instant;

/** Takes a transaction in as a peer does; answers with why not. */
function offer(mempool: Mempool, transaction: Transaction, accounts = rich, at = 0): string {
  const arrival = arrivalOf(transaction, nodeHasher);
  if (findPending(mempool, arrival) !== null) return 'known';
  const fault = problemOfArrival(mempool, arrival, accounts, instant(at));
  if (fault !== null) return fault.code;
  const by = { isOurs: false, at: instant(at) };
  const evicted = addPending(mempool, arrival, by);
  return evicted === null ? 'taken' : `taken for ${evicted.text}`;
}

function filled(...transactions: readonly Transaction[]): Mempool {
  const mempool = newMempool();
  for (const transaction of transactions) expect(offer(mempool, transaction)).toBe('taken');
  return mempool;
}

const batchOf = (mempool: Mempool, accounts = rich): Batch =>
  nextBatch(mempool, accounts, nodeHasher);

function seal(accounts: Accounts, batch: Batch): Accounts {
  const { accounts: after, problem } = applyBatch(accounts, batch, nodeHasher);
  if (after === null) expect.fail(problem);
  return after;
}

describe('a mempool', () => {
  it('has the next batch in the order of arrival', () => {
    const mempool = filled(bob.say('one', 0), ann.say('two', 0), bob.say('three', 1));
    expect(batchOf(mempool)).toEqual(
      texts(bob.say('one', 0), ann.say('two', 0), bob.say('three', 1)),
    );
  });

  it('puts nonces in order that came out of it, and lets those wait whose turn is not yet', () => {
    const mempool = filled(ann.say('c', 2), ann.say('b', 1), bob.say('late', 1), ann.say('a', 0));
    expect(batchOf(mempool)).toEqual(texts(ann.say('a', 0), ann.say('b', 1), ann.say('c', 2)));
    offer(mempool, bob.say('early', 0));
    expect(batchOf(mempool)).toHaveLength(5);
  });

  it('knows again what waits, and refuses another one in its place', () => {
    const mempool = filled(ann.send(bob, 5, 0));
    expect(offer(mempool, ann.send(bob, 5, 0))).toBe('known');
    expect(offer(mempool, ann.send(cat, 5, 0))).toBe('INVALID_NONCE');
    expect(mempool.pending).toHaveLength(1);
  });

  it('refuses nonces of the past, and of the far future', () => {
    const mempool = newMempool();
    const used = seal(rich, texts(ann.say('a', 0), ann.say('b', 1)));
    expect(offer(mempool, ann.say('c', 1), used)).toBe('INVALID_NONCE');
    expect(offer(mempool, ann.say('d', 2 + pendingOfSender), used)).toBe('INVALID_NONCE');
    expect(offer(mempool, ann.say('e', 1 + pendingOfSender), used)).toBe('taken');
  });

  it('refuses what its sender does not have, promised amounts counted in', () => {
    const mempool = filled(ann.send(bob, 60, 1));
    expect(offer(mempool, ann.send(bob, 41, 0))).toBe('INVALID_BALANCE');
    expect(offer(mempool, ann.send(bob, 40, 0))).toBe('taken');
    expect(offer(mempool, cat.send(ann, 1, 0))).toBe('INVALID_BALANCE');
  });

  it('refuses a sender who sends too many at a time, and only that one, for a while', () => {
    const mempool = newMempool();
    for (let nonce = 0; nonce < 100; nonce += 1)
      expect(offer(mempool, ann.say('x', nonce))).toBe('taken');
    // The window of nonces is as wide as that, and moves on with the ledger.
    const batch = texts(...Array.from({ length: 60 }, (_, nonce) => ann.say('x', nonce)));
    const used = seal(rich, batch);
    dropSpent(mempool, used, batch);
    expect(offer(mempool, ann.say('x', 100), used, 0)).toBe('TOO_MANY');
    expect(offer(mempool, bob.say('x', 0), used, 0)).toBe('taken');
    expect(offer(mempool, ann.say('x', 100), used, 49)).toBe('TOO_MANY');
    expect(offer(mempool, ann.say('x', 100), used, 50)).toBe('taken');
    expect(offer(mempool, ann.say('x', 101), used, 60)).toBe('TOO_MANY');
  });

  it('makes room for the last by dropping the first, and says which', () => {
    const mempool = newMempool();
    for (let sender = 0; sender < pendingMost / 50; sender += 1)
      for (let nonce = 0; nonce < 50; nonce += 1)
        offer(mempool, wallet(`w${sender}`).say('x', nonce));
    expect(mempool.pending).toHaveLength(pendingMost);
    const [first] = mempool.pending;
    expect(offer(mempool, ann.say('new', 0))).toBe(`taken for ${first?.text}`);
    expect(mempool.pending).toHaveLength(pendingMost);
    // It may come back, as the last one.
    expect(offer(mempool, wallet('w0').say('x', 0))).toMatch(/^taken for/);
  });

  it('fills a batch as far as there is room, in order', () => {
    const people = Array.from({ length: 100 }, (_, at) => wallet(`p${at}`).say('x'.repeat(70), 0));
    const mempool = filled(...people);
    const batch = batchOf(mempool);
    expect(batch).toEqual(texts(...people).slice(0, batch.length));
    expect(sizeOf(batch)).toBeLessThanOrEqual(batchMost);
    expect(sizeOf(batch) + (batch[0] ?? '').length).toBeGreaterThan(batchMost);
  });

  it('drops after a block what is in it, and names what can be in none any more', () => {
    const mempool = filled(ann.send(bob, 90, 0), ann.send(bob, 9, 1), bob.say('hi', 0));
    // Another peer heard of another transaction first.
    const batch = texts(ann.send(cat, 95, 0), bob.say('hi', 0));
    const accounts = seal(rich, batch);
    const dropped = dropSpent(mempool, accounts, batch);
    expect(dropped.map(({ pending, fault }) => [pending.text, fault.code])).toEqual([
      [...texts(ann.send(bob, 90, 0)), 'INVALID_NONCE'],
      [...texts(ann.send(bob, 9, 1)), 'INVALID_BALANCE'],
    ]);
    expect(mempool).toMatchObject({ pending: [], byPlace: {} });
  });
});

describe('whatever comes in', () => {
  const people = ['ann', 'bob', 'cat'].map(wallet);
  const person = fc.constantFrom(...people);
  const offers = fc.array(
    fc.oneof(
      fc.record({
        from: person,
        to: person,
        amount: fc.integer({ min: 1, max: 60 }),
        nonce: fc.nat(5),
      }),
      fc.record({ from: person, nonce: fc.nat(5) }),
      fc.constant('block' as const),
    ),
    { maxLength: 60 },
  );

  it('each next batch is valid, and what waits has a place of its own', () => {
    fc.assert(
      fc.property(offers, (list) => {
        const mempool = newMempool();
        let accounts = rich;
        for (const each of list) {
          if (each === 'block') {
            const batch = batchOf(mempool, accounts);
            accounts = seal(accounts, batch);
            expect(dropSpent(mempool, accounts, batch)).toEqual([]);
          } else if ('to' in each) {
            offer(mempool, each.from.send(each.to, each.amount, each.nonce), accounts);
          } else offer(mempool, each.from.say('hi', each.nonce), accounts);
        }
        const places = mempool.pending.map(
          ({ account, transaction: { nonce } }) => `${account} ${nonce}`,
        );
        expect(Object.keys(mempool.byPlace).sort()).toEqual([...new Set(places)].sort());
        expect(places).toHaveLength(new Set(places).size);
        for (const { account, transaction } of mempool.pending)
          expect(transaction.nonce).toBeGreaterThanOrEqual(accountIn(accounts, account).nonce);
      }),
    );
  });
});
