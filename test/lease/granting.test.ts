import { describe, expect, it } from 'vitest';
import { grantsOf, lapseGrants, newBook } from '../../src/lease/book.ts';
import { expiryOf, mayBegin, nextRange } from '../../src/lease/granting.ts';
import { ann, asking, bob, cat, first, grant, instant, quest } from './people.ts';

describe('the next range', () => {
  const big = { ...quest, from: 0, to: 2_000_000_000 };
  /** Of one that has shown enough for any lease. */
  const shown = (pace: number, over: object = {}) =>
    asking(ann, { claim: pace, pace, done: 1e12, ...over });

  it('is a small one at first, then two seconds of work, and one in hand besides', () => {
    const book = newBook(big);
    const usual = { first: 100_000 };
    const one = nextRange(book, asking(ann, usual), instant(0));
    expect(one).toEqual({ from: 0, to: 100_000 });
    if (one === null) throw new Error('There is one.');
    grant(book, ann, one);
    expect(nextRange(book, asking(ann, usual), instant(0))).toBeNull();
    const two = nextRange(book, shown(5_000_000, usual), instant(0));
    expect(two).toEqual({ from: 100_000, to: 10_100_000 });
    if (two === null) throw new Error('There is one.');
    grant(book, ann, two);
    expect(nextRange(book, shown(5_000_000, usual), instant(0))).toBeNull();
  });

  it('is no more than a share of what is left, and all of it where little is left', () => {
    const book = newBook({ ...big, to: 40_000_000 });
    const quick = shown(50_000_000, { workers: 4 });
    expect(nextRange(book, quick, instant(0))).toEqual({ from: 0, to: 5_000_000 });
    const small = newBook({ ...big, to: 1_100 });
    expect(nextRange(small, shown(300, { first: 1_000 }), instant(0))).toEqual({
      from: 0,
      to: 1_100,
    });
  });

  it('is never more than a quest may have', () => {
    expect(nextRange(newBook(big), shown(1e15), instant(0))?.to).toBe(100_000_000);
  });

  it('is what a slow holder can do in two seconds, until the book is full', () => {
    const book = newBook(big);
    expect(nextRange(book, shown(2_000), instant(0))?.to).toBe(4_000);
    expect(nextRange(book, shown(1, { first: 100_000 }), instant(0))?.to).toBe(1_000);
    const claim = { by: bob, lease: first, from: 0, to: 0, near: 0, expected: 0 };
    book.claims.push(...Array(4_096).fill(claim));
    expect(nextRange(book, shown(2_000), instant(0))?.to).toBe(488_282);
  });

  it('does not become larger by any claim, and not much smaller', () => {
    const book = newBook(big);
    const usual = { first: 100_000 };
    for (const claim of [1e5, 1e15, 1e300, Number.MAX_VALUE])
      expect(nextRange(book, asking(ann, { ...usual, claim }), instant(0))?.to).toBe(100_000);
    for (const claim of [5e-324, 0.0001, 1])
      expect(nextRange(book, asking(ann, { ...usual, claim }), instant(0))?.to).toBe(1_000);
    expect(nextRange(book, shown(1e6, { claim: 1e300 }), instant(0))?.to).toBe(4_000_000);
    expect(nextRange(book, shown(1e6, { claim: 1 }), instant(0))?.to).toBe(1_000_000);
  });

  it('is bounded by what the others do, and by what its holder has shown', () => {
    const book = newBook(big);
    expect(nextRange(book, shown(1e7, { fastest: 1e6 }), instant(0))?.to).toBe(8_000_000);
    expect(nextRange(book, shown(1e7, { done: 500_000 }), instant(0))?.to).toBe(2_000_000);
  });

  it('has to be waited for by who let one lapse, longer each time', () => {
    const book = newBook(quest);
    grant(book, ann, first, 10);
    lapseGrants(book, instant(10));
    // Nobody else does it.
    expect(nextRange(book, asking(ann), instant(9_000))).not.toBeNull();
    grant(book, bob, first, 1e9);
    expect(nextRange(book, asking(ann), instant(9_000))).toBeNull();
    expect(nextRange(book, asking(ann), instant(10_010))).not.toBeNull();
    grant(book, ann, first, 10_020);
    lapseGrants(book, instant(10_020));
    expect(nextRange(book, asking(ann), instant(20_030))).toBeNull();
    expect(nextRange(book, asking(ann), instant(30_020))).not.toBeNull();
    expect(nextRange(book, asking(cat), instant(10_020))).not.toBeNull();
  });

  it('is given the time that it takes, three times over, but never more than a minute', () => {
    expect(expiryOf([first], 0)).toBe(12_000);
    expect(expiryOf([{ from: 0, to: 1_000_000 }], 100_000)).toBe(30_000);
    expect(expiryOf([{ from: 0, to: 1_000_000 }], 5)).toBe(60_000);
  });
});

describe('a range that is overdue', () => {
  const small = { ...quest, to: 2_000 };
  const quick = asking(bob, { claim: 1_000, pace: 1_000, done: 1_000 });

  it('goes to a second holder when nothing is open, and to no third', () => {
    const book = newBook(small);
    grant(book, ann, first, 12_000);
    expect(nextRange(book, quick, instant(3_999))).toBeNull();
    expect(nextRange(book, quick, instant(4_000))).toEqual(first);
    grant(book, bob, first, 16_000, 4_000);
    expect(nextRange(book, { ...quick, clientID: cat }, instant(11_000))).toBeNull();
    lapseGrants(book, instant(12_000));
    expect(nextRange(book, { ...quick, clientID: cat }, instant(12_000))).toEqual(first);
  });

  it('goes to no peer that has shown no pace, is too slow for it, or has something else', () => {
    const book = newBook({ ...small, to: 1_000 + 40_000 });
    const all = { from: 1_000, to: 41_000 };
    grant(book, ann, all, 12_000);
    expect(nextRange(book, asking(bob), instant(11_000))).toBeNull();
    expect(nextRange(book, { ...quick, pace: 1_999 }, instant(11_000))).toBeNull();
    expect(nextRange(book, { ...quick, pace: 2_000 }, instant(11_000))).toEqual(all);
    expect(nextRange(book, { ...quick, clientID: ann }, instant(11_000))).toBeNull();
  });

  it('is the one that was leased first, and of those the largest', () => {
    const book = newBook({ ...small, to: 4_000 });
    grant(book, cat, { from: 3_000, to: 4_000 }, 12_001, 1);
    grant(book, ann, first, 12_000);
    grant(book, ann, { from: 2_000, to: 2_500 }, 12_000);
    grant(book, cat, { from: 2_500, to: 3_000 }, 12_001, 1);
    expect(nextRange(book, quick, instant(11_000))).toEqual(first);
  });
});

describe('those that have shown no work yet', () => {
  const ghosts = (count: number, book = newBook({ ...quest, to: 1_000_000 })) => {
    for (let which = 0; which < count; which += 1) {
      const from = 1_000 + which * 1_000;
      grant(book, `ghost ${which}` as typeof ann, { from, to: from + 1_000 });
    }
    return book;
  };

  it('have eight leases together', () => {
    expect(mayBegin(ghosts(7), ghosts(7).grants, { first: 500 }, false)).toBe(true);
    expect(mayBegin(ghosts(8), ghosts(8).grants, { first: 500 }, false)).toBe(false);
  });

  it('have a quarter of what is missing, unless no other peer is there', () => {
    const book = newBook({ ...quest, to: 9_000 });
    expect(mayBegin(book, [], { first: 2_000 }, true)).toBe(true);
    expect(mayBegin(book, [], { first: 2_001 }, true)).toBe(false);
    expect(mayBegin(book, [], { first: 2_001 }, false)).toBe(true);
    grant(book, ann, first);
    expect(mayBegin(book, grantsOf(book, ann), { first: 1_001 }, true)).toBe(false);
  });
});
