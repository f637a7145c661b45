import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openIdentityFile } from '../../src/node/identity-file.ts';
import { WorldError } from '../../src/node/world-error.ts';

const isPosix = process.platform !== 'win32';

let directory = '';
let path = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sortition-identity-'));
  path = join(directory, 'key.pem');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function errorOf(file = path): WorldError {
  try {
    openIdentityFile(file);
  } catch (error) {
    if (error instanceof WorldError) return error;
    throw error;
  }
  throw new Error('The file was taken.');
}

function put(text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
}

it('makes an identity where there is none, and finds the same one again', () => {
  const made = openIdentityFile(path);
  const found = openIdentityFile(path);
  expect([found.clientID, found.publicKey]).toEqual([made.clientID, made.publicKey]);
  expect(readFileSync(path, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
});

it('leaves no other file behind', () => {
  openIdentityFile(path);
  expect(readdirSync(directory)).toEqual(['key.pem']);
});

it.runIf(isPosix)('lets nobody but its owner read the file that it makes', () => {
  openIdentityFile(path);
  expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
});

it.runIf(isPosix)('refuses a file that others can read, in one sentence', () => {
  openIdentityFile(path);
  for (const mode of [0o640, 0o604, 0o644]) {
    chmodSync(path, mode);
    const error = errorOf();
    expect(error.code).toBe('identity-exposed');
    expect(error.message).toBe(
      `The identity file ${path} is open to other users (mode ${mode.toString(8)}): ` +
        `if nobody else has seen it, run chmod 600 ${path}, otherwise delete it.`,
    );
  }
});

it.each([
  ['an empty file', ''],
  ['a text', 'hello\n'],
  [
    'a public key',
    generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  ],
  [
    'a key with a passphrase',
    generateKeyPairSync('ed25519')
      .privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
      .toString(),
  ],
])('refuses %s, and leaves it as it is', (_, text) => {
  put(text);
  expect(errorOf().code).toBe('identity-not-a-key');
  expect(readFileSync(path, 'utf8')).toBe(text);
});

it.each([
  ['X25519', generateKeyPairSync('x25519').privateKey],
  ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
])('refuses a key of type %s, and names it', (type, privateKey) => {
  put(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  const error = errorOf();
  expect([error.code, error.facts]).toEqual(['identity-other-key', { path, type }]);
  expect(error.message).toContain(`holds a key of type ${type};`);
});

it('refuses a directory', () => {
  mkdirSync(path);
  expect(errorOf().code).toBe('identity-not-a-key');
});

it('says where it cannot write', () => {
  const error = errorOf(join(directory, 'nowhere', 'key.pem'));
  expect(error).toMatchObject({ code: 'identity-unwritable', facts: { reason: 'ENOENT' } });
  expect(error.message).not.toContain('\n');
});

it.runIf(isPosix)('does not write through a link that leads nowhere', () => {
  symlinkSync(join(directory, 'elsewhere'), path);
  expect(errorOf().code).toBe('identity-unreadable');
  expect(readdirSync(directory)).toEqual(['key.pem']);
});
