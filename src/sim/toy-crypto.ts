/** Toy signatures: told from forged ones, and a hundred times cheaper than true ones. */

import type { Hasher, Signer, Verifier } from '../domain/crypto.ts';
import type { Member } from '../domain/message.ts';
import type { PublicKey, SignerKey } from '../domain/names.ts';
import { clientIDOf } from '../wire/identity.ts';

/** The length of a signature in base64url, of either kind. */
const signatureLength = 86;

/** The length of an Ed25519 key. */
const keyLength = 43;

/**
 * Anybody who knows the key could sign with it: nobody in a false world tries. Two products modulo
 * 2^32 over the text, with the multipliers of MurmurHash3: worlds sign and check all day.
 */
export function toySignature(publicKey: SignerKey, text: string): string {
  let one = 0;
  let other = 0;
  for (const part of [publicKey, text]) {
    for (let index = 0; index < part.length; index += 1) {
      const code = part.charCodeAt(index);
      one = Math.imul(one ^ code, 0xcc9e2d51);
      other = Math.imul(other + code, 0x1b873593) ^ (one >>> 15);
    }
  }
  // On P-256 no s is zero.
  const last = publicKey.length === keyLength ? 'A' : 'Q';
  return `${hexOf(one)}${hexOf(other)}`.padEnd(signatureLength - 1, 'A') + last;
}

function hexOf(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

export function toySigner<Key extends SignerKey>(publicKey: Key): Signer<Key> {
  return { publicKey, sign: (text) => toySignature(publicKey, text) };
}

export function toyVerifier(): Verifier {
  return {
    verify: (publicKey, text, signature) => toySignature(publicKey, text) === signature,
  };
}

/** Signs and checks for a whole world: what held once need not be computed again by every peer. */
export class ToyNotary implements Verifier {
  readonly #held = new Map<string, { readonly publicKey: SignerKey; readonly text: string }>();

  signerOf<Key extends SignerKey>(publicKey: Key): Signer<Key> {
    return {
      publicKey,
      sign: (text) => {
        const signature = toySignature(publicKey, text);
        this.#held.set(signature, { publicKey, text });
        return signature;
      },
    };
  }

  verify(publicKey: SignerKey, text: string, signature: string): boolean {
    const known = this.#held.get(signature);
    if (known?.publicKey === publicKey && known.text === text) return true;
    const holds = toySignature(publicKey, text) === signature;
    if (holds) this.#held.set(signature, { publicKey, text });
    return holds;
  }
}

/** A peer's identity out of 64 hex digits. */
export function toyIdentity(secret: string, hasher: Hasher): Member {
  // 42 of the digits are valid base64url digits; the last one stands for 4 bits and 2 zero bits.
  const publicKey = `${secret.slice(0, 42)}A` as PublicKey;
  return { publicKey, clientID: clientIDOf(publicKey, hasher) };
}
