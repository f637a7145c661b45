import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readGenesisFile } from '../../src/node/genesis-file.ts';
import { WorldError } from '../../src/node/world-error.ts';
import { KEY_OF_A } from '../course-keys.ts';

const [ann, bob] = ['a'.repeat(64), 'b'.repeat(64)];

let directory = '';
let path = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sortition-genesis-'));
  path = join(directory, 'genesis.txt');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function errorOf(): WorldError {
  try {
    readGenesisFile(path);
  } catch (error) {
    if (error instanceof WorldError) return error;
    throw error;
  }
  throw new Error('The file was taken.');
}

it('reads units for a key from each line, past comments, empty lines and Windows line ends', () => {
  writeFileSync(path, `\ufeff# The course.\r\n\r\n${bob} 7\r\n  ${ann.toUpperCase()}\t050 # Ann\n`);
  expect(readGenesisFile(path)).toEqual([
    { key: ann, units: 50 },
    { key: bob, units: 7 },
  ]);
});

it('takes a key on P-256 in capitals as the same in small letters', () => {
  writeFileSync(path, `${KEY_OF_A.toUpperCase()} 50\n`);
  expect(readGenesisFile(path)).toEqual([{ key: KEY_OF_A, units: 50 }]);
});

it('reads what an editor of Windows writes in UTF-16', () => {
  writeFileSync(path, Buffer.from(`\ufeff${ann} 50\r\n`, 'utf16le'));
  expect(readGenesisFile(path)).toEqual([{ key: ann, units: 50 }]);
});

const units = 'must end with a whole number of units from 1 to 1000000000000000.';

it.each([
  ['must be "KEY UNITS".', ann],
  ['must be "KEY UNITS".', `${ann} 50 units`],
  [
    'begins with no public key in hex digits ("sortition wallet address" shows those of a wallet).',
    `${ann.slice(1)} 50`,
  ],
  [
    'begins with a key whose point is not on the curve P-256, so a digit of it is wrong.',
    `${KEY_OF_A.replace(/0$/, '1').toUpperCase()} 50`,
  ],
  [units, `${ann} 0`],
  [units, `${ann} -1`],
  [units, `${ann} 1.5`],
  [units, `${ann} 1e3`],
  [units, `${ann} fifty`],
  [units, `${ann} 1000000000000001`],
  ['makes them more than 1000000000000000 units in all.', `${ann} 1000000000000000`],
  ['names the same key as line 2: delete one of them.', `${bob.toUpperCase()} 1`],
])('says which line %s', (problem, wrong) => {
  writeFileSync(path, `# Bob first\n${bob} 50\n\n${wrong}\n`);
  const error = errorOf();
  expect(error.message).toBe(`Line 4 of the genesis file ${path} ${problem}`);
  expect([error.code, error.facts]).toEqual(['genesis-malformed', { path, line: 4 }]);
});

it('takes a hundred keys, and no more', () => {
  const line = (number: number): string => `${String(1_000 + number).repeat(16)} 1\n`;
  const hundred = Array.from({ length: 100 }, (_, number) => line(number)).join('');
  writeFileSync(path, hundred);
  expect(readGenesisFile(path)).toHaveLength(100);
  writeFileSync(path, hundred + line(100));
  expect(errorOf().message).toMatch(/Line 101 .* is key 101; 100 are the most\./);
});

it('refuses a file of nothing, and one that is not there', () => {
  writeFileSync(path, '# nothing yet\n');
  expect(errorOf()).toMatchObject({ code: 'genesis-malformed', facts: { path } });
  expect(errorOf().message).toMatch(/names no key: write a line "KEY UNITS"/);
  rmSync(path);
  expect(errorOf()).toMatchObject({ code: 'genesis-unreadable', facts: { reason: 'ENOENT' } });
});
