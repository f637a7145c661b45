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
import { isAccountKey } from '../../src/domain/transaction.ts';
import { accountOf } from '../../src/ledger/account.ts';
import { generateIdentity, nodeHasher, nodeVerifier, signerOf } from '../../src/node/crypto.ts';
import { openIdentityFile } from '../../src/node/identity-file.ts';
import { addressOf, generateOwner, readOwner } from '../../src/node/owner.ts';
import { openSealedKey, parseSealedKey, sealKey } from '../../src/node/sealed-key.ts';
import {
  createWallet,
  type LockedWallet,
  readWallet,
  unlock,
  type Wallet,
} from '../../src/node/wallet-file.ts';
import { WorldError } from '../../src/node/world-error.ts';
import { accountKeyOf, isSigned, signTransaction } from '../../src/wire/transaction.ts';
import { GENESIS_KEY, GENESIS_PRIVATE_KEY, KEY_OF_A } from '../course-keys.ts';

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

/** The private key of the genesis, and the public key of A. */
const CONTRADICTION = GENESIS_PRIVATE_KEY.slice(0, -128) + KEY_OF_A.slice(-128);

/** The least that is allowed: tests have no secrets. */
const CHEAP = 2 ** 10;

describe('a wallet', () => {
  it('is found again, by the same address, and leaves no other file behind', () => {
    const address = createWallet(path, generateIdentity(), null);
    const wallet = readWallet(path);
    expect(wallet.address).toBe(address);
    expect('owner' in wallet && addressOf(wallet.owner)).toBe(address);
    expect(readdirSync(directory)).toEqual(['purse']);
  });

  it('may be a peer, whose rewards it spends', () => {
    const peer = openIdentityFile(path);
    expect(readWallet(path)).toMatchObject({ address: accountKeyOf(peer.publicKey) });
  });

  it('with a passphrase shows its address without it, and its key only with it', () => {
    const address = createWallet(path, generateIdentity(), 'correct horse', CHEAP);
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
      createWallet(file, generateIdentity(), passphrase, CHEAP);
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
      expect(errorOf(() => createWallet(path, generateIdentity(), passphrase, CHEAP)).code).toBe(
        'wallet-exists',
      );
    expect(readFileSync(path, 'utf8')).toBe('something of value');
  });

  it('that is not there, or cannot be made, is named', () => {
    expect(errorOf(() => readWallet(path)).code).toBe('wallet-missing');
    const nowhere = join(directory, 'no', 'where');
    expect(errorOf(() => createWallet(nowhere, generateIdentity(), null)).code).toBe(
      'wallet-unwritable',
    );
    // Where not even a draft of it could be.
    for (const none of ['/dev/null/wallet', join(directory, 'n'.repeat(300))])
      expect(errorOf(() => createWallet(none, generateIdentity(), null)).code).toBe(
        'wallet-unwritable',
      );
    expect(errorOf(() => readWallet(directory)).code).toBe('wallet-damaged');
  });

  it.each([
    ['an empty file', ''],
    ['a text', 'hello\n'],
    ['some JSON', '{"sortition-wallet":1}'],
    ['half a key', GENESIS_PRIVATE_KEY.slice(0, 100)],
    ['a private key beside the public one of somebody else', CONTRADICTION],
  ])('is not %s', (_, text) => {
    writeFileSync(path, text, { mode: 0o600 });
    expect(errorOf(() => readWallet(path)).code).toBe('wallet-damaged');
  });

  it.each([
    [
      'holds a private key of another type (X25519)',
      generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
    ['holds a public key, and only who has the private one', GENESIS_KEY],
    [
      'holds a private key that another program has encrypted',
      generateIdentity()
        .privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
        .toString(),
    ],
  ])('that %s is not called damaged', (problem, text) => {
    writeFileSync(path, text, { mode: 0o600 });
    const { code, message } = errorOf(() => readWallet(path));
    expect([code, message]).toEqual(['wallet-other-key', expect.stringContaining(problem)]);
  });
});

describe('a wallet with a key on P-256', () => {
  const imported = readOwner(GENESIS_PRIVATE_KEY);
  const owner = imported.kind === 'owner' ? imported.owner : generateOwner('p256');

  it('has the address that the course publishes', () => {
    expect(imported.kind).toBe('owner');
    expect(addressOf(owner)).toBe(GENESIS_KEY);
    expect(owner.clientID).toBe(accountOf(GENESIS_KEY, nodeHasher));
  });

  it('is found again, with a passphrase and without, and signs', () => {
    for (const passphrase of [null, 'secret']) {
      const file = join(directory, String(passphrase));
      expect(createWallet(file, owner, passphrase, CHEAP)).toBe(GENESIS_KEY);
      const wallet = readWallet(file);
      expect(wallet.address).toBe(GENESIS_KEY);
      const found = 'owner' in wallet ? wallet.owner : unlock(wallet, 'secret');
      const made = signTransaction({ to: KEY_OF_A, amount: 2, nonce: 0 }, signerOf(found));
      expect(made.sender).toBe(GENESIS_KEY);
      expect(isSigned(made, nodeVerifier())).toBe(true);
    }
    expect(errorOf(() => unlock(locked(readWallet(join(directory, 'secret'))), 'no')).code).toBe(
      'wrong-passphrase',
    );
  });

  it('may be made anew', () => {
    const [one, other] = [generateOwner('p256'), generateOwner('p256')].map(addressOf);
    expect([one, other].map((key) => isAccountKey(key))).toEqual([true, true]);
    expect(one).not.toBe(other);
    expect(one).toHaveLength(182);
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
