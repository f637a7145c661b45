import { describe, expect, it } from 'vitest';
import { lapseGrants, newBook } from '../../src/lease/book.ts';
import { expiryOf, nextRange, paceOf } from '../../src/lease/granting.ts';
import { ann, bob, cat, first, grant, instant, quest } from './people.ts';

describe('the next range', () => {
  const holder = { clientID: ann, rate: 0, workers: 1, first: 500 };
  const big = { ...quest, from: 0, to: 2_000_000_000 };

  it('is a small one at first, then two seconds of work, and one in hand besides', () => {
    const book = newBook(big);
    const usual = { ...holder, first: 100_000 };
    const one = nextRange(book, usual, instant(0));
    expect(one).toEqual({ from: 0, to: 100_000 });
    if (one === null) throw new Error('There is one.');
    grant(book, ann, one);
    expect(nextRange(book, usual, instant(0))).toBeNull();
    const quick = { ...usual, rate: 5_000_000 };
    const two = nextRange(book, quick, instant(0));
    expect(two).toEqual({ from: 100_000, to: 10_100_000 });
    if (two === null) throw new Error('There is one.');
    grant(book, ann, two);
    expect(nextRange(book, quick, instant(0))).toBeNull();
  });

  it('is no more than a share of what is left, and all of it where little is left', () => {
    const book = newBook({ ...big, to: 40_000_000 });
    const quick = { ...holder, rate: 50_000_000, workers: 4 };
    expect(nextRange(book, quick, instant(0))).toEqual({ from: 0, to: 5_000_000 });
    const small = newBook({ ...big, to: 1_100 });
    expect(nextRange(small, { ...holder, rate: 300, first: 1_000 }, instant(0))).toEqual({
      from: 0,
      to: 1_100,
    });
  });

  it('is never more than a quest may have, and never less than keeps their number small', () => {
    const book = newBook(big);
    expect(nextRange(book, { ...holder, rate: 1e15 }, instant(0))?.to).toBe(100_000_000);
    expect(nextRange(book, { ...holder, rate: 10 }, instant(0))?.to).toBe(488_282);
  });

  it('has to be waited for by who let one lapse, longer each time', () => {
    const book = newBook(quest);
    grant(book, ann, first, 10);
    lapseGrants(book, instant(10));
    // Nobody else does it.
    expect(nextRange(book, holder, instant(9_000))).not.toBeNull();
    grant(book, bob, first, 1e9);
    expect(nextRange(book, holder, instant(9_000))).toBeNull();
    expect(nextRange(book, holder, instant(10_010))).not.toBeNull();
    grant(book, ann, first, 10_020);
    lapseGrants(book, instant(10_020));
    expect(nextRange(book, holder, instant(20_030))).toBeNull();
    expect(nextRange(book, holder, instant(30_020))).not.toBeNull();
    expect(nextRange(book, { ...holder, clientID: cat }, instant(10_020))).not.toBeNull();
  });

  it('is given the time that it takes, three times over', () => {
    expect(expiryOf([first], 0)).toBe(12_000);
    expect(expiryOf([{ from: 0, to: 1_000_000 }], 100_000)).toBe(30_000);
    expect(expiryOf([{ from: 0, to: 1_000_000 }], 5)).toBe(3_600_000);
  });
});

describe('a pace', () => {
  it('is what a search shows that was long enough', () => {
    expect(paceOf(100_000, 50)).toBe(2_000_000);
    expect(paceOf(10_000, 0)).toBe(10_000_000);
    // A find after nine nonces, and a busy machine: no sign of 33 hashes a second.
    expect(paceOf(9, 270)).toBeNull();
    expect(paceOf(20, 200, 200)).toBe(100);
  });
});
