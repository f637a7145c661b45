import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAccountKeyFile } from '../../src/node/account-key-file.ts';
import { WorldError } from '../../src/node/world-error.ts';
import { GENESIS_KEY, GENESIS_PRIVATE_KEY } from '../course-keys.ts';

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

function errorOf(text: string): { code: string; message: string } {
  try {
    read(text);
  } catch (error) {
    if (error instanceof WorldError) return error;
    throw error;
  }
  throw new Error('It was taken.');
}

const pemOf = (key: KeyObject): string => key.export({ format: 'pem', type: 'spki' }).toString();
const hexOf = (key: KeyObject): string =>
  key.export({ format: 'der', type: 'spki' }).toString('hex');

describe.each([
  ['Ed25519', KEY],
  ['P-256', GENESIS_KEY],
])('of %s', (_, key) => {
  it.each([
    ['alone', key],
    ['with a line end', `${key}\r\n`],
    ['in capitals', key.toUpperCase()],
    ['in groups, over lines, after a byte order mark', `\ufeff ${key.replace(/.{8}/g, '$& \n\t')}`],
  ])('reads a key %s', (__, text) => expect(read(text)).toBe(key));

  it.each([
    ['a digit too few', key.slice(1)],
    ['a digit too many', `${key}0`],
    ['a byte too many', `${key}00`],
    ['other letters', key.replace('0', 'g')],
    ['two keys', `${key}\n${key}`],
    ['a prefix', `0x${key}`],
    ['a book', `${key}${' '.repeat(20_000)}`],
  ])('refuses %s', (__, text) => {
    const { code, message } = errorOf(text);
    expect(code).toBe('key-malformed');
    expect(message).toMatch(
      /holds no public key \(.*\): write its 64 hex digits there, or the 182/,
    );
  });
});

it('reads keys as openssl writes them, too', () => {
  const onP256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
  const ed25519 = generateKeyPairSync('ed25519').publicKey;
  const raw = hexOf(ed25519).slice(-64);
  for (const spell of [pemOf, hexOf, (key: KeyObject) => base64Of(key)]) {
    expect(read(spell(onP256))).toBe(hexOf(onP256));
    expect(read(spell(ed25519))).toBe(raw);
  }
});

function base64Of(key: KeyObject): string {
  return key.export({ format: 'der', type: 'spki' }).toString('base64');
}

const { publicKey: onP256 } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const point = hexOf(onP256).slice(-128);
const isOdd = Number.parseInt(point.slice(-1), 16) % 2 === 1;
const head = hexOf(onP256).slice(4, 46);

it.each<[string, string | KeyObject]>([
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey],
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 4096 }).publicKey],
  ['RSA-PSS', generateKeyPairSync('rsa-pss', { modulusLength: 1024 }).publicKey],
  ['X25519', generateKeyPairSync('x25519').publicKey],
  ['Ed448', generateKeyPairSync('ed448').publicKey],
  ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey],
  ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey],
  ['secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey],
  ['another elliptic curve', generateKeyPairSync('ec', { namedCurve: 'prime239v1' }).publicKey],
  ['P-256, compressed', `3039${head}032200${isOdd ? '03' : '02'}${point.slice(0, 64)}`],
  ['P-256, hybrid', `3059${head}034200${isOdd ? '07' : '06'}${point}`],
  [
    'an elliptic curve without a name',
    generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).publicKey,
  ],
  ['an elliptic curve without a name', `3019${head}03020000`],
])('names a key of type %s, and calls it neither damaged nor none', (type, key) => {
  for (const text of typeof key === 'string' ? [key] : [pemOf(key), hexOf(key)]) {
    const { code, message } = errorOf(text);
    expect([code, message]).toEqual([
      'key-other-type',
      expect.stringContaining(`holds a public key of another type (${type}): accounts have keys`),
    ]);
  }
});

it('never takes a private key, and says what to do with it', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const sec1 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const locked = { format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
  for (const text of [
    GENESIS_PRIVATE_KEY,
    privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    privateKey.export(locked).toString(),
    sec1.export({ format: 'pem', type: 'sec1' }).toString(),
    sec1.export({ format: 'der', type: 'sec1' }).toString('hex'),
  ]) {
    const { code, message } = errorOf(text);
    expect(code).toBe('key-private');
    expect(message).toMatch(/"sortition wallet import" makes a wallet of it/);
  }
});

it.each([
  ['nothing', '', 'nothing in it can be read as one'],
  ['a text', 'my key', 'nothing in it can be read as one'],
  ['two keys as PEM', pemOf(onP256).repeat(2), 'nothing in it can be read as one'],
  ['half a PEM', `${pemOf(onP256).slice(0, 60)}`, 'nothing in it can be read as one'],
  ['a point off the curve', GENESIS_KEY.replace(/e$/, 'f'), 'its point is not on the curve P-256'],
  ['a bare point', `04${point}`, 'it has a point, and does not say of which curve'],
  ['a compressed one', `02${point.slice(0, 64)}`, 'it has a point, and does not say of which'],
])('says what is wrong with %s', (_, text, problem) => {
  expect(errorOf(text).message).toContain(`holds no public key (${problem}`);
});

it('says which file it cannot read', () => {
  expect(() => readAccountKeyFile(join(place, 'none'))).toThrow(/Cannot read the key file .*none/);
  expect(() => readAccountKeyFile(place)).toThrow(/EISDIR/);
});
