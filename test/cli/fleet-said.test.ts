/** Only what a client says is heard. */

import { expect, test } from 'vitest';
import { parseSaid } from '../../src/cli/fleet-said.ts';

test('a note with its time is heard', () => {
  const line = '{"kind":"mandate","time":5,"peer":"x","term":1,"controller":"y","votes":3}';
  expect(parseSaid(line)).toMatchObject({ kind: 'mandate', time: 5, term: 1, controller: 'y' });
});

test.each([
  ['text', 'Debugger attached.'],
  ['half a note', '{"kind":"connected","ti'],
  ['a list', '[1]'],
  ['a scalar', '5'],
  ['null', 'null'],
  ['an object without a kind', '{"time":5}'],
  ['a kind that nobody knows', '{"time":5,"kind":"toString"}'],
  ['a note without its time', '{"kind":"connected"}'],
  ['a note without its fields', '{"time":5,"kind":"result"}'],
  ['a note with null for a field', '{"time":5,"kind":"idle","idle":null}'],
])('%s is not heard', (_, line) => {
  expect(parseSaid(line)).toBeNull();
});
