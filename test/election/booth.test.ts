/** What is kept of elections while many terms are called for. */

import { expect, it } from 'vitest';
import type { Nonce, Term } from '../../src/domain/names.ts';
import { type Booths, boothOf } from '../../src/election/booth.ts';

it('a term that others call for is kept though we have committed in many before it', () => {
  const booths: Booths = {};
  for (let term = 1; term <= 100; term += 1)
    boothOf(booths, term as Term).nonce = 'ab'.repeat(32) as Nonce;
  const called = boothOf(booths, 200 as Term);
  expect(boothOf(booths, 200 as Term)).toBe(called);
  expect(Object.keys(booths).length).toBeLessThan(40);
});
