/** The closing tables say what happened, in columns. */

import { expect, test } from 'vitest';
import {
  challengesTable,
  formatTable,
  peersTable,
  summaryLine,
} from '../../src/cli/start-tables.ts';
import {
  at,
  challenge,
  founded,
  KILLED,
  mandate,
  progress,
  result,
  storyOf,
} from './start-saying.ts';

test('texts stand to the left and numbers to the right', () => {
  const columns = [{ title: 'name' }, { title: 'n', isNumber: true }, { title: 'x' }];
  expect(
    formatTable(columns, [
      ['a', '10', ''],
      ['long one', '5', 'y'],
    ]),
  ).toEqual(['name       n  x', 'a         10', 'long one   5  y']);
});

test('the table of peers marks who was controller and who was killed', () => {
  const story = storyOf(3);
  for (const said of [founded(3), mandate(1, 2), challenge(0)]) story.hear(1, said);
  story.hear(1, progress(0, 1_500));
  story.hear(3, progress(0, 40));
  story.end(2, KILLED, at(1_020));
  story.hear(1, result(0, 1));
  story.hear(1, { time: at(2_000), kind: 'ended', reason: 'left', tried: 4_000, wins: 1 });
  expect(peersTable(story.rows, story.firstChallengeAt, at(2_020))).toEqual([
    'peer      process  wins  tried      rate',
    '11111111     1001     1  4.0 k  2.0 kH/s',
    '22222222     1002     0      0     0 H/s  was controller, was killed',
    '33333333     1003     0     40    20 H/s',
  ]);
});

test('the table of challenges has whole digests where there is room', () => {
  const story = storyOf(3);
  story.hear(1, result(0, 1));
  const { digest } = result(0, 1);
  expect(challengesTable(story.results.outcomes, 1, null)).toEqual([
    'challenge  bits  winner     time  digest',
    `        0     4  11111111  2.3 s  ${digest}`,
  ]);
  expect(challengesTable(story.results.outcomes, 1, 80)[1]).toBe(
    `        0     4  11111111  2.3 s  ${digest.slice(0, 20)}`,
  );
});

test('the table of challenges says that there were more than it shows', () => {
  const story = storyOf(3);
  story.hear(1, result(7, 1));
  expect(challengesTable(story.results.outcomes, 8, null).at(-1)).toBe(
    'these are the last 1 of 8 results',
  );
});

test.each([
  [5, 5, 1, '5 results in 1 term, 1.5 s'],
  [1, 0, 1, '1 result in 1 term, 1.5 s'],
  [2, 5, 3, '2 of 5 results in 3 terms, 1.5 s'],
  [0, 1, 0, '0 of 1 result in 0 terms, 1.5 s'],
])('%i results of %i in %i terms', (results, wanted, terms, line) => {
  expect(summaryLine({ results, wanted, terms }, 1_500)).toBe(line);
});
