/** What the pure floors need of cryptography, given to them from outside. */

import type { Digest, PublicKey, SignerKey } from './names.ts';

/** SHA-256 (FIPS 180-4) of bytes, or of the UTF-8 bytes of a text, in lower-case hex. */
export interface Hasher {
  sha256(data: string | Uint8Array): Digest;
}

/**
 * Signs with a peer's own Ed25519 key (RFC 8032), or with one on P-256 (PROTOCOL 12); the signature
 * in base64url without padding.
 */
export interface Signer<Key extends SignerKey = PublicKey> {
  readonly publicKey: Key;
  sign(text: string): string;
}

/**
 * Checks a signature over the UTF-8 bytes of `text`: of Ed25519 under a key of 32 bytes, of ECDSA
 * under one on P-256; false for anything malformed. Ledgers rest on it that all implementations
 * answer alike: `test/contracts/verifier.ts`.
 */
export interface Verifier {
  verify(publicKey: SignerKey, text: string, signature: string): boolean;
  /** The same on another thread, where there is one: for whoever can wait, and let others go on. */
  verifyAside?(publicKey: SignerKey, text: string, signature: string): Promise<boolean>;
}
