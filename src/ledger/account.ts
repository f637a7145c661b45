/** Accounts: what each key owns and how often it has signed, after the last block of a ledger. */

import type { Hasher } from '../domain/crypto.ts';
import type { AccountKey, ClientID } from '../domain/names.ts';
import type { Account, Accounts, Books } from '../domain/standing.ts';
import { type Fault, isPlain, type Transaction } from '../domain/transaction.ts';
import { bytesOfHex } from './hex.ts';
import { faultOfRepeat, noteSaid, type RecentDraft, recentDraftOf } from './recent.ts';

export const noAccounts: Accounts = {};

const EMPTY: Account = { balance: 0, nonce: 0 };

/**
 * The account of a key: the name that it proves (PROTOCOL 3), so that a block, which names its
 * miner, names the account of its reward as well.
 */
export function accountOf(key: AccountKey, hasher: Hasher): ClientID {
  const digest = hasher.sha256(bytesOfHex(key));
  const part = (from: number, to: number): string => digest.slice(from, to);
  // RFC 9562 section 5.8: version 8, and in the next group the variant 0b10.
  const variant = '89ab'.charAt(Number.parseInt(part(16, 17), 16) & 0x3);
  const [one, two, three] = [part(0, 8), part(8, 12), `8${part(13, 16)}`];
  return `${one}-${two}-${three}-${variant}${part(17, 20)}-${part(20, 32)}` as ClientID;
}

/** An account that nobody has used is empty. */
export function accountIn(accounts: Accounts, name: ClientID): Account {
  return accounts[drawerOf(name)]?.[name] ?? EMPTY;
}

/** What an account has cost its owner: `FRESH` nothing, `USED` room in blocks, `FUNDED` work. */
export type Rank = 0 | 1 | 2;
export const FRESH: Rank = 0;
export const USED: Rank = 1;
export const FUNDED: Rank = 2;

/** Keys cost nothing; balances cannot be made at will. An emptied account keeps its history. */
export function rankOf({ balance, nonce }: Account): Rank {
  if (balance > 0) return FUNDED;
  return nonce > 0 ? USED : FRESH;
}

export function rankIn(accounts: Accounts, name: ClientID): Rank {
  return rankOf(accountIn(accounts, name));
}

export function credit(accounts: Accounts, name: ClientID, amount: number): Accounts {
  if (amount === 0) return accounts;
  const draft = { accounts: { ...accounts }, own: new Map() };
  deposit(draft, name, amount);
  return draft.accounts;
}

/** Accounts in the making, copied once and then written to. */
type AccountsDraft = {
  /** As far as they are; nobody may keep them before the last change is made. */
  readonly accounts: Record<string, Accounts[string]>;
  /** The drawers that are no longer those of the accounts it began with. */
  readonly own: Map<string, Record<ClientID, Account>>;
};

/** The books of the next block in the making. */
export type Draft = AccountsDraft & {
  /** What is said without a nonce. */
  readonly said: RecentDraft;
};

export function draftOf({ accounts, recent, height }: Books): Draft {
  return { accounts: { ...accounts }, own: new Map(), said: recentDraftOf(recent, height) };
}

/** Makes one more transaction; else says what keeps it from being the next one. */
export function apply(draft: Draft, transaction: Transaction, hasher: Hasher): Fault | null {
  const name = accountOf(transaction.sender, hasher);
  if (isPlain(transaction)) {
    const { said } = draft;
    const fault = faultOfRepeat(said.recent, name, transaction.message, said.number);
    if (fault === null) noteSaid(said, name, transaction.message);
    return fault;
  }
  const { balance, nonce } = accountIn(draft.accounts, name);
  if (transaction.nonce !== nonce) {
    const problem = `its nonce is ${transaction.nonce} where ${nonce} comes next`;
    return { code: 'INVALID_NONCE', problem };
  }
  const amount = amountOf(transaction);
  if (amount > balance) {
    const problem = `it sends ${amount} where the balance is ${balance}`;
    return { code: 'INVALID_BALANCE', problem };
  }
  put(draft, name, { balance: balance - amount, nonce: nonce + 1 });
  if ('to' in transaction) deposit(draft, accountOf(transaction.to, hasher), amount);
  return null;
}

/** What a transaction takes from its sender. */
export function amountOf(transaction: Transaction): number {
  return 'amount' in transaction ? transaction.amount : 0;
}

/** All balances together: what was ever credited. */
export function sumOf(accounts: Accounts): number {
  return listAccounts(accounts).reduce((sum, { balance }) => sum + balance, 0);
}

export function listAccounts(accounts: Accounts): readonly ({ name: ClientID } & Account)[] {
  return Object.values(accounts).flatMap((drawer) =>
    Object.entries(drawer).map(([name, account]) => ({ name: name as ClientID, ...account })),
  );
}

function drawerOf(name: ClientID): string {
  return name.slice(0, 2);
}

function deposit(draft: AccountsDraft, name: ClientID, amount: number): void {
  if (amount === 0) return;
  const { balance, nonce } = accountIn(draft.accounts, name);
  put(draft, name, { balance: balance + amount, nonce });
}

function put(draft: AccountsDraft, name: ClientID, account: Account): void {
  const drawer = drawerOf(name);
  let own = draft.own.get(drawer);
  if (own === undefined) {
    own = { ...draft.accounts[drawer] };
    draft.own.set(drawer, own);
    draft.accounts[drawer] = own;
  }
  own[name] = account;
}
