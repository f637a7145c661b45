/** Tells people, or programs, what a wallet holds and what became of its transactions. */

import { countOf } from '../domain/count-of.ts';
import type { AccountKey, ClientID, Digest, TransactionID } from '../domain/names.ts';
import type { Transaction } from '../domain/transaction.ts';
import { deltaOf } from '../ledger/statement.ts';
import { printableLines } from './line-format.ts';
import { describeLine, type Line } from './wallet-history.ts';

type Owner = { readonly address: AccountKey; readonly account: ClientID };

export type WalletFact =
  | (Owner & { readonly kind: 'created'; readonly path: string; readonly isEncrypted: boolean })
  | (Owner & { readonly kind: 'address' })
  | (Owner & {
      readonly kind: 'balance';
      /** Units. */
      readonly balance: number;
      /** Of its next transaction. */
      readonly nonce: number;
      readonly height: TransactionID;
      readonly network: Digest | null;
    })
  | ({ readonly kind: 'movement' } & Line)
  | { readonly kind: 'published'; readonly transaction: Transaction }
  | {
      readonly kind: 'sealed';
      readonly transactionID: TransactionID;
      readonly digest: Digest;
      readonly afterMs: number;
    };

export class WalletTeller {
  readonly #isJson: boolean;

  constructor(isJson: boolean) {
    this.#isJson = isJson;
  }

  tell(fact: WalletFact): void {
    const text = this.#isJson ? JSON.stringify(fieldsOf(fact)) : printableLines(textOf(fact));
    process.stdout.write(`${text}\n`);
  }
}

/** A movement is flat, and says what it changes. */
function fieldsOf(fact: WalletFact): object {
  if (fact.kind !== 'movement') return fact;
  const { kind, transactionID, time, movement, balance } = fact;
  return { kind, transactionID, time, ...movement, delta: deltaOf(movement), balance };
}

function textOf(fact: WalletFact): string {
  switch (fact.kind) {
    case 'created':
      return [
        fact.address,
        fact.isEncrypted
          ? `The key is in ${fact.path}, locked by the passphrase: without both, what its account`
          : `The key is in ${fact.path}: whoever can read that file can spend what its account`,
        fact.isEncrypted
          ? 'holds is lost for good. Keep a copy.'
          : 'holds, and without it all is lost. Keep a copy; --encrypt locks it with a passphrase.',
      ].join('\n');
    case 'address':
      return fact.address;
    case 'balance':
      return (
        `${countOf(fact.balance, 'unit')} after ${countOf(fact.height, 'block')} of the network ` +
        `${fact.network?.slice(0, 8)}; the next nonce is ${fact.nonce}`
      );
    case 'movement':
      return describeLine(fact);
    case 'published':
      return `published, with the nonce ${fact.transaction.nonce}`;
    case 'sealed':
      return `in the ledger: block ${fact.transactionID}, ${seconds(fact.afterMs)} later`;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
