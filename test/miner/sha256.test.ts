import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leadingZeroBits, sha256 } from '../../src/miner/sha256.ts';

function hexOf(message: Uint8Array): string {
  return [...sha256(message)].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

describe('the plain SHA-256', () => {
  // FIPS 180-4 refers to these examples of one and of two blocks; the third is of nothing.
  it.each([
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ])('digests %j as published', (text, digest) => {
    expect(hexOf(new TextEncoder().encode(text))).toBe(digest);
  });

  it('digests anything as node:crypto does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
        expect(hexOf(message)).toBe(createHash('sha256').update(message).digest('hex'));
      }),
    );
  });
});

it.each([
  [[-1, 0], 0],
  [[1, -1], 31],
  [[0, -1], 32],
  [[0, 0x00ffffff], 40],
  [[0, 0], 64],
])('of the words %j, the leading zero bits are %d', (words, bits) => {
  expect(leadingZeroBits(Int32Array.from(words))).toBe(bits);
});
