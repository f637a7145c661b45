import { expect, test } from 'vitest';
import { Latest } from '../../src/record/referee/latest.ts';

test('what was said last is kept, and the rest forgotten', () => {
  const latest = new Latest<string, number>(2);
  latest.set('a', 1).set('b', 2).set('c', 3);
  expect([...latest]).toEqual([
    ['b', 2],
    ['c', 3],
  ]);
});

test('what is said again counts as new', () => {
  const latest = new Latest<string, number>(2);
  latest.set('a', 1).set('b', 2).set('a', 3).set('c', 4);
  expect([...latest]).toEqual([
    ['a', 3],
    ['c', 4],
  ]);
});
