/** Whom votes go to where the Rules leave the lot out. */

import { expect, it } from 'vitest';
import type { ClientID, Digest, Nonce, Term } from '../../src/domain/names.ts';
import { draw, nameLowest } from '../../src/election/draw.ts';
import { nodeHasher } from '../../src/node/crypto.ts';

const peers = ['b', 'a', 'c'] as ClientID[];
const nonces = Object.fromEntries(peers.map((peer) => [peer, '0'.repeat(64) as Nonce]));
const drawn = draw(1 as Term, '00' as Digest, nonces, nodeHasher);

it('names the lowest of those who took part', () => {
  expect(nameLowest(drawn, null)).toEqual({ peer: 'a', why: 'lowest' });
});

it('names the lowest Name of those who took part, before any ClientID', () => {
  const nameOf = (names: Readonly<Record<string, number>>) => (peer: ClientID) => names[peer];
  expect(nameLowest(drawn, null, nameOf({ a: 10, b: 9, z: 1 })).peer).toBe('b');
  expect(nameLowest(drawn, null, nameOf({ c: 9_999 })).peer).toBe('c');
  expect(nameLowest(drawn, null, nameOf({ b: 3, c: 3 })).peer).toBe('b');
});

it('names whoever governs, if it took part', () => {
  expect(nameLowest(drawn, 'c' as ClientID)).toEqual({ peer: 'c', why: 'governs' });
  expect(nameLowest(drawn, 'z' as ClientID)).toEqual({ peer: 'a', why: 'lowest' });
});
