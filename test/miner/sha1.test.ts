import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha1 } from '../../src/miner/sha1.ts';

function hexOf(message: Uint8Array): string {
  return [...sha1(message)].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

describe('the plain SHA-1', () => {
  // FIPS 180-4 refers to these examples of one and of two blocks; the third is of nothing.
  it.each([
    ['abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '84983e441c3bd26ebaae4aa1f95129e5e54670f1',
    ],
    ['', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  ])('digests %j as published', (text, digest) => {
    expect(hexOf(new TextEncoder().encode(text))).toBe(digest);
  });

  it('digests anything as node:crypto does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
        expect(hexOf(message)).toBe(createHash('sha1').update(message).digest('hex'));
      }),
    );
  });
});
