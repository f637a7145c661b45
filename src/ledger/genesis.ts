/** The list that the accounts of a network begin with: its text, its digest, what it credits. */

import type { Hasher } from '../domain/crypto.ts';
import type { Genesis } from '../domain/genesis.ts';
import type { AccountKey, Digest } from '../domain/names.ts';
import type { Accounts } from '../domain/standing.ts';
import { accountOf, credit, noAccounts } from './account.ts';

/** Of a network in which nobody owns anything at first. */
export const noGenesis: Genesis = [];

/** What the Rules name it by: the SHA-256 of its lines (PROTOCOL 12). */
export function digestOfGenesis(genesis: Genesis, hasher: Hasher): Digest {
  return hasher.sha256(genesis.map(({ key, units }) => `${key} ${units}\n`).join(''));
}

/** What everybody owns before the first block. */
export function accountsOfGenesis(genesis: Genesis, hasher: Hasher): Accounts {
  return genesis.reduce(
    (accounts, { key, units }) => credit(accounts, accountOf(key, hasher), units),
    noAccounts,
  );
}

/** What this key owns before the first block. */
export function grantTo(key: AccountKey, genesis: Genesis): number {
  return genesis.find((grant) => grant.key === key)?.units ?? 0;
}
