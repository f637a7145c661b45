/** Hashing, signing and checking with Node's own cryptography. */

import {
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { assert } from '../domain/assert.ts';
import type { Hasher, Signer, Verifier } from '../domain/crypto.ts';
import type { Member } from '../domain/message.ts';
import type { Digest, PublicKey } from '../domain/names.ts';
import { clientIDOf, isPublicKey } from '../wire/identity.ts';

/** A peer's name with both halves of its Ed25519 key (RFC 8032). */
export type Identity = Member & { readonly privateKey: KeyObject };

/** An imported key takes about a kilobyte; a network has far fewer senders at a time. */
const KEYS_KEPT = 1000;

const ED25519_KEY_BYTES = 32;
const ED25519_SIGNATURE_BYTES = 64;

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

/** SHA-256 by Node. */
export const nodeHasher: Hasher = {
  sha256: (data) => hash('sha256', data) as Digest,
};

/** Checks Ed25519 signatures by Node; keeps the keys that it imported last. */
export function nodeVerifier(): Required<Verifier> {
  const keys = new Map<PublicKey, KeyObject | null>();
  const keyOf = (publicKey: PublicKey): KeyObject | null => {
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
      const bytes = bytesOf(signature);
      if (bytes === null) return false;
      const key = keyOf(publicKey);
      return key !== null && verify(null, Buffer.from(text, 'utf8'), key, bytes);
    },
    verifyAside(publicKey, text, signature) {
      const bytes = bytesOf(signature);
      const key = bytes === null ? null : keyOf(publicKey);
      if (bytes === null || key === null) return Promise.resolve(false);
      return new Promise((resolve) => {
        verify(null, Buffer.from(text, 'utf8'), key, bytes, (error, holds) =>
          answerSoon(() => resolve(error === null && holds)),
        );
      });
    },
  };
}

function bytesOf(signature: string): Buffer | null {
  const bytes = Buffer.from(signature, 'base64url');
  return bytes.length === ED25519_SIGNATURE_BYTES ? bytes : null;
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

/** Signs in the name of `identity`. */
export function signerOf(identity: Identity): Signer {
  return {
    publicKey: identity.publicKey,
    sign: (text) =>
      sign(null, Buffer.from(text, 'utf8'), identity.privateKey).toString('base64url'),
  };
}

/** RFC 8037 section 2: an Ed25519 key as a JSON Web Key. Null for what is none. */
function importKey(publicKey: PublicKey): KeyObject | null {
  if (!isPublicKey(publicKey) || hasSmallOrder(publicKey)) return null;
  try {
    return createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: publicKey },
      format: 'jwk',
    });
  } catch {
    return null;
  }
}

function hasSmallOrder(publicKey: PublicKey): boolean {
  const bytes = Buffer.from(publicKey, 'base64url');
  bytes.writeUInt8(bytes.readUInt8(31) & 0x7f, 31);
  return SMALL_ORDER.has(bytes.toString('hex'));
}
