import { describe, expect, it } from 'vitest';
import { batchMost, sizeOf } from '../../src/ledger/batch.ts';
import { newMempool } from '../../src/ledger/mempool.ts';
import { newcomersMost } from '../../src/ledger/next-batch.ts';
import { ann, batchOf, bob, filled, offer, used } from './waiting.ts';
import { texts, wallet } from './wallet.ts';

describe('the next batch', () => {
  it('is in the order of arrival', () => {
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

  it('fills a batch as far as there is room, in order', () => {
    const people = Array.from({ length: 100 }, (_, at) => wallet(`p${at}`));
    const accounts = used(people);
    const mempool = newMempool();
    const all = people.map((who) => who.say('x'.repeat(70), 1));
    for (const each of all) offer(mempool, each, accounts);
    const batch = batchOf(mempool, accounts);
    expect(batch).toEqual(texts(...all).slice(0, batch.length));
    expect(sizeOf(batch)).toBeLessThanOrEqual(batchMost);
    expect(sizeOf(batch) + (batch[0] ?? '').length).toBeGreaterThan(batchMost);
  });

  it('takes one of each sender in turn, so that none waits for one that has much to say', () => {
    const mempool = newMempool();
    for (let nonce = 0; nonce < 100; nonce += 1) offer(mempool, ann.say('much', nonce));
    offer(mempool, bob.say('little', 0));
    const batch = batchOf(mempool);
    expect(batch.slice(0, 3)).toEqual(
      texts(ann.say('much', 0), bob.say('little', 0), ann.say('much', 1)),
    );
    expect(batch.length).toBeGreaterThan(80);
  });

  it('lets funded senders go first, and leaves a quarter to those with a history alone', () => {
    const [poor, fresh] = [wallet('poor'), wallet('fresh')];
    const accounts = used([poor]);
    const mempool = newMempool();
    for (let nonce = 0; nonce < 100; nonce += 1) offer(mempool, fresh.say('free', nonce), accounts);
    for (let nonce = 1; nonce < 100; nonce += 1) offer(mempool, poor.say('cheap', nonce), accounts);
    for (const who of [ann, bob])
      for (let nonce = 0; nonce < 100; nonce += 1) offer(mempool, who.say('dear', nonce), accounts);
    const said = (word: string): number =>
      sizeOf(batchOf(mempool, accounts).filter((text) => text.includes(word)));
    expect([said('free'), said('cheap') + said('dear') > batchMost - 250]).toEqual([0, true]);
    expect(said('cheap')).toBeGreaterThan(batchMost / 4 - 500);
    expect(said('cheap')).toBeLessThanOrEqual(batchMost / 4 + 250);
  });

  it('leaves a quarter at most to what makes accounts: fresh keys, and payments to them', () => {
    const mempool = newMempool();
    for (let count = 0; count < 200; count += 1)
      offer(mempool, wallet(`fresh${count}`).say('free', 0));
    const free = batchOf(mempool);
    expect(sizeOf(free)).toBeLessThanOrEqual(newcomersMost);
    expect(sizeOf(free)).toBeGreaterThan(newcomersMost - 300);
    const paying = newMempool();
    for (let nonce = 0; nonce < 100; nonce += 1)
      offer(paying, ann.send(wallet(`payee${nonce}`), 1, nonce));
    for (let nonce = 0; nonce < 100; nonce += 1) offer(paying, bob.send(ann, 1, nonce));
    const batch = batchOf(paying);
    const [paid] = [batch.filter((text) => text.includes(`"sender": "${ann.key}"`))];
    expect(sizeOf(paid)).toBeLessThanOrEqual(newcomersMost);
    // The one that bob pays has an account already.
    expect(sizeOf(batch)).toBeGreaterThan(batchMost - 400);
  });

  it('has what is said without a nonce among what fresh keys say, each sender in turn', () => {
    const fresh = wallet('fresh');
    const mempool = filled(
      ann.say('a'),
      ann.say('b'),
      ann.say('c'),
      fresh.say('one', 0),
      fresh.say('two', 1),
      bob.say('d'),
      ann.say('funded', 0),
    );
    expect(batchOf(mempool)).toEqual(
      texts(
        ann.say('funded', 0),
        ann.say('a'),
        fresh.say('one', 0),
        bob.say('d'),
        ann.say('b'),
        fresh.say('two', 1),
        ann.say('c'),
      ),
    );
  });

  it('has at most a quarter of what is said without a nonce, also where there is room', () => {
    const mempool = newMempool();
    for (const who of [ann, bob])
      for (let count = 0; count < 100; count += 1) offer(mempool, who.say(`m${count}`));
    const batch = batchOf(mempool);
    expect(sizeOf(batch)).toBeLessThanOrEqual(newcomersMost);
    expect(sizeOf(batch)).toBeGreaterThan(newcomersMost - 300);
    expect(batch.length).toBeGreaterThan(20);
  });
});
