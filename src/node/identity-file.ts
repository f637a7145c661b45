/** The file that a peer keeps its private key in. */

import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { generateIdentity, type Identity, identityOf } from './crypto.ts';
import { systemCodeOf, WorldError } from './world-error.ts';

/** What `link` answers where the file system knows no hard links. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

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
  const pem = readPrivately(path);
  if (pem === null) return null;
  const key = importPrivateKey(path, pem);
  if (key.asymmetricKeyType === 'ed25519') return identityOf(key);
  const type = key.asymmetricKeyType ?? 'unknown';
  throw new WorldError(
    `The identity file ${path} holds a key of type ${type}; sortition needs Ed25519: ` +
      'name another file, or one that does not exist yet to get a new identity.',
    { code: 'identity-other-key', facts: { path, type } },
  );
}

function readPrivately(path: string): string | null {
  let file: number;
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for somebody to write into it.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return null;
    throw unreadable(path, cause);
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw notAKey(path);
    refuseExposed(path, status.mode);
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw cause instanceof WorldError ? cause : unreadable(path, cause);
  } finally {
    closeSync(file);
  }
}

/** Windows keeps no such modes; there the directory's permissions have to do. */
function refuseExposed(path: string, mode: number): void {
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  const shown = (mode & 0o777).toString(8);
  throw new WorldError(
    `The identity file ${path} is open to other users (mode ${shown}): ` +
      `if nobody else has seen it, run chmod 600 ${path}, otherwise delete it.`,
    { code: 'identity-exposed', facts: { path, mode: shown } },
  );
}

function importPrivateKey(path: string, pem: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: 'pem' });
  } catch (cause) {
    throw notAKey(path, cause);
  }
}

/**
 * Null where somebody else has made the file meanwhile. The key is written under another name
 * first: a file with this one is there whole or not at all, whenever the power fails.
 */
function createIdentity(path: string): Identity | null {
  const identity = generateIdentity();
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeDurably(draft, identity.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    placeExclusively(draft, path);
    return identity;
  } catch (cause) {
    const reason = systemCodeOf(cause);
    if (reason === 'EEXIST') return null;
    throw new WorldError(
      `Cannot create the identity file ${path} (${reason}): ` +
        'name a file in a directory that exists and that you may write to.',
      { code: 'identity-unwritable', facts: { path, reason }, cause },
    );
  } finally {
    rmSync(draft, { force: true });
  }
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A rename would overwrite; a link fails where the name is taken. */
function placeExclusively(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!NO_LINKS.has(systemCodeOf(error))) throw error;
    copyFileSync(draft, path, constants.COPYFILE_EXCL);
  }
}

/** Two peers were started with one new file: both are now the one that was faster. */
function readAgain(path: string): Identity {
  const identity = readIdentity(path);
  if (identity === null) throw unreadable(path, new Error('it came and went'));
  return identity;
}

function unreadable(path: string, cause: unknown): WorldError {
  const reason = systemCodeOf(cause);
  return new WorldError(
    `Cannot read the identity file ${path} (${reason}): check its name and its permissions.`,
    { code: 'identity-unreadable', facts: { path, reason }, cause },
  );
}

function notAKey(path: string, cause?: unknown): WorldError {
  return new WorldError(
    `The identity file ${path} holds no private key that can be read (PEM without a passphrase): ` +
      'name another file, or one that does not exist yet to get a new identity.',
    { code: 'identity-not-a-key', facts: { path }, cause },
  );
}
