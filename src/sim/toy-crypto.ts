/** Toy signatures: told from forged ones, and a hundred times cheaper than true ones. */

import type { Hasher, Signer, Verifier } from '../domain/crypto.ts';
import type { Member } from '../domain/message.ts';
import type { PublicKey } from '../domain/names.ts';
import { clientIDOf } from '../wire/identity.ts';

/** The length of an Ed25519 signature in base64url. */
const signatureLength = 86;

/** Anybody who knows the key could sign with it: nobody in a false world tries. */
export function toySignature(publicKey: PublicKey, text: string, hasher: Hasher): string {
  return hasher.sha256(`${publicKey}\n${text}`).padEnd(signatureLength, 'A');
}

export function toySigner(publicKey: PublicKey, hasher: Hasher): Signer {
  return { publicKey, sign: (text) => toySignature(publicKey, text, hasher) };
}

export function toyVerifier(hasher: Hasher): Verifier {
  return {
    verify: (publicKey, text, signature) => toySignature(publicKey, text, hasher) === signature,
  };
}

/** A peer's identity out of 64 hex digits. */
export function toyIdentity(secret: string, hasher: Hasher): Member {
  // 42 of the digits are valid base64url digits; the last one stands for 4 bits and 2 zero bits.
  const publicKey = `${secret.slice(0, 42)}A` as PublicKey;
  return { publicKey, clientID: clientIDOf(publicKey, hasher) };
}
