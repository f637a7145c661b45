/** Where a ledger stands: all that is needed to check what comes next, without the blocks. */

import type { Founding, Member } from './message.ts';
import type { ClientID, Digest, TransactionID, UnixMs } from './names.ts';
import type { Roster } from './roster.ts';

export type Account = {
  /** Integer units, never below zero. */
  readonly balance: number;
  /** The nonce of its next transaction. */
  readonly nonce: number;
};

/**
 * Every account that is not empty. In drawers by the first two digits of its name: one more block
 * makes one drawer anew, not a table of all accounts.
 */
export type Accounts = Readonly<Record<string, Drawer>>;
type Drawer = Readonly<Record<ClientID, Account>>;

/**
 * In which block each message without a nonce was said, by account and message: see
 * `ledger/recent.ts`. In drawers by block number: one more block makes the last one anew, and old
 * ones go as a whole.
 */
export type Recent = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What a difficulty rule remembers of a ledger. Only rules with an interval change it. */
export type Difficulty = {
  readonly bits: number;
  /** Blocks mined since `bits` last changed. The block that brought the change is none of them. */
  readonly count: number;
  /** Times of the last of these blocks, eight at most, oldest first. */
  readonly times: readonly number[];
};

export type Chain = {
  /** How many blocks there are, which is the number of the next one. */
  readonly height: TransactionID;
  /** Digest of the last block; of the network where there is none. */
  readonly tip: Digest;
  /** Time of the last block, whatever it says; null where there is none. */
  readonly time: UnixMs | null;
  readonly difficulty: Difficulty;
  /** How many of the blocks were mined; the others changed the roster. */
  readonly mined: number;
  /** The members who seal the next block. */
  readonly roster: Roster;
  /** The first roster's members: where the Rules say so, they alone may be admitted again. */
  readonly founders: readonly Member[];
  /** What everybody owns. */
  readonly accounts: Accounts;
  /** What was said without a nonce, as far back as it counts. */
  readonly recent: Recent;
};

/** What transactions of the next block are judged by. */
export type Books = Pick<Chain, 'height' | 'accounts' | 'recent'>;

/** A ledger as a peer goes on from it: plain data, and of one size however long the ledger is. */
export type Standing = {
  readonly founding: Founding;
  readonly chain: Chain;
  /** Rosters that the ledger had lately, the present one last: mandates may name any of them. */
  readonly rosters: readonly Roster[];
};
