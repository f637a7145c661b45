import { describe, expect, it } from 'vitest';
import type { ClientID } from '../../src/domain/names.ts';
import type { Range } from '../../src/domain/quest.ts';
import {
  type Book,
  grantsOf,
  isNeeded,
  lapseGrants,
  missingIn,
  newBook,
  setGrants,
  takeReport,
  type Verdict,
  wantedOf,
} from '../../src/lease/book.ts';
import { nextRange, openIn } from '../../src/lease/granting.ts';
import { ann, asking, bob, first, grant, instant, quest, search, zerosOf } from './people.ts';

function report(book: Book, clientID: ClientID, range: Range, over: object = {}): Verdict {
  const said = { clientID, from: range.from, to: range.to, ...search(range), ...over };
  return takeReport(book, said, zerosOf);
}

describe('a report', () => {
  it('counts once, for whoever had the lease', () => {
    const book = newBook(quest);
    // Of so few nonces, near misses prove nothing for themselves.
    const small = { from: 2_000, to: 2_020 };
    expect(report(book, ann, small).kind).toBe('refused');
    grant(book, ann, small);
    expect(report(book, bob, small).kind).toBe('refused');
    expect(report(book, ann, { from: 2_000, to: 2_030 }).kind).toBe('refused');
    expect(report(book, ann, small).kind).toBe('taken');
    grant(book, ann, first);
    expect(report(book, ann, first).kind).toBe('taken');
    expect(report(book, ann, first).kind).toBe('known');
    expect(book.cover).toEqual([{ from: 1_000, to: 2_020 }]);
    expect(book.claims).toHaveLength(2);
  });

  it('counts without a lease that we know of, where its near misses are proof enough', () => {
    const book = newBook(quest);
    expect(report(book, ann, first).kind).toBe('taken');
    expect(report(book, bob, { from: 500, to: 1_500 })).toMatchObject({ kind: 'refused' });
    expect(report(book, bob, { from: 3_000, to: 3_000 })).toMatchObject({ kind: 'refused' });
    const lazy = report(book, bob, { from: 3_000, to: 4_000 }, { near: [] });
    expect(lazy).toMatchObject({ kind: 'named', why: 'too-few' });
  });

  it('counts when it is late, also if others have searched a part of it by then', () => {
    const book = newBook(quest);
    grant(book, ann, first);
    lapseGrants(book, instant(10));
    expect(grantsOf(book, ann)).toEqual([]);
    const half = { from: 1_000, to: 1_500 };
    grant(book, bob, half);
    expect(report(book, bob, half).kind).toBe('taken');
    expect(report(book, ann, first).kind).toBe('taken');
    expect(book.cover).toEqual([first]);
  });

  it('names who shows a near miss that is none, or out of place, or twice', () => {
    const { near } = search(first);
    const [one = 0, two = 0] = near;
    const wrong = [[one + 1], [two, one], [one, one], [9_999], [-1]];
    for (const shown of wrong) {
      const book = newBook(quest);
      grant(book, ann, first);
      const verdict = report(book, ann, first, { near: shown });
      expect(verdict, `${shown}`).toMatchObject({ kind: 'named', why: 'wrong-near' });
      expect(missingIn(book)).toEqual([{ from: 1_000, to: 9_000 }]);
    }
  });

  it('names who shows a find that is none, or not in its lease', () => {
    for (const found of [first.from, first.to, 8_999_999]) {
      const book = newBook(quest);
      grant(book, ann, first);
      const verdict = report(book, ann, first, { found, near: [] });
      expect(verdict).toMatchObject({ kind: 'named', why: 'wrong-find' });
      expect(book.found).toBeNull();
    }
  });

  it('names who has searched nothing, and all that it claimed is free for others', () => {
    const book = newBook(quest);
    const others = { from: 3_000, to: 4_000 };
    grant(book, ann, first);
    grant(book, bob, { from: 2_000, to: 3_000 });
    expect(report(book, ann, first).kind).toBe('taken');
    expect(report(book, bob, { from: 2_000, to: 3_000 }).kind).toBe('taken');
    grant(book, ann, others);
    grant(book, ann, { from: 4_000, to: 8_000 });
    expect(report(book, ann, others, { near: [], found: null })).toMatchObject({ kind: 'taken' });
    const verdict = report(book, ann, { from: 4_000, to: 8_000 }, { near: [], found: null });
    expect(verdict).toMatchObject({ kind: 'named', why: 'too-few' });
    expect(book.cover).toEqual([{ from: 2_000, to: 3_000 }]);
    expect(nextRange(book, asking(ann, { first: 100 }), instant(0))).toBeNull();
    grant(book, ann, first);
    expect(report(book, ann, first)).toMatchObject({ kind: 'refused' });
  });
});

describe('a lease', () => {
  const rest = { from: 2_000, to: 3_000 };

  it('gets no more time when it is only said again, but does with a new one beside it', () => {
    const book = newBook(quest);
    grant(book, ann, first, 100);
    setGrants(book, ann, [first], { now: instant(90), until: instant(190) });
    expect(grantsOf(book, ann)).toMatchObject([{ since: 0, until: 100 }]);
    grant(book, ann, rest, 200, 95);
    expect(grantsOf(book, ann)).toMatchObject([{ until: 200 }, { since: 95, until: 200 }]);
  });

  it('ends when others have reported all of it, and is no lapse', () => {
    const book = newBook(quest);
    grant(book, ann, first, 100);
    grant(book, bob, first, 100);
    expect(report(book, bob, first).kind).toBe('taken');
    expect(grantsOf(book, ann)).toEqual([]);
    expect(lapseGrants(book, instant(100))).toEqual([]);
    expect(isNeeded(book, first)).toBe(false);
    // It was searched twice, and counts once.
    expect(report(book, ann, first).kind).toBe('taken');
    expect(book.cover).toEqual([first]);
  });

  it('is needed again when the one who reported it is named', () => {
    const book = newBook(quest);
    grant(book, ann, first, 100);
    grant(book, bob, first, 100);
    expect(report(book, bob, first).kind).toBe('taken');
    expect(report(book, bob, rest, { near: [9_999] }).kind).toBe('named');
    expect(openIn(book)).toEqual([{ from: 1_000, to: 9_000 }]);
  });

  it('ends where all of it lies above a find', () => {
    const book = newBook({ ...quest, bits: 8 });
    grant(book, ann, { from: 8_000, to: 9_000 }, 100);
    const range = { from: 5_000, to: 6_000 };
    grant(book, bob, range);
    takeReport(book, { clientID: bob, ...range, ...search(range, 8) }, zerosOf);
    expect(grantsOf(book, ann)).toEqual([]);
  });
});

describe('a find', () => {
  it('leaves to be searched what is below it', () => {
    const book = newBook({ ...quest, bits: 8 });
    const range = { from: 5_000, to: 6_000 };
    grant(book, ann, range);
    const said = { clientID: ann, ...range, ...search(range, 8) };
    expect(takeReport(book, said, zerosOf).kind).toBe('taken');
    expect(book.found).toBe(said.found);
    expect(wantedOf(book)).toEqual({ from: 1_000, to: said.found });
    expect(openIn(book)).toEqual([{ from: 1_000, to: 5_000 }]);
  });
});
