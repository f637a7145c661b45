/** Lines come out whole, however they came in. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineCutter } from '../../src/cli/fleet-lines.ts';

function cut(pieces: readonly string[], most?: number): readonly string[] {
  const lines: string[] = [];
  const cutter = new LineCutter((line) => lines.push(line), most);
  for (const piece of pieces) cutter.push(piece);
  cutter.end();
  return lines;
}

test('a line may come in pieces, and a piece may hold many lines', () => {
  expect(cut(['a', 'b\nc', 'd\n', 'e\nf\n'])).toEqual(['ab', 'cd', 'e', 'f']);
});

test('a last line without an end is given when the stream is over', () => {
  expect(cut(['a\nb'])).toEqual(['a', 'b']);
});

test('the line ends of Windows are no part of a line', () => {
  expect(cut(['a\r', '\nb\r\n'])).toEqual(['a', 'b']);
});

test('an oversized line is left out, and the next one is heard', () => {
  expect(cut(['aaaa', 'aaaa', 'aa\nbb\n'], 5)).toEqual(['bb']);
  expect(cut(['aaaaaa\nbb\n'], 5)).toEqual(['bb']);
});

test('any text in any pieces gives the lines of the text', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n') })), (pieces) => {
      const expected = pieces
        .join('')
        .split('\n')
        .filter((line) => line !== '');
      expect(cut(pieces)).toEqual(expected);
    }),
  );
});
