/** What `sortition search` refuses before it asks anybody, and how it tells what it has seen. */

import { expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit.ts';
import { describeProof } from '../../src/cli/search-teller.ts';
import { complaintOf } from './complaint.ts';

test.each<[string, readonly string[]]>([
  ['Say what to search behind: --prefix TEXT.', []],
  [
    '--from 5 must be below --to 5, which is not tried itself.',
    ['--prefix', 'x', '--from', '5', '--to', '5'],
  ],
  [
    'From 0 to 2000000001 are 2000000001 nonces; 2000000000 are the most.',
    ['--prefix', 'x', '--to', '2000000001'],
  ],
  ['--prefix has 1025 characters; 1024 are the most.', ['--prefix', 'x'.repeat(1025)]],
  [
    '--zeros and --bits say the same in two ways: leave one out.',
    ['--prefix', 'x', '--zeros', '4', '--bits', '16'],
  ],
  [
    '--algorithm must be sha256, sha256d or sha1, not "md5".',
    ['--prefix', 'x', '--algorithm', 'md5'],
  ],
])('search says "%s"', async (sentence, args) => {
  expect(await complaintOf('search', ...args)).toEqual({ code: EXIT.usage, sentence });
});

const proof = { reports: 12, peers: 3, covered: 1_000, near: 290, expected: 300.4, named: 0 };

test('people hear that all is covered, and by whom', () => {
  expect(describeProof(proof, 1_000, 500)).toEqual([
    'covered    all 1000 nonces are covered, each once',
    'reports    12 by 3 peers',
    'near       290 near misses, each checked; chance gives 300',
    'took       0.5 s, 2.0 kH/s',
  ]);
});

test('people hear what was not seen, and that somebody claimed too much', () => {
  const lines = describeProof({ ...proof, covered: 900, named: 1, peers: 1 }, 1_000, 0);
  expect(lines[0]).toContain('900 of 1000 nonces were seen to be covered; for the rest there is');
  expect(lines[1]).toBe('reports    12 by 1 peer, without those of 1 who claimed too much');
});
