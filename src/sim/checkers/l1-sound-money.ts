/** L1: ledgers carry what their Roots say, and neither money nor words come twice. */

import type { Entry } from '../../domain/contract.ts';
import type { Hasher } from '../../domain/crypto.ts';
import type { ClientID } from '../../domain/names.ts';
import { isPlain, readText, type Transaction } from '../../domain/transaction.ts';
import { accountOf } from '../../ledger/account.ts';
import { merkleRoot } from '../../ledger/merkle.ts';
import { repeatBlocks } from '../../ledger/recent.ts';
import { usualReward } from '../../ledger/rules.ts';
import type { Checker, Fact, Watcher } from './fact.ts';
import { short } from './networks.ts';

export function soundMoney(hasher: Hasher): Checker {
  return {
    name: 'L1',
    states:
      'Each block has the batch of its Root, no nonce in a ledger comes twice or is left out, ' +
      `nothing is said twice without a nonce within ${repeatBlocks} blocks, no balance is below ` +
      'zero, and all balances are the rewards.',
    begin: () => new SoundMoney(hasher),
  };
}

/** One peer's books, kept anew from what it recorded. */
type Books = {
  readonly balances: Map<ClientID, number>;
  readonly nonces: Map<ClientID, number>;
  /** The last block in which somebody said this without a nonce, by account and message. */
  readonly said: Map<string, number>;
};

class SoundMoney implements Watcher {
  readonly #hasher: Hasher;
  readonly #books = new Map<ClientID, Books>();

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  see(fact: Fact): string | null {
    if (fact.kind !== 'recorded' || fact.entry.kind !== 'sealed') return null;
    const problem = this.#book(this.#booksOf(fact.by), fact.entry);
    const { transactionID } = fact.entry.block;
    return problem === null ? null : `Block ${transactionID} of ${short(fact.by)}: ${problem}.`;
  }

  #booksOf(peer: ClientID): Books {
    const known = this.#books.get(peer);
    if (known !== undefined) return known;
    const books: Books = { balances: new Map(), nonces: new Map(), said: new Map() };
    this.#books.set(peer, books);
    return books;
  }

  #book(books: Books, { block, batch = [] }: Extract<Entry, { kind: 'sealed' }>): string | null {
    if (block.change !== undefined) return batch.length === 0 ? null : 'a change has a batch';
    if (merkleRoot(batch, this.#hasher) !== block.root) return 'its batch has another root';
    for (const text of batch) {
      const transaction = readText(text);
      const problem =
        transaction === null
          ? 'cannot be read'
          : this.#move(books, transaction, block.transactionID);
      if (problem !== null) return `a transaction ${problem}`;
    }
    const { balances } = books;
    const winner = block.reward === undefined ? block.clientID : this.#name(block.reward);
    balances.set(winner, (balances.get(winner) ?? 0) + usualReward);
    return null;
  }

  #move({ balances, nonces, said }: Books, transaction: Transaction, at: number): string | null {
    const sender = this.#name(transaction.sender);
    if (isPlain(transaction)) {
      const words = `${sender} ${transaction.message}`;
      const before = said.get(words);
      said.set(words, at);
      if (before === undefined || at - before > repeatBlocks) return null;
      return `says what its sender said in block ${before}`;
    }
    const nonce = nonces.get(sender) ?? 0;
    if (transaction.nonce !== nonce) return `has the nonce ${transaction.nonce}, not ${nonce}`;
    nonces.set(sender, nonce + 1);
    if (!('to' in transaction)) return null;
    const left = (balances.get(sender) ?? 0) - transaction.amount;
    if (left < 0) return `leaves ${left}`;
    balances.set(sender, left);
    const receiver = this.#name(transaction.to);
    balances.set(receiver, (balances.get(receiver) ?? 0) + transaction.amount);
    return null;
  }

  #name(key: Transaction['sender']): ClientID {
    return accountOf(key, this.#hasher);
  }
}
