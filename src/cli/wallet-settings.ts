/** What the commands of `sortition wallet` can be told. */

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { type Settings, usageError } from './setting.ts';
import { text } from './values.ts';

export type WalletValues = { readonly wallet: string; readonly json: boolean };

export type PassphraseValues = {
  /** A path. */
  readonly passphraseFile: string | null;
};

export const walletSettings: Settings<WalletValues> = {
  wallet: {
    flags: '--wallet <file>',
    help: "the wallet; a peer's identity.pem is one, too",
    fallback: '~/.sortition-wallet',
    allowed: text.allowed,
    read: (typed) => (typed.startsWith('~/') ? inHome(typed.slice(2)) : text.read(typed)),
  },
  json: { flags: '--json', help: 'tell everything as JSON, an object a line' },
};

export const passphraseSettings: Settings<PassphraseValues> = {
  passphraseFile: {
    flags: '--passphrase-file <file>',
    help: 'its first line is the passphrase; otherwise SORTITION_PASSPHRASE, or it is asked for',
    fallback: null,
    ...text,
  },
};

/** Asked only when it is needed: in a container a user may have no home. Throws a `usage` error. */
function inHome(path: string): string {
  const home = homeDirectory();
  // An empty or relative one would make a wallet wherever somebody happens to be.
  if (home !== null && isAbsolute(home)) return join(home, path);
  throw usageError('This process has no home directory; name the file of the wallet.');
}

/** Null where neither the environment nor the list of users tells it. */
function homeDirectory(): string | null {
  try {
    return homedir();
  } catch {
    return null;
  }
}
