/** Owners of accounts: private keys of the types that accounts have, with their names. */

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { assert } from '../domain/assert.ts';
import type { AccountKey, ClientID, SignerKey } from '../domain/names.ts';
import { isP256Key } from '../domain/p256.ts';
import { accountOf } from '../ledger/account.ts';
import { accountKeyOf, publicKeyOf } from '../wire/transaction.ts';
import { generateIdentity, identityOf, nodeHasher } from './crypto.ts';
import { digitsOf, isLockedPem, readPrivateKey, readPublicKey, typeOf } from './key-text.ts';

/** Who can spend what an account holds: its name with both halves of its key. A peer can, too. */
export type Owner = {
  readonly clientID: ClientID;
  readonly publicKey: SignerKey;
  readonly privateKey: KeyObject;
};

/** What accounts have keys of. */
export type KeyType = 'ed25519' | 'p256';

export type OwnerReading = { readonly kind: 'owner'; readonly owner: Owner } | NoOwner;

export type NoOwner =
  /** A sound key, as far as we know, of which accounts have none. */
  | { readonly kind: 'other-type'; readonly type: string }
  /** The public key beside it is that of another one. */
  | { readonly kind: 'contradiction' }
  /** A passphrase locks it, in the way of other programs. */
  | { readonly kind: 'locked' }
  /** A public key alone. */
  | { readonly kind: 'public' }
  | { readonly kind: 'none' };

/** The address of an owner: its public key as transactions spell it. */
export function addressOf({ publicKey }: Pick<Owner, 'publicKey'>): AccountKey {
  return accountKeyOf(publicKey);
}

/** A new key. */
export function generateOwner(type: KeyType): Owner {
  if (type === 'ed25519') return generateIdentity();
  const read = ownerOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  assert(read.kind === 'owner', 'A key that was made now is sound.');
  return read.owner;
}

/** The owner whose private key is in the text of a file, however other programs have written it. */
export function readOwner(text: string): OwnerReading {
  const key = readPrivateKey(text);
  if (key !== null) return ownerOf(key);
  if (isLockedPem(text)) return { kind: 'locked' };
  const isPublic = isP256Key(digitsOf(text)) || readPublicKey(text) !== null;
  return { kind: isPublic ? 'public' : 'none' };
}

/** Why there is no owner: what follows "The file … ", and what to do. */
export function problemOfOwner(reading: NoOwner): string {
  switch (reading.kind) {
    case 'other-type':
      return (
        `holds a private key of another type (${reading.type}): accounts have keys of Ed25519 ` +
        'or P-256; name the file of such a one.'
      );
    case 'contradiction':
      return (
        'holds a private key beside a public key that is not its own, so that nobody could spend ' +
        'what is paid to it: export the key again.'
      );
    case 'locked':
      return (
        'holds a private key that another program has encrypted: decrypt it first, ' +
        'with "openssl pkey -in FILE -out NEWFILE".'
      );
    case 'public':
      return 'holds a public key, and only who has the private one can spend: name its file.';
    case 'none':
      return (
        'holds no private key that can be read: name one with a key of Ed25519 or P-256 in ' +
        'PKCS #8, as PEM, or as DER in hex digits or base64.'
      );
  }
}

/** The owner that a private key stands for. */
export function ownerOf(key: KeyObject): OwnerReading {
  if (key.asymmetricKeyType === 'ed25519') return { kind: 'owner', owner: identityOf(key) };
  const type = typeOf(key);
  if (type !== 'P-256') return { kind: 'other-type', type };
  const owner = ownerOnP256(key);
  return owner === null ? { kind: 'contradiction' } : { kind: 'owner', owner };
}

/** RFC 5958 and RFC 5915: a private key on P-256 without the public one, up to its 32 bytes. */
const BARE_HEAD = '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420';

/**
 * OpenSSL believes the public key that stands beside a private one, and people would pay to it: so
 * it is computed here. Null where another one stands there, and for what is no private key.
 */
function ownerOnP256(key: KeyObject): Owner | null {
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' }).toString('hex');
  const [, secret = ''] = /0201010420([0-9a-f]{64})/.exec(pkcs8) ?? [];
  const bare = Buffer.from(BARE_HEAD + secret, 'hex');
  const privateKey = createPrivateKey({ key: bare, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const spki = publicKey.export({ format: 'der', type: 'spki' }).toString('hex');
  if (!isP256Key(spki) || !createPublicKey(key).equals(publicKey)) return null;
  const address = spki as AccountKey;
  const clientID = accountOf(address, nodeHasher);
  return { clientID, publicKey: publicKeyOf(address), privateKey };
}
