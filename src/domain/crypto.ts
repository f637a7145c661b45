/** What the pure floors need of cryptography, given to them from outside. */

import type { Digest, PublicKey } from './names.ts';

/** SHA-256 (FIPS 180-4) of bytes, or of the UTF-8 bytes of a text, in lower-case hex. */
export interface Hasher {
  sha256(data: string | Uint8Array): Digest;
}

/** Signs with the peer's own Ed25519 key (RFC 8032); the signature in base64url without padding. */
export interface Signer {
  readonly publicKey: PublicKey;
  sign(text: string): string;
}

/** Checks an Ed25519 signature over the UTF-8 bytes of `text`; false for anything malformed. */
export interface Verifier {
  verify(publicKey: PublicKey, text: string, signature: string): boolean;
  /** The same on another thread, where there is one: for whoever can wait, and let others go on. */
  verifyAside?(publicKey: PublicKey, text: string, signature: string): Promise<boolean>;
}
