import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClientID } from '../../src/domain/names.ts';
import type { Quest, Range } from '../../src/domain/quest.ts';
import {
  type Book,
  freeGrants,
  grantsOf,
  isNeeded,
  lapseGrants,
  missingIn,
  newBook,
  setGrants,
  takeReport,
} from '../../src/lease/book.ts';
import { nextRange, openIn } from '../../src/lease/granting.ts';
import { join, type Ranges, sizeOf } from '../../src/lease/ranges.ts';
import { ann, asking, bob, cat, instant, quest, search, zerosOf } from './people.ts';

/** What was leased to somebody, and what that one says of it. */
type Told = { readonly by: ClientID; readonly range: Range };

/** A search of three peers as two members see it, one of which hears less. */
class Story {
  readonly controller: Book;
  readonly other: Book;
  readonly #bits: number;
  #now = 0;
  /** Searched, whether or not it was said in time. */
  readonly searched: Told[] = [];
  readonly said: Told[] = [];

  constructor(asked: Quest) {
    [this.controller, this.other] = [newBook(asked), newBook(asked)];
    this.#bits = asked.bits;
  }

  get books(): readonly [Book, Book] {
    return [this.controller, this.other];
  }

  lease(who: ClientID, rate: number, isHeardByAll: boolean): void {
    this.#now += 1;
    const { controller: book } = this;
    const about = { claim: rate, pace: rate, done: 1_000, workers: 3, first: 300 };
    const range = nextRange(book, asking(who, about), instant(this.#now));
    if (range === null) return;
    // Nothing is leased that is searched; nor leased to somebody already, while anything is open.
    const taken = book.grants.filter(({ isOver }) => !isOver).reduce<Ranges>(join, book.cover);
    const isSecond = openIn(book).length === 0;
    expect(isNeeded(book, range)).toBe(true);
    expect(sizeOf(join(taken, range)) - sizeOf(taken)).toBe(isSecond ? 0 : range.to - range.from);
    const ranges = [...grantsOf(book, who), range];
    for (const each of isHeardByAll ? this.books : [book])
      setGrants(each, who, ranges, { now: instant(this.#now), until: instant(this.#now + 50) });
  }

  report(who: ClientID, isHeard: boolean): void {
    const [range] = grantsOf(this.controller, who);
    if (range === undefined) return;
    const told = { by: who, range: { from: range.from, to: range.to } };
    this.searched.push(told);
    if (isHeard) this.tell(told);
  }

  tell(told: Told): void {
    const { by, range } = told;
    this.said.push(told);
    const report = { clientID: by, ...range, ...search(range, this.#bits) };
    for (const book of this.books) takeReport(book, report, zerosOf);
  }

  repeat(which: number): void {
    const told = this.said[which % Math.max(1, this.said.length)];
    if (told !== undefined) this.tell(told);
  }

  lapse(afterMs: number): void {
    this.#now += afterMs;
    for (const book of this.books) lapseGrants(book, instant(this.#now));
  }

  leave(who: ClientID): void {
    for (const book of this.books) freeGrants(book, (name) => name === who);
  }

  /** From now on all goes well. */
  end(): void {
    for (const told of this.searched) this.tell(told);
    for (let round = 0; missingIn(this.controller).length > 0; round += 1) {
      expect(round).toBeLessThan(500);
      this.lapse(1_000_000);
      for (const who of [ann, bob, cat]) this.lease(who, 400, true);
      for (const who of [ann, bob, cat]) this.report(who, true);
    }
  }
}

type Move = (story: Story, who: ClientID, draw: number) => void;

const moves: readonly Move[] = [
  (story, who, draw) => story.lease(who, draw, true),
  (story, who, draw) => story.lease(who, draw, false),
  (story, who) => story.report(who, true),
  (story, who) => story.report(who, false),
  (story, _, draw) => story.repeat(draw),
  (story) => story.lapse(1_000),
  (story, who) => story.leave(who),
];

describe('a search', () => {
  it('covers every nonce exactly, whatever is lost, late, repeated or left undone', () => {
    const played = fc.array(
      fc.tuple(
        fc.constantFrom(...moves),
        fc.constantFrom(ann, bob, cat),
        fc.constantFrom(0, 50, 400),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(played, fc.integer({ min: 6, max: 18 }), (turns, bits) => {
        const asked = { ...quest, bits };
        const story = new Story(asked);
        for (const [move, who, draw] of turns) move(story, who, draw);
        for (const book of story.books) check(book, story.said, bits);
        story.end();
        const book = story.controller;
        expect(book.found).toBe(search(asked, bits).found);
        expect(book.named).toEqual([]);
        expect(missingIn(book)).toEqual([]);
        check(book, story.said, bits);
      }),
      { numRuns: 300 },
    );
  });
});

/** What is covered was reported, and the cover is nothing but the sum of the claims. */
function check(book: Book, said: readonly Told[], bits: number): void {
  expect(book.cover).toEqual(book.claims.reduce<Ranges>(join, []));
  const reported = said.reduce<Ranges>((all, { range }) => {
    const { found } = search(range, bits);
    return join(all, { from: range.from, to: found ?? range.to });
  }, []);
  const both = book.cover.reduce<Ranges>(join, reported);
  expect(sizeOf(both)).toBe(sizeOf(reported));
}
