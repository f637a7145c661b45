/** A private key that a passphrase locks: scrypt (RFC 7914) and AES-256-GCM (SP 800-38D). */

import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  randomBytes,
  scryptSync,
} from 'node:crypto';
import type { AccountKey } from '../domain/names.ts';
import { isAccountKey } from '../domain/transaction.ts';
import { addressOf, type Owner, ownerOf } from './owner.ts';

/** What stands in a file; all bytes in hex. Whose key it is may be read without the passphrase. */
export type SealedKey = {
  readonly address: AccountKey;
  readonly scrypt: { readonly n: number; readonly r: number; readonly p: number; salt: string };
  readonly 'aes-256-gcm': { readonly iv: string; readonly tag: string; readonly key: string };
};

/** 128 MB and some 0.4 s for each guess (OWASP's advice for scrypt). */
const USUAL_COST = 2 ** 17;

/** Whoever changed a file must not make us take all memory there is. */
const COSTS = { least: 2 ** 10, most: 2 ** 20 } as const;

const BLOCK_SIZE = 8;
const PARALLEL = 1;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 1;
const SUM_DIGITS = 16;

/** The text of a file that holds the key of `owner`; `cost` is scrypt's N, a power of two. */
export function sealKey(owner: Owner, passphrase: string, cost: number = USUAL_COST): string {
  const address = addressOf(owner);
  const salt = randomBytes(SALT_BYTES).toString('hex');
  const scrypt = { n: cost, r: BLOCK_SIZE, p: PARALLEL, salt };
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyOf(passphrase, scrypt), iv);
  cipher.setAAD(Buffer.from(aboutOf({ address, scrypt })));
  const plain = owner.privateKey.export({ type: 'pkcs8', format: 'der' });
  const key = Buffer.concat([cipher.update(plain), cipher.final()]).toString('hex');
  const tag = cipher.getAuthTag().toString('hex');
  const sealed: SealedKey = {
    address,
    scrypt,
    'aes-256-gcm': { iv: iv.toString('hex'), tag, key },
  };
  return `${JSON.stringify({ ...headOf(sealed), sum: sumOf(sealed) }, null, 2)}\n`;
}

/** Reads such a text; null for anything else, and for one that is damaged. */
export function parseSealedKey(text: string): SealedKey | null {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const { address, scrypt } = value as SealedKey;
    const box = value['aes-256-gcm'] as SealedKey['aes-256-gcm'];
    const { n, r, p, salt } = scrypt;
    const { iv, tag, key } = box;
    const sealed = { address, scrypt: { n, r, p, salt }, 'aes-256-gcm': { iv, tag, key } };
    const isWhole = value['sortition-wallet'] === VERSION && value['sum'] === sumOf(sealed);
    return isWhole && isSound(sealed) ? sealed : null;
  } catch {
    return null;
  }
}

/** The key in it; null where the passphrase is another one. */
export function openSealedKey(sealed: SealedKey, passphrase: string): Owner | null {
  const { iv, tag, key } = sealed['aes-256-gcm'];
  const decipher = createDecipheriv(
    'aes-256-gcm',
    keyOf(passphrase, sealed.scrypt),
    Buffer.from(iv, 'hex'),
    { authTagLength: TAG_BYTES },
  );
  decipher.setAAD(Buffer.from(aboutOf(sealed)));
  decipher.setAuthTag(Buffer.from(tag, 'hex'));
  try {
    const plain = Buffer.concat([decipher.update(Buffer.from(key, 'hex')), decipher.final()]);
    const read = ownerOf(createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' }));
    return read.kind === 'owner' ? read.owner : null;
  } catch {
    return null;
  }
}

/** One passphrase has several spellings in Unicode, as keyboards differ. */
function keyOf(passphrase: string, { n, r, p, salt }: SealedKey['scrypt']): Buffer {
  return scryptSync(passphrase.normalize('NFC'), Buffer.from(salt, 'hex'), KEY_BYTES, {
    N: n,
    r,
    p,
    // What it takes is 128 N r, and a little more.
    maxmem: 256 * n * r,
  });
}

/** What is not secret is bound to the key all the same. */
function aboutOf({ address, scrypt }: Pick<SealedKey, 'address' | 'scrypt'>): string {
  const { n, r, p, salt } = scrypt;
  return `sortition-wallet:${VERSION}:${address}:${n}:${r}:${p}:${salt}`;
}

function headOf(sealed: SealedKey): object {
  return { 'sortition-wallet': VERSION, ...sealed };
}

/** Against accidents: without it, damage would look like a wrong passphrase. */
function sumOf(sealed: SealedKey): string {
  const text = JSON.stringify(headOf(sealed));
  return createHash('sha256').update(text).digest('hex').slice(0, SUM_DIGITS);
}

function isSound({ address, scrypt, 'aes-256-gcm': box }: SealedKey): boolean {
  const { n, r, p, salt } = scrypt;
  const isCost = Number.isInteger(Math.log2(n)) && n >= COSTS.least && n <= COSTS.most;
  return (
    isAccountKey(address) &&
    isCost &&
    r === BLOCK_SIZE &&
    p === PARALLEL &&
    isHex(salt, SALT_BYTES) &&
    isHex(box.iv, IV_BYTES) &&
    isHex(box.tag, TAG_BYTES) &&
    /^[0-9a-f]{2,400}$/.test(box.key)
  );
}

function isHex(text: unknown, bytes: number): boolean {
  return typeof text === 'string' && text.length === 2 * bytes && /^[0-9a-f]*$/.test(text);
}
