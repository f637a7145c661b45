/** A live screen fits where it is shown. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bar, formatElapsed, layOut, rowsShown } from '../../src/cli/screen-layout.ts';
import { at, KILLED, storyOf } from './start-saying.ts';

/** Head, titles of three parts, challenge, foot. */
const AROUND = 7;

test('ten peers and their events fit 24 lines, and all peers are shown', () => {
  expect(layOut(23, 10)).toEqual({ peers: 10, results: 2, events: 4, isAiry: false });
});

test('a larger screen shows more, with space between', () => {
  const layout = layOut(39, 10);
  expect(layout).toMatchObject({ peers: 10, isAiry: true });
  expect(layout.events).toBeGreaterThan(10);
});

test('whatever the screen, its parts are no more than it has lines', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 12, max: 300 }),
      fc.integer({ min: 1, max: 100 }),
      (lines, peers) => {
        const layout = layOut(lines, peers);
        const gaps = layout.isAiry ? 4 : 0;
        const used = AROUND + gaps + layout.peers + layout.results + layout.events;
        expect(used).toBeLessThanOrEqual(lines);
        expect(layout.peers).toBeGreaterThan(0);
      },
    ),
  );
});

test('where not all peers fit, those who have ended give way', () => {
  const story = storyOf(4);
  story.end(2, KILLED, at(5));
  const places = (room: number): readonly number[] =>
    rowsShown(story.rows, room).map(({ place }) => place);
  expect(places(4)).toEqual([1, 2, 3, 4]);
  expect(places(3)).toEqual([1, 3, 4]);
  expect(places(2)).toEqual([1, 3]);
});

test('a bar is never longer than its place', () => {
  expect(bar(0, 4)).toBe('░░░░');
  expect(bar(0.5, 4)).toBe('██░░');
  expect(bar(1.7, 4)).toBe('████');
});

test('elapsed time is shown in minutes and seconds', () => {
  expect(formatElapsed(75_400)).toBe('1:15');
});
