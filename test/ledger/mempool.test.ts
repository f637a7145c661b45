import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlain, type Transaction } from '../../src/domain/transaction.ts';
import { accountIn } from '../../src/ledger/account.ts';
import {
  dropSpent,
  evictedAtOnce,
  type Mempool,
  newMempool,
  type Pending,
  pendingMost,
  pendingOfSender,
} from '../../src/ledger/mempool.ts';
import { ann, batchOf, bob, filled, offer, rich, seal, used } from './waiting.ts';
import { texts, type Wallet, wallet } from './wallet.ts';

const cat = wallet('cat');

/** Fills it with the messages of `count` senders, whose names begin with `prefix`. */
function fillUp(mempool: Mempool, prefix: string, each: number, accounts = rich, ours = 0): void {
  const before = mempool.pending.length;
  for (let count = before; count < pendingMost; count += 1) {
    const who = wallet(`${prefix}${Math.floor(count / each)}`);
    const isOurs = count - before < ours;
    expect(offer(mempool, who.say('x', count % each), accounts, 0, isOurs)).toBe('taken');
  }
}

const senders = ({ pending }: Mempool): ReadonlySet<string> =>
  new Set(pending.map(({ account }) => account));

describe('a mempool', () => {
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

  it('makes room by dropping what is farthest from its turn, and of equals what came first', () => {
    const mempool = newMempool();
    const greedy = wallet('greedy');
    for (let count = 0; count < pendingMost - 90; count += 1)
      offer(mempool, wallet(`w${count}`).say('x', 0));
    for (let nonce = 0; nonce < 90; nonce += 1) offer(mempool, greedy.say('x', nonce));
    const before = mempool.pending;
    expect(offer(mempool, wallet('new').say('new', 0))).toBe(`taken for ${evictedAtOnce}`);
    const left = new Set(mempool.pending);
    const gone = before.filter((one) => !left.has(one));
    expect(gone.filter(({ account }) => account === greedy.account)).toHaveLength(89);
    expect(gone.slice(0, evictedAtOnce - 89)).toEqual(before.slice(0, evictedAtOnce - 89));
    expect(mempool.pending).toHaveLength(pendingMost - evictedAtOnce + 1);
    // What had to go may come back.
    expect(offer(mempool, wallet('w0').say('x', 0))).toBe('taken');
  });

  it('drops what fresh keys said before what senders with a history or a balance said', () => {
    const known = Array.from({ length: 200 }, (_, at) => wallet(`known${at}`));
    const accounts = used(known);
    const mempool = newMempool();
    offer(mempool, ann.say('rich', 0), accounts);
    for (const who of known) offer(mempool, who.say('used', 1), accounts);
    fillUp(mempool, 'fresh', 1, accounts);
    for (let count = 0; count < 5_000; count += 1)
      expect(offer(mempool, wallet(`more${count}`).say('x', 0), accounts)).toMatch(/^taken/);
    expect(senders(mempool)).toContain(ann.account);
    for (const { account } of known) expect(senders(mempool)).toContain(account);
  });

  it('has no room for a fresh key where all that waits goes before it', () => {
    const known = Array.from({ length: pendingMost }, (_, at) => wallet(`k${at}`));
    const accounts = used(known);
    const mempool = newMempool();
    for (const who of known) offer(mempool, who.say('used', 1), accounts);
    expect(mempool.pending).toHaveLength(pendingMost);
    expect(offer(mempool, wallet('fresh').say('x', 0), accounts)).toBe('NO_ROOM');
    expect(offer(mempool, ann.say('x', 0), accounts)).toMatch(/^taken for/);
    expect(senders(mempool)).toContain(ann.account);
  });

  it('keeps what was handed in, whatever others say, and leaves room to what costs more', () => {
    const known = Array.from({ length: 3_000 }, (_, at) => wallet(`k${at}`));
    const accounts = used(known);
    const mempool = newMempool();
    fillUp(mempool, 'fresh', 1, accounts, 2_000);
    // What costs nothing is not kept without end.
    expect(mempool.ours).toBe(1_250);
    for (const [at, who] of known.entries())
      expect(offer(mempool, who.say('used', 1), accounts, 0, at < 2_000)).toMatch(/^taken/);
    expect(mempool.ours).toBe(2_500);
    expect(offer(mempool, ann.say('mine', 0), accounts, 0, true)).toMatch(/^taken/);
    expect(mempool.ours).toBe(2_501);
    for (let nonce = 0; nonce < 100; nonce += 1) offer(mempool, bob.say('x', nonce), accounts);
    expect(mempool.pending.filter(({ isOurs }) => isOurs)).toHaveLength(2_501);
    // In a block, they make room again.
    const batch = batchOf(mempool, accounts);
    dropSpent(mempool, seal(accounts, batch), batch);
    expect(mempool.ours).toBeLessThan(2_501);
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

describe('a message without a nonce in a mempool', () => {
  it('is known again, and refused where its sender has said the same or that waits', () => {
    const mempool = filled(ann.say('hi'), ann.say('hi', 0), bob.say('hi'));
    expect(offer(mempool, ann.say('hi'))).toBe('known');
    // Another text, such as a signature of another chance, is no reason to say the same again.
    const other = { ...ann.say('hi'), signature: 'a'.repeat(128) };
    expect(offer(mempool, other)).toBe('REPEATED');
    const batch = texts(ann.say('hi'));
    const said = seal(rich, batch);
    expect(dropSpent(mempool, said, batch)).toEqual([]);
    expect(offer(mempool, ann.say('hi'), said)).toBe('REPEATED');
    expect(offer(mempool, bob.say('hi'), said)).toBe('known');
    const longAfter = { ...said, height: (said.height + 1_000) as typeof said.height };
    expect(offer(mempool, ann.say('hi'), longAfter)).toBe('taken');
  });

  it('goes without a word where a block has it, and is named where one has the same', () => {
    const other = { ...bob.say('hi'), signature: 'a'.repeat(128) };
    const mempool = filled(ann.say('hi'), bob.say('hi'), cat.say('hi'));
    const batch = [...texts(ann.say('hi')), ...texts(other)];
    const dropped = dropSpent(mempool, seal(rich, batch), batch);
    expect(dropped.map(({ pending, fault }) => [pending.account, fault.code])).toEqual([
      [bob.account, 'REPEATED'],
    ]);
    expect(mempool.pending.map(({ account }) => account)).toEqual([cat.account]);
    expect(Object.keys(mempool.byPlace)).toHaveLength(1);
    expect(mempool.plain).toEqual({ [cat.account]: 1 });
  });

  it('has the place of what fresh keys say, whoever its sender is', () => {
    const mempool = newMempool();
    offer(mempool, ann.say('plain'));
    fillUp(mempool, 'fresh', 1);
    expect(offer(mempool, ann.say('numbered', 0))).toMatch(/^taken for/);
    // It came first of all that costs nothing.
    expect(mempool.pending.map(({ text }) => text)).not.toContain(texts(ann.say('plain'))[0]);
    const known = Array.from({ length: pendingMost }, (_, at) => wallet(`k${at}`));
    const accounts = used(known);
    const full = newMempool();
    for (const who of known) offer(full, who.say('used', 1), accounts);
    expect(offer(full, ann.say('plain'), accounts)).toBe('NO_ROOM');
  });

  it('is one of a hundred at most of its sender, and a sender with many loses most', () => {
    const mempool = filled(wallet('first').say('first'));
    const greedy = wallet('greedy');
    for (let count = 0; count < pendingOfSender; count += 1)
      expect(offer(mempool, greedy.say(`m${count}`), rich, 60_000)).toBe('taken');
    expect(offer(mempool, greedy.say('more'), rich, 90_000)).toBe('TOO_MANY');
    expect(offer(mempool, greedy.say('numbered', 0), rich, 90_000)).toBe('taken');
    fillUp(mempool, 'w', 1);
    expect(offer(mempool, wallet('new').say('new'), rich, 90_000)).toBe(
      `taken for ${evictedAtOnce}`,
    );
    const left = mempool.pending.filter(({ account }) => account === greedy.account);
    expect(left.map(({ transaction }) => transaction.nonce)).toContain(0);
    expect(left).toHaveLength(2);
    expect(mempool.plain[greedy.account]).toBe(1);
    expect(offer(mempool, greedy.say('more'), rich, 99_000)).toBe('taken');
  });

  it('counts those of its sender before it anew after each block', () => {
    const mempool = filled(ann.say('a'), ann.say('b'), ann.say('c'));
    expect(mempool.pending.map(({ ahead }) => ahead)).toEqual([0, 1, 2]);
    const batch = texts(ann.say('a'));
    dropSpent(mempool, seal(rich, batch), batch);
    expect(mempool.pending.map(({ ahead }) => ahead)).toEqual([0, 1]);
  });
});

type Offer =
  | { readonly from: Wallet; readonly to: Wallet; readonly amount: number; readonly nonce: number }
  | { readonly from: Wallet; readonly nonce: number }
  | { readonly from: Wallet; readonly word: string };

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
      fc.record({ from: person, word: fc.constantFrom('a', 'b', '1') }),
      fc.constant('block' as const),
    ),
    { maxLength: 60 },
  );

  const made = (each: Offer): Transaction => {
    if ('to' in each) return each.from.send(each.to, each.amount, each.nonce);
    return 'word' in each ? each.from.say(each.word) : each.from.say('hi', each.nonce);
  };

  const placeOf = ({ account, transaction }: Pending): string =>
    isPlain(transaction)
      ? `${account} "${transaction.message}"`
      : `${account} ${transaction.nonce}`;

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
          } else offer(mempool, made(each), accounts);
        }
        const places = mempool.pending.map(placeOf);
        expect(Object.keys(mempool.byPlace).sort()).toEqual([...new Set(places)].sort());
        expect(places).toHaveLength(new Set(places).size);
        for (const { account, transaction } of mempool.pending) {
          const next = accountIn(accounts.accounts, account).nonce;
          expect(transaction.nonce ?? next).toBeGreaterThanOrEqual(next);
        }
        const waiting = mempool.pending.filter(({ transaction }) => isPlain(transaction));
        const counted = Object.values(mempool.plain).reduce((sum, count) => sum + count, 0);
        expect(counted).toBe(waiting.length);
      }),
    );
  });
});
