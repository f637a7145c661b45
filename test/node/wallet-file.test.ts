import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateIdentity, nodeHasher } from '../../src/node/crypto.ts';
import { openIdentityFile } from '../../src/node/identity-file.ts';
import { openSealedKey, parseSealedKey, sealKey } from '../../src/node/sealed-key.ts';
import {
  createWallet,
  type LockedWallet,
  readWallet,
  unlock,
  type Wallet,
} from '../../src/node/wallet-file.ts';
import { WorldError } from '../../src/node/world-error.ts';
import { accountKeyOf } from '../../src/wire/transaction.ts';

const isPosix = process.platform !== 'win32';

let directory = '';
let path = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sortition-wallet-'));
  path = join(directory, 'purse');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function errorOf(attempt: () => unknown): WorldError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof WorldError) return error;
    throw error;
  }
  throw new Error('It was taken.');
}

function locked(wallet: Wallet): LockedWallet {
  if ('lock' in wallet) return wallet;
  throw new Error('It needs no passphrase.');
}

/** The least that is allowed: tests have no secrets. */
const CHEAP = 2 ** 10;

describe('a wallet', () => {
  it('is found again, by the same address, and leaves no other file behind', () => {
    const address = createWallet(path, null);
    const wallet = readWallet(path);
    expect(wallet.address).toBe(address);
    expect('identity' in wallet && accountKeyOf(wallet.identity.publicKey)).toBe(address);
    expect(readdirSync(directory)).toEqual(['purse']);
  });

  it('may be a peer, whose rewards it spends', () => {
    const peer = openIdentityFile(path);
    expect(readWallet(path)).toMatchObject({ address: accountKeyOf(peer.publicKey) });
  });

  it('with a passphrase shows its address without it, and its key only with it', () => {
    const address = createWallet(path, 'correct horse', CHEAP);
    const wallet = locked(readWallet(path));
    expect(wallet.address).toBe(address);
    expect(accountKeyOf(unlock(wallet, 'correct horse').publicKey)).toBe(address);
    const { code, message } = errorOf(() => unlock(wallet, 'correct horse '));
    expect(code).toBe('wrong-passphrase');
    expect(message).toBe(`That is not the passphrase of the wallet ${path}: try again.`);
    expect(readFileSync(path, 'utf8')).not.toContain('PRIVATE');
  });

  it.runIf(isPosix)('is for its owner alone, with a passphrase or without', () => {
    for (const passphrase of [null, 'secret']) {
      const file = join(directory, String(passphrase));
      createWallet(file, passphrase, CHEAP);
      expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
      chmodSync(file, 0o640);
      const { code, message } = errorOf(() => readWallet(file));
      expect(code).toBe('wallet-exposed');
      expect(message).toContain('(mode 640)');
      expect(message).toContain('send what its account holds to a new wallet');
    }
  });

  it('never takes the place of a file that is there', () => {
    writeFileSync(path, 'something of value');
    for (const passphrase of [null, 'secret'])
      expect(errorOf(() => createWallet(path, passphrase, CHEAP)).code).toBe('wallet-exists');
    expect(readFileSync(path, 'utf8')).toBe('something of value');
  });

  it('that is not there, or cannot be made, is named', () => {
    expect(errorOf(() => readWallet(path)).code).toBe('wallet-missing');
    const nowhere = join(directory, 'no', 'where');
    expect(errorOf(() => createWallet(nowhere, null)).code).toBe('wallet-unwritable');
    // Where not even a draft of it could be.
    for (const none of ['/dev/null/wallet', join(directory, 'n'.repeat(300))])
      expect(errorOf(() => createWallet(none, null)).code).toBe('wallet-unwritable');
    expect(errorOf(() => readWallet(directory)).code).toBe('wallet-damaged');
  });

  it.each([
    ['an empty file', ''],
    ['a text', 'hello\n'],
    ['some JSON', '{"sortition-wallet":1}'],
    [
      'a key of another type',
      generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
  ])('is not %s', (_, text) => {
    writeFileSync(path, text, { mode: 0o600 });
    expect(errorOf(() => readWallet(path)).code).toBe('wallet-damaged');
  });
});

describe('a sealed key', () => {
  const identity = generateIdentity();
  const text = sealKey(identity, 'secret', CHEAP);

  it('is told from a wrong passphrase when it is damaged, wherever that is', () => {
    expect(parseSealedKey(text)).not.toBeNull();
    const digits = [...text].flatMap((character, at) => (/[0-9a-f]/.test(character) ? [at] : []));
    expect(digits.length).toBeGreaterThan(250);
    for (const at of digits) {
      const other = text[at] === '0' ? '1' : '0';
      expect(parseSealedKey(text.slice(0, at) + other + text.slice(at + 1))).toBeNull();
    }
    for (const length of [0, 1, 100, text.length - 3])
      expect(parseSealedKey(text.slice(0, length))).toBeNull();
  });

  it('opens however its passphrase is spelled in Unicode, and its JSON laid out', () => {
    const sealed = parseSealedKey(sealKey(identity, 'caf\u00e9', CHEAP));
    if (sealed === null) throw new Error('It was written a moment ago.');
    expect(openSealedKey(sealed, 'cafe\u0301')?.clientID).toBe(identity.clientID);
    expect(openSealedKey(sealed, 'cafe')).toBeNull();
    expect(parseSealedKey(JSON.stringify(JSON.parse(text)))).toEqual(parseSealedKey(text));
  });

  it('is another one each time, for the same key and passphrase', () => {
    const again = parseSealedKey(sealKey(identity, 'secret', CHEAP));
    const once = parseSealedKey(text);
    expect(again?.scrypt.salt).not.toBe(once?.scrypt.salt);
    expect(again?.['aes-256-gcm'].iv).not.toBe(once?.['aes-256-gcm'].iv);
  });

  it('belongs to its address: under another one it does not open', () => {
    const sealed = parseSealedKey(text);
    if (sealed === null) throw new Error('It was written a moment ago.');
    const address = accountKeyOf(generateIdentity().publicKey);
    expect(openSealedKey({ ...sealed, address }, 'secret')).toBeNull();
    expect(openSealedKey(sealed, 'secret')).not.toBeNull();
  });

  it('that would take all memory there is, or costs nothing to guess, is not opened', () => {
    const withCost = (n: number): string => {
      const { sum: _, ...rest } = JSON.parse(text);
      const body = { ...rest, scrypt: { ...rest.scrypt, n } };
      const sum = nodeHasher.sha256(JSON.stringify(body)).slice(0, 16);
      return JSON.stringify({ ...body, sum });
    };
    expect(parseSealedKey(withCost(CHEAP))).toEqual(parseSealedKey(text));
    for (const cost of [2 ** 30, 2 ** 21, 2 ** 9, CHEAP + 1, 0, -1, 0.5])
      expect(parseSealedKey(withCost(cost))).toBeNull();
  });
});
