/** Three peers and a quest whose digests are made up, for tests of books. */

import type { ClientID, Instant } from '../../src/domain/names.ts';
import type { Quest, Range } from '../../src/domain/quest.ts';
import { type Book, grantsOf, setGrants } from '../../src/lease/book.ts';
import type { Holder } from '../../src/lease/granting.ts';
import { nearBitsOf } from '../../src/lease/near.ts';

export const ann = 'ann' as ClientID;
export const bob = 'bob' as ClientID;
export const cat = 'cat' as ClientID;
export const instant = (at: number): Instant => at as Instant;

export const quest: Quest = {
  algorithm: 'sha256',
  prefix: 'a text',
  bits: 14,
  from: 1_000,
  to: 9_000,
};

/** Zero bits of made-up digests: as rare as true ones, and quick. */
export function zerosOf(nonce: number): number {
  let mixed = Math.imul(nonce ^ (nonce >>> 16) ^ 0x9e3779b9, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return Math.clz32((mixed ^ (mixed >>> 16)) >>> 0);
}

/** What an honest peer says of a range. */
export function search(
  { from, to }: Range,
  bits = quest.bits,
): { found: number | null; near: number[] } {
  const nearBits = nearBitsOf(to - from, bits);
  const near: number[] = [];
  for (let nonce = from; nonce < to; nonce += 1) {
    if (zerosOf(nonce) >= bits) return { found: nonce, near };
    if (zerosOf(nonce) >= nearBits) near.push(nonce);
  }
  return { found: null, near };
}

export function grant(book: Book, holder: ClientID, range: Range, until = 10, now = 0): void {
  const ranges = [...grantsOf(book, holder), range];
  setGrants(book, holder, ranges, { now: instant(now), until: instant(until) });
}

export const first: Range = { from: 1_000, to: 2_000 };

/** One whose speed is not known, and that is alone, save for what is said otherwise. */
export function asking(clientID: ClientID, over: Partial<Holder> = {}): Holder {
  const nothing = { claim: 0, pace: 0, done: 0, fastest: 0, workers: 1, first: 500 };
  return { clientID, ...nothing, ...over };
}
