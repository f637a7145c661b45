/** The file of a wallet: one key, as peers keep theirs, or locked by a passphrase. */

import { existsSync } from 'node:fs';
import type { AccountKey } from '../domain/names.ts';
import { addressOf, type Owner, problemOfOwner, readOwner } from './owner.ts';
import { createPrivateFile, readPrivateFile } from './private-file.ts';
import { openSealedKey, parseSealedKey, type SealedKey, sealKey } from './sealed-key.ts';
import { WorldError } from './world-error.ts';

export type Wallet = { readonly path: string; readonly address: AccountKey } & (
  | { readonly owner: Owner }
  /** A passphrase locks it. */
  | { readonly lock: SealedKey }
);

export type LockedWallet = Extract<Wallet, { lock: SealedKey }>;

/**
 * Makes a wallet of a key, which a passphrase locks, and gives its address; `cost` as in `sealKey`.
 * Throws a `WorldError`: `wallet-exists`, `wallet-unwritable`.
 */
export function createWallet(
  path: string,
  owner: Owner,
  passphrase: string | null,
  cost?: number,
): AccountKey {
  refuseExisting(path);
  const text =
    passphrase === null
      ? owner.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      : sealKey(owner, passphrase, cost);
  if (!createPrivateFile('wallet', path, text)) throw existing(path);
  return addressOf(owner);
}

/** Before anybody thinks of a passphrase. Throws a `WorldError`: `wallet-exists`. */
export function refuseExisting(path: string): void {
  if (existsSync(path)) throw existing(path);
}

/**
 * Reads a wallet; a peer's `identity.pem` is one, too. Throws a `WorldError`: `wallet-missing`,
 * `wallet-unreadable`, `wallet-exposed`, `wallet-damaged`, `wallet-other-key`.
 */
export function readWallet(path: string): Wallet {
  const text = readPrivateFile('wallet', path);
  if (text === null)
    throw new WorldError(
      `There is no wallet in ${path}: "sortition wallet new" makes one, --wallet names another.`,
      { code: 'wallet-missing', facts: { path } },
    );
  const lock = parseSealedKey(text);
  if (lock !== null) return { path, address: lock.address, lock };
  const owner = readPlain(path, text);
  return { path, address: addressOf(owner), owner };
}

/** The key of a wallet that is locked. Throws a `WorldError`: `wrong-passphrase`. */
export function unlock({ path, address, lock }: LockedWallet, passphrase: string): Owner {
  const owner = openSealedKey(lock, passphrase);
  if (owner !== null && addressOf(owner) === address) return owner;
  throw new WorldError(`That is not the passphrase of the wallet ${path}: try again.`, {
    code: 'wrong-passphrase',
    facts: { path },
  });
}

function readPlain(path: string, text: string): Owner {
  const read = readOwner(text);
  switch (read.kind) {
    case 'owner':
      return read.owner;
    case 'other-type':
    case 'locked':
    case 'public':
      throw new WorldError(`The file ${path} ${problemOfOwner(read)}`, {
        code: 'wallet-other-key',
        facts: { path, problem: read.kind },
      });
    case 'contradiction':
    case 'none':
      throw new WorldError(
        `The wallet ${path} is damaged, or it never was one: take a copy of it if you have one; ` +
          'without it nobody can spend what is in its account.',
        { code: 'wallet-damaged', facts: { path } },
      );
  }
}

function existing(path: string): WorldError {
  return new WorldError(
    `There is a file ${path} already, and it is left as it is: ` +
      '--wallet names another one for the new wallet.',
    { code: 'wallet-exists', facts: { path } },
  );
}
