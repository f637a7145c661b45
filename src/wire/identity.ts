/** How a public key proves the name of its peer. */

import { stringify } from 'uuid';
import type { Hasher } from '../domain/crypto.ts';
import type { Member } from '../domain/message.ts';
import type { ClientID, PublicKey } from '../domain/names.ts';

/** The form of a ClientID: a UUID version 8 in lower case. */
export const CLIENT_ID: RegExp =
  /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * The form of a public key: 32 bytes in base64url. The last of 43 digits has 4 bits only: others
 * would spell the same key a second way.
 */
export const PUBLIC_KEY: RegExp = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** Whether `text` has the form of a ClientID: a UUID version 8 in lower case. */
export function isClientID(text: unknown): text is ClientID {
  return typeof text === 'string' && CLIENT_ID.test(text);
}

/** Whether `text` has the form of a public key: 32 bytes in base64url without padding. */
export function isPublicKey(text: unknown): text is PublicKey {
  return typeof text === 'string' && PUBLIC_KEY.test(text);
}

/**
 * The name that `publicKey` proves: a UUID version 8 (RFC 9562 section 5.8) of the first 16 bytes
 * of the SHA-256 of the raw key.
 */
export function clientIDOf(publicKey: PublicKey, hasher: Hasher): ClientID {
  const digest = hasher.sha256(bytesOf(publicKey));
  const bytes = Uint8Array.from({ length: 16 }, (_, index) =>
    Number.parseInt(digest.slice(2 * index, 2 * index + 2), 16),
  );
  // Version and variant take 6 bits of the 128 (RFC 9562 sections 4.1 and 4.2).
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return stringify(bytes) as ClientID;
}

/** Whether a member's key is well-formed and proves the member's name. */
export function provesName(member: Member, hasher: Hasher): boolean {
  return isPublicKey(member.publicKey) && clientIDOf(member.publicKey, hasher) === member.clientID;
}

/** Decodes base64url with `atob`, which browsers and Node both have. */
function bytesOf(publicKey: PublicKey): Uint8Array {
  const binary = atob(publicKey.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
