/** Checks signatures with @noble/curves, which runs in browsers, as strictly as Node does. */

import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { sha512 } from '@noble/hashes/sha2.js';
import type { Verifier } from '../../src/domain/crypto.ts';
import { isP256Key, problemOfP256Signature } from '../../src/domain/p256.ts';

const { Point } = ed25519;

/** Its own `verify` multiplies by the cofactor, and so takes signatures that Node refuses. */
export const nobleVerifier: Verifier = {
  verify(publicKey, text, signature) {
    const [key, by] = [publicKey, signature].map((each) => Buffer.from(each, 'base64url'));
    if (key === undefined || by?.length !== 64 || key.toString('base64url') !== publicKey)
      return false;
    try {
      return key.length === 32
        ? holdsEd25519(key, Buffer.from(text), by)
        : holdsP256(key, Buffer.from(text), by);
    } catch {
      return false;
    }
  },
};

/** RFC 8032 section 5.1.7 without the cofactor: R is compared as it is written. */
function holdsEd25519(key: Uint8Array, text: Uint8Array, signature: Uint8Array): boolean {
  const [r, s] = [signature.subarray(0, 32), littleEndian(signature.subarray(32))];
  const point = Point.fromBytes(key, false);
  if (s >= Point.Fn.ORDER || point.isSmallOrder()) return false;
  const k = littleEndian(sha512(Buffer.concat([r, key, text]))) % Point.Fn.ORDER;
  const expected = Point.BASE.multiplyUnsafe(s).subtract(point.multiplyUnsafe(k));
  return !expected.isSmallOrder() && Buffer.from(expected.toBytes()).equals(r);
}

function holdsP256(key: Buffer, text: Uint8Array, signature: Buffer): boolean {
  if (!isP256Key(key.toString('hex'))) return false;
  if (problemOfP256Signature(signature.toString('hex')) !== null) return false;
  return p256.verify(signature, text, key.subarray(-65), { lowS: true });
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}
