/** What the commands of `sortition wallet` can be told. */

import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from './setting.ts';
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
    fallback: join(homedir(), '.sortition-wallet'),
    ...text,
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
