import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Lanes, laneOf, nextPiece, shareLanes } from '../../src/miner/lanes.ts';
import { NONCES, STEP } from '../../src/miner/layout.ts';

it('lanes share no nonce and leave none out, wherever each was interrupted', () => {
  const cases = fc.record({
    count: fc.integer({ min: 1, max: 7 }),
    from: fc.constantFrom(0, 5, STEP, NONCES - 20 * STEP),
    nonces: fc.integer({ min: 0, max: 20 * STEP }),
    deal: fc.constantFrom('steps' as const, 'parts' as const),
    stops: fc.infiniteStream(fc.integer({ min: 1, max: STEP })),
  });
  fc.assert(
    fc.property(cases, ({ stops, ...lanes }) => {
      const { count, from, nonces } = lanes;
      const times = new Uint8Array(nonces);
      for (let lane = 0; lane < count; lane += 1) {
        let tried = 0;
        for (;;) {
          const piece = nextPiece(lanes, lane, tried);
          if (piece === null) break;
          const done = Math.min(piece.count, stops.next().value ?? STEP);
          const start = piece.from - from;
          times.set(
            times.subarray(start, start + done).map((each) => each + 1),
            start,
          );
          for (const nonce of [piece.from, piece.from + done - 1]) {
            expect(laneOf(lanes, nonce)).toBe(lane);
          }
          tried += done;
        }
      }
      expect(times.every((each) => each === 1)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

const steps = (count: number): Lanes => ({ count, from: 0, nonces: NONCES, deal: 'steps' });

it('a piece never crosses the border of a step', () => {
  expect(nextPiece(steps(3), 1, 0)).toEqual({ from: STEP, count: STEP });
  expect(nextPiece(steps(3), 1, 10)).toEqual({
    from: STEP + 10,
    count: STEP - 10,
  });
  expect(nextPiece(steps(3), 1, STEP)).toEqual({
    from: 4 * STEP,
    count: STEP,
  });
});

it('a lane ends exactly below 2^52', () => {
  const lanes = steps(4);
  expect(nextPiece(lanes, 3, NONCES / 4 - 1)).toEqual({ from: NONCES - 1, count: 1 });
  expect(nextPiece(lanes, 3, NONCES / 4)).toBeNull();
});

it('parts differ in length by one nonce at most, up to the last nonce of all', () => {
  const lanes: Lanes = { count: 3, from: NONCES - 10, nonces: 10, deal: 'parts' };
  const parts = [0, 1, 2, 3].map((lane) => nextPiece(lanes, lane, 0));
  expect(parts.slice(0, 3)).toEqual([
    { from: NONCES - 10, count: 4 },
    { from: NONCES - 6, count: 3 },
    { from: NONCES - 3, count: 3 },
  ]);
  expect(nextPiece({ ...lanes, nonces: 2 }, 2, 0)).toBeNull();
});

it('lanes without a thread go to threads whose own lane is done, and never to two', () => {
  const three = [0, 1, 3];
  const shared = shareLanes(6, three, new Map(), new Set());
  expect([...shared]).toEqual([
    [0, 0],
    [1, 1],
    [3, 3],
  ]);
  const first = shareLanes(6, three, shared, new Set([3]));
  expect(first).toEqual(new Map(shared).set(3, 2));
  const second = shareLanes(6, three, first, new Set([3, 0]));
  expect(second).toEqual(new Map(first).set(0, 4));
  // A thread that comes late finds another in its lane.
  const late = shareLanes(6, [...three, 2], second, new Set([3, 0]));
  expect(late).toEqual(new Map(second).set(2, 5));
  const fifth = shareLanes(6, [...three, 2, 4], late, new Set([3, 0]));
  expect([0, 3]).toContain(fifth.get(4));
});
