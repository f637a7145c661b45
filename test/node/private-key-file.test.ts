import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Owner } from '../../src/node/owner.ts';
import { addressOf, generateOwner } from '../../src/node/owner.ts';
import { readPrivateKeyFile } from '../../src/node/private-key-file.ts';
import { sealKey } from '../../src/node/sealed-key.ts';
import { WorldError } from '../../src/node/world-error.ts';
import { GENESIS_KEY, GENESIS_PRIVATE_KEY, KEY_OF_A } from '../course-keys.ts';

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'sortition-key-'));
});
afterAll(() => rmSync(place, { recursive: true }));

function read(text: string): Owner {
  const path = join(place, 'private_key.txt');
  writeFileSync(path, text);
  return readPrivateKeyFile(path);
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

const pemOf = (key: KeyObject, type: 'pkcs8' | 'sec1' = 'pkcs8'): string =>
  key.export({ format: 'pem', type }).toString();
const hexOf = (key: KeyObject): string =>
  key.export({ format: 'der', type: 'pkcs8' }).toString('hex');

const secret = GENESIS_PRIVATE_KEY.slice(72, 136);
const withSecret = (digits: string): string => GENESIS_PRIVATE_KEY.replace(secret, digits);
/** Of the curve: as many points as that there are, and none is its multiple. */
const ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';
const bare = (digits: string): string =>
  `3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420${digits}`;

it.each([
  ['as the course has it', GENESIS_PRIVATE_KEY],
  [
    'in capitals, over lines',
    `\ufeff${GENESIS_PRIVATE_KEY.toUpperCase().replace(/.{16}/g, '$&\r\n')}`,
  ],
  ['in base64', Buffer.from(GENESIS_PRIVATE_KEY, 'hex').toString('base64')],
  ['without the public one beside it', bare(secret)],
])('reads a private key %s', (_, text) => expect(addressOf(read(text))).toBe(GENESIS_KEY));

it('reads what openssl writes, of either type', () => {
  const ed25519 = generateOwner('ed25519');
  const onP256 = generateOwner('p256');
  for (const owner of [ed25519, onP256])
    for (const text of [pemOf(owner.privateKey), hexOf(owner.privateKey)])
      expect(addressOf(read(text))).toBe(addressOf(owner));
  const sec1 = pemOf(onP256.privateKey, 'sec1');
  expect(addressOf(read(sec1))).toBe(addressOf(onP256));
  const parameters =
    '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
  expect(addressOf(read(parameters + sec1))).toBe(addressOf(onP256));
});

it.each([
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
  ['X25519', generateKeyPairSync('x25519').privateKey],
  ['Ed448', generateKeyPairSync('ed448').privateKey],
  ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
  ['secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey],
])('names a private key of type %s', (type, key) => {
  for (const text of [pemOf(key), hexOf(key)])
    expect(errorOf(text)).toMatchObject({
      code: 'key-other-type',
      message: expect.stringContaining(`holds a private key of another type (${type}): accounts`),
    });
});

it.each([
  ['the public key of somebody else', GENESIS_PRIVATE_KEY.slice(0, -128) + KEY_OF_A.slice(-128)],
  ['no secret', withSecret('0'.repeat(64))],
  ['a secret of the order', withSecret(ORDER)],
  ['nothing but zero', bare('0'.repeat(64))],
])('takes no key that has %s, to which somebody would pay', (_, text) => {
  expect(errorOf(text).code).toBe('key-contradiction');
});

const locked = { format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
const ed25519 = generateKeyPairSync('ed25519');

it.each([
  ['key-locked', ed25519.privateKey.export(locked).toString()],
  ['key-public', GENESIS_KEY],
  ['key-public', ed25519.publicKey.export({ format: 'pem', type: 'spki' }).toString()],
  ['key-in-wallet', sealKey(generateOwner('ed25519'), 'secret', 2 ** 10)],
  ['key-malformed', ''],
  ['key-malformed', 'hello'],
  ['key-malformed', secret],
  ['key-malformed', GENESIS_PRIVATE_KEY.slice(2)],
  ['key-malformed', `${GENESIS_PRIVATE_KEY}00`],
  ['key-malformed', GENESIS_PRIVATE_KEY.repeat(2)],
  ['key-malformed', pemOf(ed25519.privateKey).repeat(2)],
  ['key-malformed', pemOf(ed25519.privateKey).slice(0, 60)],
  ['key-malformed', `${GENESIS_PRIVATE_KEY}${' '.repeat(70_000)}`],
])('says %s where no private key can be read', (code, text) => {
  expect(errorOf(text).code).toBe(code);
});

it('says which file it cannot read', () => {
  expect(() => readPrivateKeyFile(join(place, 'none'))).toThrow(/Cannot read the key file .*none/);
  expect(() => readPrivateKeyFile(place)).toThrow(/EISDIR/);
});
