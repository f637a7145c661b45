/** What every kernel must do: the same suite for each of them, against node:crypto. */

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Work } from '../../src/domain/contract.ts';
import type { TransactionID, WorkID } from '../../src/domain/names.ts';
import { MOST_NEAR, NEAR_BITS, type Prepare, type Scan } from '../../src/miner/kernel.ts';
import { NONCES, STEP, solutionOf } from '../../src/miner/layout.ts';

export function workOf(header: string, bits: number): Work {
  return {
    id: `${header}/${bits}` as WorkID,
    transactionID: 0 as TransactionID,
    algorithm: 'sha256',
    header,
    bits,
  };
}

/** Leading zero bits of what `header` and `nonce` hash to, by node:crypto. */
export function zerosOf(header: string, nonce: number): number {
  return zerosOfText(header + solutionOf(header, nonce));
}

export function zerosOfText(text: string): number {
  const digest = createHash('sha256').update(text).digest();
  const bits = [...digest].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.indexOf('1');
}

/** What a scan of the contract brings, nonce by nonce. */
function plainScan(work: Work, from: number, count: number): Scan {
  const near: number[] = [];
  for (let nonce = from; nonce < from + count; nonce += 1) {
    const zeros = zerosOf(work.header, nonce);
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

/** Everywhere a counter may be, the ends and the borders of its steps more often. */
const nonces = fc.oneof(
  fc.integer({ min: 0, max: 3 * STEP }),
  fc.integer({ min: 0, max: NONCES - 3 * STEP }),
  fc.integer({ min: NONCES - 3 * STEP, max: NONCES }),
);

/** Runs the contract's tests on kernels made by `prepare`. */
export function testKernel(name: string, prepare: Prepare): void {
  describe(`the ${name} kernel`, () => {
    it('finds in any piece what trying one nonce after another finds', () => {
      const runs = { numRuns: 300, seed: 1 };
      const pieces = fc.tuple(headers, fc.integer({ min: 1, max: 16 }), nonces, fc.nat(600));
      fc.assert(
        fc.property(pieces, ([header, bits, from, size]) => {
          const count = Math.min(size, NONCES - from);
          const work = workOf(header, bits);
          expect(prepare(work).scan(from, count)).toEqual(plainScan(work, from, count));
        }),
        runs,
      );
    });

    it('does so behind a header of any length', () => {
      for (let length = 0; length <= 200; length += 1) {
        const work = workOf('x'.repeat(length), 6);
        expect(prepare(work).scan(STEP - 50, 100)).toEqual(plainScan(work, STEP - 50, 100));
      }
    });

    it('reports the lowest of several solutions, and the others in later scans', () => {
      const work = workOf('several', 5);
      const kernel = prepare(work);
      const found: number[] = [];
      let nonce = 100;
      while (nonce < 2000) {
        const scan = kernel.scan(nonce, 2000 - nonce);
        if (scan.found !== null) found.push(scan.found);
        nonce += scan.tried;
      }
      const all = Array.from({ length: 1900 }, (_, index) => 100 + index);
      expect(found).toEqual(all.filter((each) => zerosOf('several', each) >= 5));
      expect(found.length).toBeGreaterThan(30);
    });

    it('finds one that is the first or the last of its piece, and none beside it', () => {
      const kernel = prepare(workOf('alone', 14));
      const { found } = kernel.scan(0, 2 ** 20);
      if (found === null) throw new Error('Among a million nonces there is one.');
      expect(zerosOf('alone', found)).toBeGreaterThanOrEqual(14);
      expect(kernel.scan(found, 1)).toMatchObject({ found, tried: 1 });
      expect(kernel.scan(found, 5000)).toMatchObject({ found, tried: 1 });
      expect(kernel.scan(found - 10, 11)).toMatchObject({ found, tried: 11 });
      expect(kernel.scan(found - 10, 10)).toMatchObject({ found: null, tried: 10 });
      expect(kernel.scan(0, found)).toMatchObject({ found: null, tried: found });
    });

    it('tries nothing in an empty piece', () => {
      const nothing = { found: null, near: [], tried: 0 };
      expect(prepare(workOf('nothing', 1)).scan(7, 0)).toEqual(nothing);
      expect(prepare(workOf('nothing', 1)).scan(NONCES, 0)).toEqual(nothing);
    });

    it('finds none where a word of zeros is not enough', () => {
      const kernel = prepare(workOf('too hard', 60));
      expect(kernel.scan(NONCES - 100_000, 100_000)).toEqual({
        found: null,
        near: [],
        tried: 100_000,
      });
    });

    it('tells a few near misses, which are no solutions', () => {
      const { near, found } = prepare(workOf('near', 17)).scan(0, 2 ** 16);
      expect(found).toBeNull();
      expect(near).toHaveLength(MOST_NEAR);
      for (const nonce of near) {
        expect(zerosOf('near', nonce)).toBeGreaterThanOrEqual(17 - NEAR_BITS);
        expect(zerosOf('near', nonce)).toBeLessThan(17);
      }
    });

    it('serves two works in turn', () => {
      const [one, other] = [workOf('one', 8), workOf('other', 9)];
      const [oneKernel, otherKernel] = [prepare(one), prepare(other)];
      for (const from of [0, 300, 600, 5000]) {
        expect(oneKernel.scan(from, 300)).toEqual(plainScan(one, from, 300));
        expect(otherKernel.scan(from, 300)).toEqual(plainScan(other, from, 300));
      }
    });
  });
}
