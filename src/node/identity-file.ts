/** The file that a peer keeps its private key in. */

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { generateIdentity, type Identity, identityOf } from './crypto.ts';
import { typeOf } from './key-text.ts';
import { unreadable } from './named-text.ts';
import { createPrivateFile, readPrivateFile } from './private-file.ts';
import { WorldError } from './world-error.ts';

/**
 * The identity in the file at `path`: an Ed25519 private key as PEM (PKCS #8, RFC 5958 and 8410).
 * Where there is no file, makes a new identity and keeps it there, readable by its owner only.
 * Throws a `WorldError`: `identity-unreadable`, `identity-exposed`, `identity-not-a-key`,
 * `identity-other-key`, `identity-unwritable`.
 */
export function openIdentityFile(path: string): Identity {
  return readIdentity(path) ?? createIdentity(path) ?? readAgain(path);
}

/** Null where there is no file. */
function readIdentity(path: string): Identity | null {
  const pem = readPrivateFile('identity', path);
  if (pem === null) return null;
  const key = importPrivateKey(path, pem);
  if (key.asymmetricKeyType === 'ed25519') return identityOf(key);
  const type = typeOf(key);
  throw new WorldError(
    `The identity file ${path} holds a key of type ${type}; sortition needs Ed25519: ` +
      'name another file, or one that does not exist yet to get a new identity.',
    { code: 'identity-other-key', facts: { path, type } },
  );
}

function importPrivateKey(path: string, pem: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: 'pem' });
  } catch (cause) {
    throw new WorldError(
      `The identity file ${path} holds no private key that can be read (PEM without a ` +
        'passphrase): name another file, or one that does not exist yet to get a new identity.',
      { code: 'identity-not-a-key', facts: { path }, cause },
    );
  }
}

/** Null where somebody else has made the file meanwhile. */
function createIdentity(path: string): Identity | null {
  const identity = generateIdentity();
  const pem = identity.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return createPrivateFile('identity', path, pem) ? identity : null;
}

/** Two peers were started with one new file: both are now the one that was faster. */
function readAgain(path: string): Identity {
  const identity = readIdentity(path);
  if (identity === null) throw unreadable('identity', path, new Error('it came and went'));
  return identity;
}
