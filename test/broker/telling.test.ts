import { expect, it } from 'vitest';
import { quote, tellSeldom } from '../../broker/telling.ts';

it('of each kind one sentence is told in 10 s, and the next says how many were left out', () => {
  const said: string[] = [];
  let now = 0;
  const tell = tellSeldom(
    (sentence) => said.push(sentence),
    () => now,
  );
  for (let time = 0; time < 5; time += 1) tell('full', 'It is full.');
  tell('publish bob', 'Bob may not.');
  now = 9_999;
  tell('full', 'It is full.');
  now = 10_000;
  tell('full', 'It is full again.');
  now = 30_000;
  tell('full', 'It is full.');
  expect(said).toEqual([
    'It is full.',
    'Bob may not.',
    'It is full again. (5 more like it before.)',
    'It is full.',
  ]);
});

it('a crowd that makes up kinds is told of no more than a hundred', () => {
  const said: string[] = [];
  const tell = tellSeldom(
    (sentence) => said.push(sentence),
    () => 0,
  );
  for (let kind = 0; kind < 1_000; kind += 1) tell(String(kind), 'No.');
  expect(said).toHaveLength(100);
});

it('what strangers wrote is quoted on one line, and cut', () => {
  expect(quote('a\n\u001b[2Jb')).toBe('"a??[2Jb"');
  expect(quote('x'.repeat(1_000))).toHaveLength(103);
});
