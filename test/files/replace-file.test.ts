/** A file that gets another text stays the file that it was. */

import type * as Fs from 'node:fs';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { replaceFile } from '../../src/files/replace-file.ts';

/** What the system answers to these calls instead of doing them. */
const refused = new Map<string, string>();

vi.mock('node:fs', async (load) => {
  const real = await load<typeof Fs>();
  const refusing = (name: 'renameSync' | 'fchownSync' | 'openSync'): unknown => {
    const call = real[name] as (...args: unknown[]) => unknown;
    return (...args: unknown[]) => {
      const code = refused.get(args[1] === 'wx' ? 'draft' : name);
      if (code === undefined) return call(...args);
      throw Object.assign(new Error(`${code}: ${name}`), { code });
    };
  };
  return {
    ...real,
    renameSync: refusing('renameSync'),
    fchownSync: refusing('fchownSync'),
    openSync: refusing('openSync'),
  };
});

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sortition-replace-'));
  path = join(folder, 'users');
});
afterEach(() => {
  refused.clear();
  rmSync(folder, { recursive: true });
});

const isUnix = process.platform !== 'win32';
const isRoot = process.getuid?.() === 0;
const modeOf = (file: string): number => statSync(file).mode & 0o7777;

it('a file that is not there yet is made, and nothing is left beside it', () => {
  replaceFile(path, 'new', 0o600);
  expect(readFileSync(path, 'utf8')).toBe('new');
  if (isUnix) expect(modeOf(path)).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['users']);
});

it.skipIf(!isUnix)('a file keeps its mode', () => {
  writeFileSync(path, 'old');
  chmodSync(path, 0o2640);
  replaceFile(path, 'new', 0o600);
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(modeOf(path)).toBe(0o2640);
});

it.skipIf(!isRoot)('root leaves a file to the user and the group that it belongs to', () => {
  writeFileSync(path, 'old');
  chownSync(path, 12_345, 23_456);
  replaceFile(path, 'a longer text', 0o600);
  expect(readFileSync(path, 'utf8')).toBe('a longer text');
  expect(statSync(path)).toMatchObject({ uid: 12_345, gid: 23_456 });
});

it.skipIf(!isUnix)('links stay links, and what they point to gets the text', () => {
  mkdirSync(join(folder, 'real'));
  writeFileSync(join(folder, 'real', 'users'), 'old');
  symlinkSync(join('real', 'users'), path);
  symlinkSync('users', join(folder, 'second'));
  replaceFile(join(folder, 'second'), 'new', 0o600);
  expect(readlinkSync(path)).toBe(join('real', 'users'));
  expect(readlinkSync(join(folder, 'second'))).toBe('users');
  expect(readFileSync(join(folder, 'real', 'users'), 'utf8')).toBe('new');
  expect(readdirSync(join(folder, 'real'))).toEqual(['users']);
});

it.skipIf(!isUnix)('a link to a file that is not there yet stays one', () => {
  symlinkSync('later', path);
  replaceFile(path, 'new', 0o600);
  expect(readlinkSync(path)).toBe('later');
  expect(readFileSync(join(folder, 'later'), 'utf8')).toBe('new');
});

it.skipIf(!isUnix)('two names of one file stay names of one file', () => {
  writeFileSync(path, 'an old text');
  linkSync(path, join(folder, 'other'));
  replaceFile(path, 'new', 0o600);
  expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('new');
});

it.each([
  ['is mounted by itself', 'renameSync', 'EBUSY'],
  ['is mounted from elsewhere', 'renameSync', 'EXDEV'],
  ['lies in a folder that is not ours', 'draft', 'EACCES'],
  ['lies in a folder that is read-only', 'draft', 'EROFS'],
])('a file that %s is written over', (_, call, code) => {
  writeFileSync(path, 'an old text');
  refused.set(call, code);
  replaceFile(path, 'new', 0o600);
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(readdirSync(folder)).toEqual(['users']);
});

it.skipIf(!isRoot)('a file whose owner we cannot give to a draft is written over', () => {
  writeFileSync(path, 'an old text');
  chownSync(path, 12_345, 23_456);
  refused.set('fchownSync', 'EPERM');
  replaceFile(path, 'new', 0o600);
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path)).toMatchObject({ uid: 12_345, gid: 23_456 });
});

it('a full disk leaves the old text, and no draft', () => {
  writeFileSync(path, 'old');
  refused.set('draft', 'ENOSPC');
  expect(() => replaceFile(path, 'new', 0o600)).toThrow('ENOSPC');
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['users']);
});
