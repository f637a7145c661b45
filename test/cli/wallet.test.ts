/** What wallets cannot be told is refused in one sentence, before any file is touched. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EXIT } from '../../src/cli/exit.ts';
import { address } from '../../src/cli/values.ts';
import { KEY_OF_A } from '../course-keys.ts';
import { complaintOf } from './complaint.ts';

const folder = mkdtempSync(join(tmpdir(), 'sortition-wallet-'));
const path = join(folder, 'purse');
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => vi.stubEnv('SORTITION_WALLET', path));
afterEach(() => vi.unstubAllEnvs());

const TO = 'ab'.repeat(32);
const OFF = KEY_OF_A.replace(/0$/, '1');
const ADDRESS =
  'must be an address: 64 or 182 hex digits, as "sortition wallet address" shows them';
const AMOUNT = '--amount must be a whole number from 1 to 9007199254740991';
const SAID = 'What is said must be 1 to 70 of the letters A to Z and a to z and digits';

test.each([
  ['send', 'Say to whom, and how much: --to ADDRESS --amount UNITS.'],
  [`send --to ${TO}`, 'Say to whom, and how much: --to ADDRESS --amount UNITS.'],
  [`send --to ${TO}0 --amount 1`, `--to ${ADDRESS}, not "${TO}0".`],
  [
    `send --to ${OFF} --amount 1`,
    '--to: its point is not on the curve P-256, so a digit of it is wrong.',
  ],
  [`send --to ${TO} --amount 0`, `${AMOUNT}, not "0".`],
  [`send --to ${TO} --amount 1.5`, `${AMOUNT}, not "1.5".`],
  [`send --to ${TO} --amount 9007199254740992`, `${AMOUNT}, not "9007199254740992".`],
  ['say naïve', `${SAID}, not "naïve".`],
  [`say ${'x'.repeat(71)}`, `${SAID}, not "${'x'.repeat(71)}".`],
  ['say', "Missing required argument 'text'."],
  ['new --key-type rsa', '--key-type must be ed25519 or p256, not "rsa".'],
  ['import', "Missing required argument 'file'."],
  ['history --last 0', '--last must be a whole number from 1 to 1000000000, not "0".'],
  ['mint', "Unknown command 'mint'; --help lists what there is."],
  [
    'address twice',
    '"twice" is neither an option of address nor the value of one: ' + 'address --help lists them.',
  ],
])('wallet %s', async (line, sentence) => {
  expect(await complaintOf('wallet', ...line.split(' '))).toEqual({ code: EXIT.usage, sentence });
});

test('a wallet that is not there is named, and how to make one', async () => {
  for (const line of ['address', 'balance', 'history', 'say hello', `send --to ${TO} --amount 1`])
    expect(await complaintOf('wallet', ...line.split(' '))).toEqual({
      code: EXIT.badFile,
      sentence: expect.stringContaining(`There is no wallet in ${path}: "sortition wallet new"`),
    });
});

test('a key is imported once, and what is none makes no wallet', async () => {
  const on = join(folder, 'imported');
  vi.stubEnv('SORTITION_WALLET', on);
  const file = join(folder, 'key.txt');
  writeFileSync(file, KEY_OF_A);
  expect(await complaintOf('wallet', 'import', file)).toEqual({
    code: EXIT.badFile,
    sentence: expect.stringContaining(`The file ${file} holds a public key, and only who has`),
  });
  expect(existsSync(on)).toBe(false);
  writeFileSync(on, 'something of value');
  expect(await complaintOf('wallet', 'import', join(folder, 'none'))).toMatchObject({
    code: EXIT.badFile,
    sentence: expect.stringContaining(`There is a file ${on} already`),
  });
});

test('a passphrase that is none, or cannot be asked for, makes no wallet', async () => {
  const empty = join(folder, 'empty');
  writeFileSync(empty, '\nsecret\n');
  const line = ['wallet', 'new', '--encrypt'];
  expect(await complaintOf(...line, '--passphrase-file', empty)).toEqual({
    code: EXIT.usage,
    sentence: `The first line of the passphrase file ${empty} is empty.`,
  });
  expect(await complaintOf(...line, '--passphrase-file', join(folder, 'no'))).toMatchObject({
    code: EXIT.badFile,
  });
  const { code } = await complaintOf('wallet', 'address');
  expect(code).toBe(EXIT.badFile);
});

test('an address is read with the line ends of the file that it came from', () => {
  expect(address.read(` ${TO.slice(0, 40)}\n${TO.slice(40).toUpperCase()}\r\n`)).toBe(TO);
  expect(address.read(`${TO}\n${TO}`)).toBeNull();
});
