/** Senders with toy keys, for tests that are about ledgers and not about curves. */

import type { AccountKey, ClientID } from '../../src/domain/names.ts';
import { type Transaction, textOf } from '../../src/domain/transaction.ts';
import { accountOf } from '../../src/ledger/account.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { toyIdentity, toySigner } from '../../src/sim/toy-crypto.ts';
import { accountKeyOf, signTransaction } from '../../src/wire/transaction.ts';

export type Wallet = {
  readonly key: AccountKey;
  readonly account: ClientID;
  /** Without a nonce, it is a plain message. */
  readonly say: (message: string, nonce?: number) => Transaction;
  readonly send: (to: Wallet, amount: number, nonce: number) => Transaction;
};

/** The same name gives the same key. */
export function wallet(name: string): Wallet {
  const identity = toyIdentity(nodeHasher.sha256(`wallet of ${name}`), nodeHasher);
  const signer = toySigner(identity.publicKey);
  const key = accountKeyOf(identity.publicKey);
  return {
    key,
    account: accountOf(key, nodeHasher),
    say: (message, nonce) =>
      signTransaction(nonce === undefined ? { message } : { message, nonce }, signer),
    send: (to, amount, nonce) => signTransaction({ to: to.key, amount, nonce }, signer),
  };
}

export const texts = (...transactions: readonly Transaction[]): readonly string[] =>
  transactions.map(textOf);
