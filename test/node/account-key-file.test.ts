import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAccountKeyFile } from '../../src/node/account-key-file.ts';

const KEY = '0123456789abcdef'.repeat(4);
let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'sortition-key-'));
});
afterAll(() => rmSync(place, { recursive: true }));

function read(text: string): string {
  const path = join(place, 'key.txt');
  writeFileSync(path, text);
  return readAccountKeyFile(path);
}

it.each([
  ['alone', KEY],
  ['with a line end', `${KEY}\r\n`],
  ['in capitals', KEY.toUpperCase()],
  ['in groups, over lines, after a byte order mark', `\ufeff ${KEY.replace(/.{8}/g, '$& \n\t')}`],
])('reads a key %s', (_, text) => expect(read(text)).toBe(KEY));

it.each([
  ['nothing', ''],
  ['a digit too few', KEY.slice(1)],
  ['a digit too many', `${KEY}0`],
  ['other letters', KEY.replace('0', 'g')],
  ['two keys', `${KEY}\n${KEY}`],
  ['a prefix', `0x${KEY}`],
  ['a book', `${KEY}${' '.repeat(5_000)}`],
])('refuses %s', (_, text) => {
  expect(() => read(text)).toThrow(/holds no public key: write its 64 hex digits there/);
});

it('says which file it cannot read', () => {
  expect(() => readAccountKeyFile(join(place, 'none'))).toThrow(/Cannot read the key file .*none/);
  expect(() => readAccountKeyFile(place)).toThrow(/EISDIR/);
});
