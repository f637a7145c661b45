import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readBlockFile, replaceBlockFile } from '../../src/node/block-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sortition-block-'));
  path = join(folder, 'last_block.txt');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('a file that is not there is made, read and replaced, and nothing is left beside it', () => {
  expect(readBlockFile(path)).toBeNull();
  replaceBlockFile(path, null, 'first');
  expect(readBlockFile(path)).toBe('first');
  replaceBlockFile(path, 'first', 'second');
  expect(readFileSync(path, 'utf8')).toBe('second');
  expect(readdirSync(folder)).toEqual(['last_block.txt']);
});

it.each([
  ['block\n', 'block'],
  ['block\r\n', 'block'],
  ['block\n\n', 'block\n'],
  [' \u{1f331} ', ' \u{1f331} '],
  ['\ufeffblock', '\ufeffblock'],
])('%j is the block %j', (content, block) => {
  writeFileSync(path, content);
  expect(readBlockFile(path)).toBe(block);
});

it.each([
  ['is empty', ''],
  ['is empty', '\n'],
  ['is not UTF-8', Buffer.from([0xff, 0x41])],
  ['is longer than 65536 bytes', 'x'.repeat(65_537)],
])('whatever %s is refused', (problem, content) => {
  writeFileSync(path, content);
  expect(() => readBlockFile(path)).toThrow(problem);
  expect(() => readBlockFile(folder)).toThrow('is no file');
});

it('what somebody else has written meanwhile is not overwritten', () => {
  writeFileSync(path, 'theirs');
  for (const before of ['ours', null]) {
    expect(() => replaceBlockFile(path, before, 'new')).toThrow('Somebody else has changed');
  }
  expect(readFileSync(path, 'utf8')).toBe('theirs');
});

it('where nothing can be written, one sentence says so, and no draft is left', () => {
  const nowhere = join(folder, 'none', 'block');
  expect(() => replaceBlockFile(nowhere, null, 'new')).toThrow(/^Cannot write .* \(ENOENT\): /);
  expect(readdirSync(folder)).toEqual([]);
});

it.skipIf(process.platform === 'win32')('a symbolic link stays one', () => {
  mkdirSync(join(folder, 'real'));
  const target = join(folder, 'real', 'block');
  writeFileSync(target, 'old');
  symlinkSync(target, path);
  replaceBlockFile(path, 'old', 'new');
  expect(readFileSync(target, 'utf8')).toBe('new');
});
