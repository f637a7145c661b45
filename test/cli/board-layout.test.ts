import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Board, row } from '../../src/cli/board.ts';
import { layOutBoard } from '../../src/cli/board-layout.ts';

/** Three lines of head, four titles, the challenge with its bar, and the foot. */
const AROUND = 10;

function boardOf(peers: number, refusals: number): Board {
  const rows = (count: number) => Array.from({ length: count }, (_, index) => row(index, 'x'));
  return {
    head: row('head', ''),
    draw: row('draw', ''),
    peersTitle: '',
    peers: rows(peers),
    work: row('work', ''),
    fraction: null,
    resultsTitle: '',
    results: [],
    refusalsTitle: '',
    refusals: rows(refusals),
    events: [],
  };
}

test('ten peers fit 24 lines, with a result, a refusal and an event', () => {
  const least = { peers: 10, results: 1, refusals: 1, events: 1, isAiry: false };
  expect(layOutBoard(23, boardOf(10, 3))).toEqual(least);
  const more = { peers: 10, results: 6, refusals: 1, events: 7, isAiry: true };
  expect(layOutBoard(39, boardOf(10, 0))).toEqual(more);
});

test('whatever the screen, its parts are no more than it has lines', () => {
  const size = fc.integer({ min: 12, max: 300 });
  const count = fc.integer({ min: 0, max: 100 });
  fc.assert(
    fc.property(size, count, count, (lines, peers, refused) => {
      const layout = layOutBoard(lines, boardOf(peers, refused));
      const { results, refusals, events, isAiry } = layout;
      const used = AROUND + layout.peers + results + refusals + events + (isAiry ? 5 : 0);
      expect(used).toBeLessThanOrEqual(lines);
      expect(Math.min(layout.peers, results, refusals, events)).toBeGreaterThanOrEqual(0);
      expect(layout.peers).toBeGreaterThan(0);
    }),
  );
});
