/** A file with a private key that another program has written, to make a wallet of. */

import { readNamedText } from './named-text.ts';
import { type Owner, problemOfOwner, readOwner } from './owner.ts';
import { parseSealedKey } from './sealed-key.ts';
import { WorldError } from './world-error.ts';

/** The largest private keys take some 13,000; a file of this size is something else. */
const MOST_CHARACTERS = 65_536;

/**
 * The owner whose private key is in the file at `path`: Ed25519 or P-256 in PKCS #8 or SEC 1, as
 * PEM, or as DER in hex digits or base64 with white space wherever one likes. Throws a
 * `WorldError`: `key-unreadable`, `key-malformed`, `key-other-type`, `key-locked`, `key-public`,
 * `key-contradiction`, `key-in-wallet`.
 */
export function readPrivateKeyFile(path: string): Owner {
  const text = readNamedText('key', path);
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
