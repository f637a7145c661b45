import { describe, expect, it } from 'vitest';
import { expectedNear, isTooFew, NEAR_MOST, nearBitsOf } from '../../src/lease/near.ts';

describe('near misses', () => {
  it('are 24 to 48 on average in a lease of any size that is searched to its end', () => {
    for (const nonces of [48, 1_000, 100_000, 12_345_678, 100_000_000, 2_000_000_000]) {
      const expected = expectedNear(nonces, nearBitsOf(nonces, 60), 60);
      expect(expected).toBeGreaterThan(23.9);
      expect(expected).toBeLessThan(48.1);
    }
  });

  it('have fewer zeros than a find, and where that cannot be, there are none', () => {
    expect(nearBitsOf(100_000_000, 8)).toBe(7);
    expect(expectedNear(1_000, 1, 1)).toBe(0);
    expect(nearBitsOf(10, 24)).toBe(1);
  });

  it('are counted among the digests that are no finds', () => {
    // Of four digests one has two zeros or more; of the three others one has one.
    expect(expectedNear(300, 1, 2)).toBeCloseTo(100);
  });

  it('never fill a report', () => {
    // Chance would have to give 129 where 48 are usual.
    let more = 0;
    for (let count = NEAR_MOST + 1, term = poisson(NEAR_MOST + 1, 48); count < 400; count += 1) {
      more += term;
      term *= 48 / (count + 1);
    }
    expect(more).toBeLessThan(1e-18);
  });
});

describe('too few near misses', () => {
  it('are none of a whole lease, and half of some', () => {
    expect(isTooFew(0, 24)).toBe(true);
    expect(isTooFew(0, 20)).toBe(false);
    expect(isTooFew(18, 36)).toBe(false);
    expect(isTooFew(72, 144)).toBe(true);
    expect(isTooFew(0, 0)).toBe(false);
  });

  it('are as rare as is said: sums of the probabilities themselves', () => {
    for (const expected of [20, 21, 24, 50, 200, 500]) {
      let sum = 0;
      for (let near = 0; near < expected; near += 1) {
        sum += poisson(near, expected);
        expect(isTooFew(near, expected), `${near} of ${expected}`).toBe(sum < 1e-9);
      }
    }
  });

  it('can be told of very many', () => {
    expect(isTooFew(99_000, 100_000)).toBe(false);
    expect(isTooFew(97_000, 100_000)).toBe(true);
  });
});

function poisson(count: number, mean: number): number {
  let probability = Math.exp(-mean);
  for (let each = 1; each <= count; each += 1) probability *= mean / each;
  return probability;
}
