import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextPiece } from '../../src/miner/lanes.ts';
import { NONCES, STEP } from '../../src/miner/layout.ts';

it('lanes share no nonce and leave none out, wherever each was interrupted', () => {
  const cases = fc.record({
    count: fc.integer({ min: 1, max: 7 }),
    nonces: fc.integer({ min: 0, max: 20 * STEP }),
    stops: fc.infiniteStream(fc.integer({ min: 1, max: STEP })),
  });
  fc.assert(
    fc.property(cases, ({ count, nonces, stops }) => {
      const times = new Uint8Array(nonces);
      for (let lane = 0; lane < count; lane += 1) {
        let tried = 0;
        for (;;) {
          const piece = nextPiece({ count, nonces }, lane, tried);
          if (piece === null) break;
          const done = Math.min(piece.count, stops.next().value ?? STEP);
          const end = piece.from + done;
          times.set(
            times.subarray(piece.from, end).map((each) => each + 1),
            piece.from,
          );
          tried += done;
        }
      }
      expect(times.every((each) => each === 1)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

it('a piece never crosses the border of a step', () => {
  expect(nextPiece({ count: 3, nonces: NONCES }, 1, 0)).toEqual({ from: STEP, count: STEP });
  expect(nextPiece({ count: 3, nonces: NONCES }, 1, 10)).toEqual({
    from: STEP + 10,
    count: STEP - 10,
  });
  expect(nextPiece({ count: 3, nonces: NONCES }, 1, STEP)).toEqual({
    from: 4 * STEP,
    count: STEP,
  });
});

it('a lane ends exactly below 2^52', () => {
  const lanes = { count: 4, nonces: NONCES };
  expect(nextPiece(lanes, 3, NONCES / 4 - 1)).toEqual({ from: NONCES - 1, count: 1 });
  expect(nextPiece(lanes, 3, NONCES / 4)).toBeNull();
});
