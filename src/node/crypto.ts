/** Hashing, signing and checking with Node's own cryptography. */

import {
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  type VerifyKeyObjectInput,
  verify,
} from 'node:crypto';
import { assert } from '../domain/assert.ts';
import type { Hasher, Signer, Verifier } from '../domain/crypto.ts';
import type { Member } from '../domain/message.ts';
import type { Digest, PublicKey, SignerKey } from '../domain/names.ts';
import { isP256Key, problemOfP256Signature, withLowS } from '../domain/p256.ts';
import { clientIDOf, isPublicKey } from '../wire/identity.ts';

/** A peer's name with both halves of its Ed25519 key (RFC 8032). */
export type Identity = Member & { readonly privateKey: KeyObject };

/** An imported key takes about a kilobyte; a network has far fewer senders at a time. */
const KEYS_KEPT = 1000;

const ED25519_KEY_BYTES = 32;
/** Of x, and of y, at the end of a key on P-256. */
const COORDINATE_BYTES = 32;
/** Of Ed25519 as of ECDSA on P-256. */
const SIGNATURE_BYTES = 64;

/**
 * The points of small order on the curve of RFC 8032 section 5.1 without the sign of x, computed
 * from its equation, with the three whose y is not reduced. OpenSSL takes them for keys, and under
 * such a key anybody can sign: 64 zero bytes sign every fourth text under the first (measured).
 */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** How Node checks under a key. */
type Imported = {
  /** Of ECDSA what the text is hashed with first. */
  readonly hash: 'sha256' | null;
  readonly key: VerifyKeyObjectInput;
};

/** IEEE 1363: r and s one after the other, and no DER around them. */
const R_AND_S = { dsaEncoding: 'ieee-p1363' } as const;

/** SHA-256 by Node. */
export const nodeHasher: Hasher = {
  sha256: (data) => hash('sha256', data) as Digest,
};

/** Checks signatures by Node; keeps the keys that it imported last. */
export function nodeVerifier(): Required<Verifier> {
  const keys = new Map<SignerKey, Imported | null>();
  const keyOf = (publicKey: SignerKey): Imported | null => {
    const known = keys.get(publicKey);
    if (known !== undefined) return known;
    const key = importKey(publicKey);
    const [oldest] = keys.keys();
    if (keys.size >= KEYS_KEPT && oldest !== undefined) keys.delete(oldest);
    keys.set(publicKey, key);
    return key;
  };
  /** Those who are answered together go on together, and speak together. */
  let answers: (() => void)[] = [];
  const answerSoon = (answer: () => void): void => {
    answers.push(answer);
    if (answers.length > 1) return;
    setImmediate(() => {
      const due = answers;
      answers = [];
      for (const each of due) each();
    });
  };
  return {
    verify(publicKey, text, signature) {
      const by = keyOf(publicKey);
      const bytes = by === null ? null : bytesOf(signature, by);
      if (by === null || bytes === null) return false;
      return verify(by.hash, Buffer.from(text, 'utf8'), by.key, bytes);
    },
    verifyAside(publicKey, text, signature) {
      const by = keyOf(publicKey);
      const bytes = by === null ? null : bytesOf(signature, by);
      if (by === null || bytes === null) return Promise.resolve(false);
      return new Promise((resolve) => {
        verify(by.hash, Buffer.from(text, 'utf8'), by.key, bytes, (error, holds) =>
          answerSoon(() => resolve(error === null && holds)),
        );
      });
    },
  };
}

/** Null for what no key of this kind has signed. */
function bytesOf(signature: string, { hash: of }: Imported): Buffer | null {
  const bytes = Buffer.from(signature, 'base64url');
  if (bytes.length !== SIGNATURE_BYTES) return null;
  // OpenSSL 3.0 takes the neutral point for R, 3.5 does not (measured): peers must agree.
  const isWrong =
    of === null
      ? hasSmallOrder(bytes.subarray(0, ED25519_KEY_BYTES))
      : problemOfP256Signature(bytes.toString('hex')) !== null;
  return isWrong ? null : bytes;
}

/** A new peer: a fresh key and the name that it proves. */
export function generateIdentity(): Identity {
  return identityOf(generateKeyPairSync('ed25519').privateKey);
}

/**
 * The identity that an Ed25519 private key stands for. RFC 8410 section 4: the key is what ends its
 * SPKI form. Never as a JSON Web Key: Node 20 sometimes waits for itself for ever when it collects
 * garbage amid that export (four loops of 60,000 to 200,000 keys, of four, came to a stand).
 */
export function identityOf(privateKey: KeyObject): Identity {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const x = spki.subarray(-ED25519_KEY_BYTES).toString('base64url');
  assert(isPublicKey(x), 'An Ed25519 key exports 32 bytes.');
  return { clientID: clientIDOf(x, nodeHasher), publicKey: x, privateKey };
}

/** Signs in the name of a peer, or with a key on P-256. */
export function signerOf<Key extends SignerKey>(pair: {
  readonly publicKey: Key;
  readonly privateKey: KeyObject;
}): Signer<Key> {
  const { publicKey, privateKey: key } = pair;
  const isP256 = key.asymmetricKeyType === 'ec';
  return {
    publicKey,
    sign: (text) => {
      const bytes = Buffer.from(text, 'utf8');
      if (!isP256) return sign(null, bytes, key).toString('base64url');
      const signature = sign('sha256', bytes, { key, ...R_AND_S });
      return Buffer.from(withLowS(signature.toString('hex')), 'hex').toString('base64url');
    },
  };
}

/** Null for what is no key. */
function importKey(publicKey: SignerKey): Imported | null {
  try {
    return isPublicKey(publicKey) ? importEd25519(publicKey) : importP256(publicKey);
  } catch {
    return null;
  }
}

/** RFC 8037 section 2: an Ed25519 key as a JSON Web Key. */
function importEd25519(publicKey: PublicKey): Imported | null {
  if (hasSmallOrder(Buffer.from(publicKey, 'base64url'))) return null;
  const key = { kty: 'OKP', crv: 'Ed25519', x: publicKey };
  return { hash: null, key: { key: createPublicKey({ key, format: 'jwk' }) } };
}

/** As a JSON Web Key (RFC 7518 section 6.2) it is imported in half the time (measured). */
function importP256(publicKey: SignerKey): Imported | null {
  const spki = Buffer.from(publicKey, 'base64url');
  if (!isP256Key(spki.toString('hex')) || spki.toString('base64url') !== publicKey) return null;
  const x = spki.subarray(-2 * COORDINATE_BYTES, -COORDINATE_BYTES).toString('base64url');
  const y = spki.subarray(-COORDINATE_BYTES).toString('base64url');
  const key = { kty: 'EC', crv: 'P-256', x, y };
  return { hash: 'sha256', key: { key: createPublicKey({ key, format: 'jwk' }), ...R_AND_S } };
}

/** Of a point of Ed25519 as it is written, in a key or as R. */
function hasSmallOrder(point: Uint8Array): boolean {
  const bytes = Buffer.from(point);
  bytes.writeUInt8(bytes.readUInt8(31) & 0x7f, 31);
  return SMALL_ORDER.has(bytes.toString('hex'));
}
