/** Digests as bytes are found again as they would be in a map, and take no more than their room. */

import { expect, test } from 'vitest';
import type { Digest } from '../../src/domain/names.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { LatestDigests } from '../../src/record/latest-digests.ts';

const digest = (text: string | number): Digest => nodeHasher.sha256(String(text));

test('every digest is found by its number, and nothing else', () => {
  const digests = new LatestDigests(10_000);
  for (let number = 0; number < 5_000; number += 1) digests.add(number * 3, digest(number));
  for (let number = 0; number < 5_000; number += 1)
    expect(digests.get(number * 3)).toBe(digest(number));
  expect(digests.get(1)).toBeNull();
  expect(digests.has(3, digest(1))).toBe(true);
  expect(digests.has(3, digest(2))).toBe(false);
});

test('an empty one has nothing', () => {
  const digests = new LatestDigests(10);
  expect(digests.get(0)).toBeNull();
  expect(digests.has(0, digest(0))).toBe(false);
});

test('digests of one number are all found, and the last one is what it stands for', () => {
  const digests = new LatestDigests(100);
  for (const text of ['a', 'b', 'c']) digests.add(7, digest(text));
  for (const text of ['a', 'b', 'c']) expect(digests.has(7, digest(text))).toBe(true);
  expect(digests.get(7)).toBe(digest('c'));
});

test.each([1, 100, 1_000])('the oldest is forgotten where there is room for %i', (most) => {
  const digests = new LatestDigests(most);
  // Numbers that all fall into one chain, and others.
  const numberOf = (index: number): number => (index % 2 === 0 ? index * most : index);
  for (let index = 0; index < 3_500; index += 1) digests.add(numberOf(index), digest(index));
  const isThere = (index: number): boolean => digests.has(numberOf(index), digest(index));
  expect(digests.size).toBe(most);
  const found = Array.from({ length: 3_500 }, (_, index) => index).filter(isThere);
  expect(found).toEqual(Array.from({ length: most }, (_, index) => 3_500 - most + index));
});

test('100,000 digests take 48 bytes each', () => {
  const digests = new LatestDigests(100_000);
  const one = digest('one');
  for (let number = 0; number < 250_000; number += 1) digests.add(number, one);
  expect(digests.bytes).toBe(4_800_000);
});
