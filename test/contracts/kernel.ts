/** What every kernel must do: the same suite for each of them, against node:crypto. */

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NonceForm, Work } from '../../src/domain/contract.ts';
import type { TransactionID, WorkID } from '../../src/domain/names.ts';
import type { Algorithm } from '../../src/domain/quest.ts';
import { MOST_NEAR, NEAR_BITS, type Prepare, type Scan } from '../../src/miner/kernel.ts';
import { NONCES, STEP, solutionOf } from '../../src/miner/layout.ts';

/** Of a puzzle, what decides what a digest is. */
export type Form = { readonly algorithm: Algorithm; readonly nonceForm: NonceForm };

const PROTOCOL: Form = { algorithm: 'sha256', nonceForm: 'padded-hex' };

export function workOf(header: string, bits: number, form: Form = PROTOCOL): Work {
  return {
    id: `${header}/${bits}` as WorkID,
    transactionID: 0 as TransactionID,
    ...form,
    header,
    bits,
  };
}

/** Leading zero bits of what a work and a nonce hash to, by node:crypto. */
export function zerosOf(work: Work, nonce: number): number {
  return zerosOfText(work.header + solutionOf(work, nonce), work.algorithm);
}

export function zerosOfText(text: string, algorithm: Algorithm = 'sha256'): number {
  const once = createHash(algorithm === 'sha1' ? 'sha1' : 'sha256')
    .update(text)
    .digest();
  const digest = algorithm === 'sha256d' ? createHash('sha256').update(once).digest() : once;
  const byte = digest.findIndex((value) => value !== 0);
  return 8 * byte + Math.clz32(digest[byte] ?? 0) - 24;
}

/** What a scan of the contract brings, nonce by nonce. */
function plainScan(work: Work, from: number, count: number): Scan {
  const near: number[] = [];
  for (let nonce = from; nonce < from + count; nonce += 1) {
    const zeros = zerosOf(work, nonce);
    if (zeros >= work.bits) return { found: nonce, near, tried: nonce - from + 1 };
    const isNear = zeros >= Math.max(work.bits - NEAR_BITS, 1);
    if (isNear && near.length < MOST_NEAR) near.push(nonce);
  }
  return { found: null, near, tried: count };
}

const headers = fc.string({
  unit: fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)),
  maxLength: 200,
});

/** Everywhere a counter may be; its ends, and where a digit more begins, more often. */
const nonces = fc.oneof(
  fc.integer({ min: 0, max: 3 * STEP }),
  fc.integer({ min: 0, max: NONCES - 3 * STEP }),
  fc.integer({ min: NONCES - 3 * STEP, max: NONCES }),
  fc
    .record({ digits: fc.nat(15), radix: fc.constantFrom(10, 16), before: fc.nat(300) })
    .map(({ digits, radix, before }) => Math.max(Math.min(radix ** digits, NONCES) - before, 0)),
);

/** Header `hard`: with this nonce the digest begins with 24 zero bits or more. */
const HARD: Readonly<Record<`${Algorithm}/${NonceForm}`, number>> = {
  'sha256/padded-hex': 20_871_321,
  'sha256/decimal': 21_662_886,
  'sha256d/padded-hex': 23_780_240,
  'sha256d/decimal': 24_809_176,
  'sha1/padded-hex': 5_200_075,
  'sha1/decimal': 4_173_645,
};

/** Runs the contract's tests on kernels made by `prepare`; a `share` of them where it is slow. */
export function testKernel(name: string, prepare: Prepare, form = PROTOCOL, share = 1): void {
  const make = (header: string, bits: number): Work => workOf(header, bits, form);

  describe(`the ${name} kernel`, () => {
    it('finds in any piece what trying one nonce after another finds', () => {
      const runs = { numRuns: 300 * share, seed: 1 };
      const pieces = fc.tuple(headers, fc.integer({ min: 1, max: 16 }), nonces, fc.nat(600));
      fc.assert(
        fc.property(pieces, ([header, bits, from, size]) => {
          const count = Math.min(size, NONCES - from);
          const work = make(header, bits);
          expect(prepare(work).scan(from, count)).toEqual(plainScan(work, from, count));
        }),
        runs,
      );
    });

    it('does so behind a header of any length, with a nonce of any length', () => {
      for (let length = 0; length <= 200; length += 1) {
        const work = make('x'.repeat(length), 6);
        const longer = 10 ** (length % 16) - 12;
        for (const from of [STEP - 12, 988, Math.max(longer, 0)]) {
          expect(prepare(work).scan(from, 24)).toEqual(plainScan(work, from, 24));
        }
      }
    });

    it('finds at every difficulty from 1 to 24 bits the first that there is', () => {
      const size = 2 ** 16 * share;
      const zeros = Array.from({ length: size }, (_, nonce) => zerosOf(make('hard', 1), nonce));
      const hard = HARD[`${form.algorithm}/${form.nonceForm}`];
      for (let bits = 1; bits <= 24; bits += 1) {
        const work = make('hard', bits);
        const first = zeros.findIndex((each) => each >= bits);
        const { found, tried } = prepare(work).scan(0, size);
        expect([found, tried]).toEqual(first < 0 ? [null, size] : [first, first + 1]);
        expect(prepare(work).scan(hard - 50, 100)).toEqual(plainScan(work, hard - 50, 100));
      }
      expect(zerosOf(make('hard', 24), hard)).toBeGreaterThanOrEqual(24);
    });

    it('reports the lowest of several solutions, and the others in later scans', () => {
      const work = make('several', 3);
      const kernel = prepare(work);
      const found: number[] = [];
      let nonce = 10;
      while (nonce < 1200) {
        const scan = kernel.scan(nonce, 1200 - nonce);
        if (scan.found !== null) found.push(scan.found);
        nonce += scan.tried;
      }
      const all = Array.from({ length: 1190 }, (_, index) => 10 + index);
      expect(found).toEqual(all.filter((each) => zerosOf(work, each) >= 3));
      expect(found.length).toBeGreaterThan(100);
    });

    it('finds one that is the first or the last of its piece, and none beside it', () => {
      const work = make('alone', 12);
      const kernel = prepare(work);
      const { found } = kernel.scan(100, 2 ** 18);
      if (found === null) throw new Error('Among so many nonces there is one.');
      expect(zerosOf(work, found)).toBeGreaterThanOrEqual(12);
      expect(kernel.scan(found, 1)).toMatchObject({ found, tried: 1 });
      expect(kernel.scan(found, 5000)).toMatchObject({ found, tried: 1 });
      expect(kernel.scan(found - 10, 11)).toMatchObject({ found, tried: 11 });
      expect(kernel.scan(found - 10, 10)).toMatchObject({ found: null, tried: 10 });
      expect(kernel.scan(100, found - 100)).toMatchObject({ found: null, tried: found - 100 });
    });

    it('tries nothing in an empty piece', () => {
      const nothing = { found: null, near: [], tried: 0 };
      expect(prepare(make('nothing', 1)).scan(7, 0)).toEqual(nothing);
      expect(prepare(make('nothing', 1)).scan(NONCES, 0)).toEqual(nothing);
    });

    it('finds none where a word of zeros is not enough, up to the last nonce', () => {
      const count = 100_000 * share;
      const scan = prepare(make('too hard', 60)).scan(NONCES - count, count);
      expect(scan).toEqual({ found: null, near: [], tried: count });
    });

    it('tells a few near misses, which are no solutions', () => {
      const work = make('nearly', 12);
      const { near, found, tried } = prepare(work).scan(1000, 2 ** 13);
      expect(near).toHaveLength(MOST_NEAR);
      expect(near).toEqual(near.toSorted((one, other) => one - other));
      for (const nonce of near) {
        expect(nonce).toBeLessThan(found ?? 1000 + tried);
        expect(zerosOf(work, nonce)).toBeGreaterThanOrEqual(12 - NEAR_BITS);
        expect(zerosOf(work, nonce)).toBeLessThan(12);
      }
    });

    it('serves two works in turn', () => {
      const [one, other] = [make('one', 8), make('other', 9)];
      const [oneKernel, otherKernel] = [prepare(one), prepare(other)];
      for (const from of [0, 300, 600, 5000]) {
        expect(oneKernel.scan(from, 300)).toEqual(plainScan(one, from, 300));
        expect(otherKernel.scan(from, 300)).toEqual(plainScan(other, from, 300));
      }
    });
  });
}
