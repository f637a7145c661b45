/** The file that names the key which rewards are credited to. */

import type { KeyObject } from 'node:crypto';
import type { AccountKey } from '../domain/names.ts';
import { isP256Form } from '../domain/p256.ts';
import { isAccountKey } from '../domain/transaction.ts';
import { digitsOf, isPrivatePem, readPrivateKey, readPublicKey, typeOf } from './key-text.ts';
import { readNamedText } from './named-text.ts';
import { WorldError } from './world-error.ts';

/** The largest public keys take some 3,000; a file of this size is something else. */
const MOST_CHARACTERS = 16_384;

/** Of the DER that RFC 8410 puts around a public key of Ed25519. */
const ED25519_DER = '302a300506032b6570032100';

/** A bare point without what says of which curve it is. */
const BARE_POINT = /^(?:04[0-9a-f]{128}|0[23][0-9a-f]{64})$/;

/**
 * The public key in the file at `path`: 64 hex digits, or the 182 of a key on P-256, of either
 * case, with white space wherever one likes; or a key of these types as SubjectPublicKeyInfo in
 * PEM, hex or base64. Throws a `WorldError`: `key-unreadable`, `key-malformed`, `key-other-type`,
 * `key-private`.
 */
export function readAccountKeyFile(path: string): AccountKey {
  const text = readNamedText('key', path);
  if (text.length > MOST_CHARACTERS) throw malformed(path, 'it is too long');
  const key = digitsOf(text);
  if (isAccountKey(key)) return key;
  const read = readPublicKey(text);
  const isPrivate = isPrivatePem(text) || (read === null && readPrivateKey(text) !== null);
  if (isPrivate) throw privateKey(path);
  if (read === null) throw malformed(path, problemOf(key));
  const known = keyIn(read);
  if (known === null) throw otherType(path, typeOf(read));
  return known;
}

/** Null for a key of another type, or in another encoding. */
function keyIn(read: KeyObject): AccountKey | null {
  try {
    const spki = read.export({ format: 'der', type: 'spki' }).toString('hex');
    const key = spki.startsWith(ED25519_DER) ? spki.slice(ED25519_DER.length) : spki;
    return isAccountKey(key) ? key : null;
  } catch {
    return null;
  }
}

function problemOf(digits: string): string {
  if (isP256Form(digits)) return 'its point is not on the curve P-256, so a digit of it is wrong';
  if (BARE_POINT.test(digits)) return 'it has a point, and does not say of which curve';
  return 'nothing in it can be read as one';
}

function malformed(path: string, problem: string): WorldError {
  return new WorldError(
    `The file ${path} holds no public key (${problem}): write its 64 hex digits there, or ` +
      'the 182 of one on P-256, and no more ("sortition wallet address" shows those of a wallet).',
    { code: 'key-malformed', facts: { path, problem } },
  );
}

function otherType(path: string, type: string): WorldError {
  return new WorldError(
    `The file ${path} holds a public key of another type (${type}): accounts have keys of ` +
      'Ed25519, or of P-256 in uncompressed form.',
    { code: 'key-other-type', facts: { path, type } },
  );
}

function privateKey(path: string): WorldError {
  return new WorldError(
    `The file ${path} holds a private key, which whoever mines must not have: "sortition wallet ` +
      'import" makes a wallet of it, and "sortition wallet address" shows the public key to write.',
    { code: 'key-private', facts: { path } },
  );
}
