/** What people name as a file is read if it can be, and never waited for without end. */

import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readUsers } from '../../broker/users-file.ts';
import { forgiveMarks } from '../../src/cli/bare-environment.ts';
import { readPem } from '../../src/cli/connection-settings.ts';
import { givenPassphrase } from '../../src/cli/passphrase.ts';
import { readPieces, readText } from '../../src/files/named-file.ts';
import { readAccountKeyFile } from '../../src/node/account-key-file.ts';
import { readBlockFile } from '../../src/node/block-file.ts';
import { piecesOf } from '../../src/node/file-pieces.ts';
import { openIdentityFile } from '../../src/node/identity-file.ts';
import { readRosterFile } from '../../src/node/roster-file.ts';
import { readWallet } from '../../src/node/wallet-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sortition-named-'));
  path = join(folder, 'named');
});
afterEach(() => rmSync(folder, { recursive: true }));

const isUnix = process.platform !== 'win32';

const READERS: readonly (readonly [what: string, read: (path: string) => unknown])[] = [
  ['a roster', readRosterFile],
  ['a recording', (name) => [...piecesOf(name)]],
  ['the key of rewards', readAccountKeyFile],
  ['a certificate', (name) => readPem('certificate', name)],
  ['a passphrase', givenPassphrase],
  ['users', readUsers],
  ['a block', readBlockFile],
  ['an identity', openIdentityFile],
  ['a wallet', readWallet],
];

it.skipIf(!isUnix).each(READERS)('a pipe without a writer is not %s', async (_, read) => {
  execFileSync('mkfifo', ['-m', '600', path]);
  await expect(async () => await read(path)).rejects.toThrow(path);
});

it.skipIf(!isUnix).each(READERS)('a device that never ends is not %s', async (_, read) => {
  await expect(async () => await read('/dev/zero')).rejects.toThrow('/dev/zero');
});

it.skipIf(!isUnix)('a socket is named as one', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  expect(() => readText(path)).toThrow('it is a socket or a device');
  await new Promise((resolve) => server.close(resolve));
});

it.skipIf(!isUnix)('a pipe with a writer is read until that closes it', () => {
  execFileSync('mkfifo', [path]);
  const writer = openSync(path, 'r+');
  writeSync(writer, 'some words');
  const pieces = readPieces(path, () => closeSync(writer));
  expect([...pieces].map((piece) => Buffer.from(piece).toString())).toEqual(['some words']);
});

it.skipIf(!isUnix)('a reader of a pipe is told of its silence, and may give it up', () => {
  execFileSync('mkfifo', [path]);
  const writer = openSync(path, 'r+');
  writeSync(writer, 'begun');
  const told: number[] = [];
  const pieces = readPieces(path, (seconds) => {
    told.push(seconds);
    throw new Error('enough');
  });
  expect(Buffer.from(pieces.next().value ?? []).toString()).toBe('begun');
  expect(() => pieces.next()).toThrow('enough');
  expect(told).toEqual([1]);
  closeSync(writer);
});

it('the mark that an editor puts in front is no part of a text', () => {
  writeFileSync(path, '\ufeffpassphrase\r\nmore');
  expect(readText(path)).toBe('passphrase\r\nmore');
  expect(givenPassphrase(path)).toBe('passphrase');
  expect(readPem('certificate', path).toString()).toBe('passphrase\r\nmore');
});

it('a text in the UTF-16 of Windows is read', () => {
  writeFileSync(path, Buffer.from('\ufeffpäss\r\n', 'utf16le'));
  expect(readText(path)).toBe('päss\r\n');
});

it('a mark in front of a setting, or of its value, is forgiven', () => {
  const environment = {
    '\ufeffSORTITION_HOST': 'h',
    SORTITION_PASSPHRASE: '\ufeffsesame',
    '\ufeffSORTITION_PORT': '1',
    SORTITION_PORT: '2',
    OTHER: '\ufeffother',
  };
  forgiveMarks(environment);
  expect(environment).toMatchObject({
    SORTITION_HOST: 'h',
    SORTITION_PASSPHRASE: 'sesame',
    SORTITION_PORT: '2',
    OTHER: '\ufeffother',
  });
});
