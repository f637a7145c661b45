/** A file with a private key that another program has written, to make a wallet of. */

import { readText } from '../files/named-file.ts';
import { type Owner, problemOfOwner, readOwner } from './owner.ts';
import { parseSealedKey } from './sealed-key.ts';
import { systemCodeOf, WorldError } from './world-error.ts';

/** The largest private keys take some 13,000; a file of this size is something else. */
const MOST_CHARACTERS = 65_536;

/**
 * The owner whose private key is in the file at `path`: Ed25519 or P-256 in PKCS #8 or SEC 1, as
 * PEM, or as DER in hex digits or base64 with white space wherever one likes. Throws a
 * `WorldError`: `key-unreadable`, `key-malformed`, `key-other-type`, `key-locked`, `key-public`,
 * `key-contradiction`, `key-in-wallet`.
 */
export function readPrivateKeyFile(path: string): Owner {
  const text = textOf(path);
  if (parseSealedKey(text) !== null)
    throw new WorldError(
      `The file ${path} is a wallet already, locked by a passphrase: --wallet names it.`,
      { code: 'key-in-wallet', facts: { path } },
    );
  const read = readOwner(text.length > MOST_CHARACTERS ? '' : text);
  if (read.kind === 'owner') return read.owner;
  const code = read.kind === 'none' ? 'key-malformed' : (`key-${read.kind}` as const);
  throw new WorldError(`The file ${path} ${problemOfOwner(read)}`, { code, facts: { path } });
}

function textOf(path: string): string {
  try {
    return readText(path);
  } catch (cause) {
    const reason = systemCodeOf(cause);
    throw new WorldError(
      `Cannot read the key file ${path} (${reason}): check its name and its permissions.`,
      { code: 'key-unreadable', facts: { path, reason }, cause },
    );
  }
}
