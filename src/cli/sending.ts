/** One transaction on its way: published, followed through the blocks, found in the ledger. */

import type { Entry } from '../domain/contract.ts';
import { countOf } from '../domain/count-of.ts';
import type { AccountKey, Digest, TransactionID } from '../domain/names.ts';
import type { Note } from '../domain/note.ts';
import { type Fault, readText, type Transaction, textOf } from '../domain/transaction.ts';
import { accountOf } from '../ledger/account.ts';
import { nodeHasher, signerOf } from '../node/crypto.ts';
import type { Owner } from '../node/owner.ts';
import { WorldError } from '../node/world-error.ts';
import { signTransaction } from '../wire/transaction.ts';
import type { Observer } from './observer.ts';

export type Payment = { readonly to: AccountKey; readonly amount: number };

/** What somebody wants to say, or to send; the nonce is found out. */
export type Wish = { readonly message: string } | Payment;

export type Place = { readonly transactionID: TransactionID; readonly digest: Digest };

/** Why it will not be in the ledger, or is not there yet. */
type Trouble =
  | { readonly kind: 'replaced'; readonly by: TransactionID }
  | { readonly kind: 'dropped'; readonly fault: string }
  | { readonly kind: 'late'; readonly ms: number };

/** Follows one transaction through the blocks that come. */
export class Sending {
  #transaction: Transaction | null = null;
  #resolve: (outcome: Place | Trouble) => void = () => {};
  readonly #outcome: Promise<Place | Trouble> = new Promise((resolve) => {
    this.#resolve = resolve;
  });

  /** `nonce`: null for the next one after the ledger. Throws a `WorldError`. */
  async publish(
    observer: Observer,
    owner: Owner,
    wish: Wish,
    nonce: number | null,
  ): Promise<Transaction> {
    const account = observer.client.account(owner.clientID);
    if ('amount' in wish && wish.amount > account.balance)
      throw tooLittle(wish.amount, account.balance);
    const content = { ...wish, nonce: nonce ?? account.nonce };
    const transaction = signTransaction(content, signerOf(owner));
    this.#transaction = transaction;
    const fault = await observer.client.send(textOf(transaction));
    if (fault !== null) throw refused(fault);
    return transaction;
  }

  hear(note: Note): void {
    if (note.kind !== 'dropped' || note.ours === 0) return;
    this.#resolve({ kind: 'dropped', fault: note.fault });
  }

  see(entry: Entry): void {
    const ours = this.#transaction;
    if (ours === null || entry.kind !== 'sealed') return;
    const { block, digest, batch = [] } = entry;
    const { transactionID } = block;
    if (batch.includes(textOf(ours))) {
      this.#resolve({ transactionID, digest });
      return;
    }
    const isReplaced = batch.map(readText).some((other) => {
      return other?.sender === ours.sender && other.nonce === ours.nonce;
    });
    if (isReplaced) this.#resolve({ kind: 'replaced', by: transactionID });
  }

  /** Resolves when it is in the ledger. Throws a `WorldError`: `not-in-ledger`. */
  async sealed(withinMs: number): Promise<Place> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Trouble>((resolve) => {
      timer = setTimeout(() => resolve({ kind: 'late', ms: withinMs }), withinMs);
    });
    const outcome = await Promise.race([this.#outcome, late]);
    clearTimeout(timer);
    if (!('kind' in outcome)) return outcome;
    throw new WorldError(lament(outcome), { code: 'not-in-ledger', facts: outcome });
  }
}

/** Whoever never had or sent anything may be a slip of the pen, and the money would be gone. */
export function refuseStranger(observer: Observer, { to }: Payment): void {
  const { balance, nonce } = observer.client.account(accountOf(to, nodeHasher));
  if (balance > 0 || nonce > 0) return;
  throw new WorldError(
    `Nobody with the address ${to} is in the ledger yet: check it, for what goes to a wrong ` +
      'one is gone; --new-recipient sends to it all the same.',
    { code: 'unknown-recipient', facts: { to } },
  );
}

function tooLittle(amount: number, balance: number): WorldError {
  return new WorldError(
    `The account holds ${countOf(balance, 'unit')}, too few to send ${amount}: nothing was sent.`,
    { code: 'too-little-money', facts: { amount, balance } },
  );
}

function refused({ code, problem }: Fault): WorldError {
  return new WorldError(`The transaction was not taken (${code}): ${problem}.`, {
    code: 'transaction-refused',
    facts: { fault: code, problem },
  });
}

function lament(trouble: Trouble): string {
  switch (trouble.kind) {
    case 'late':
      return (
        `The transaction is published, and after ${trouble.ms / 1000} s not in the ledger: ` +
        'it may come yet, and "sortition wallet history" shows it then.'
      );
    case 'replaced':
      return (
        `Block ${trouble.by} carries another transaction of this wallet with the same nonce, ` +
        'so this one will never be in the ledger: send it again.'
      );
    case 'dropped':
      return (
        `The transaction can be in no block any more (${trouble.fault}): other transactions of ` +
        'this wallet came first.'
      );
  }
}
