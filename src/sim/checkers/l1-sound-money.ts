/** L1: ledgers carry what their Roots say, and neither money nor words come twice. */

import type { Entry } from '../../domain/contract.ts';
import type { Hasher } from '../../domain/crypto.ts';
import { type Genesis, unitsOf } from '../../domain/genesis.ts';
import type { Founding } from '../../domain/message.ts';
import type { ClientID, Digest } from '../../domain/names.ts';
import { isPlain, readText, type Transaction } from '../../domain/transaction.ts';
import { accountOf } from '../../ledger/account.ts';
import { digestOfGenesis } from '../../ledger/genesis.ts';
import { merkleRoot } from '../../ledger/merkle.ts';
import { repeatBlocks } from '../../ledger/recent.ts';
import { usualReward } from '../../ledger/rules.ts';
import type { Checker, Fact, Watcher } from './fact.ts';
import { short } from './networks.ts';
import { SaidRules } from './rules-of.ts';

export function soundMoney(hasher: Hasher): Checker {
  return {
    name: 'L1',
    states:
      'Each block has the batch of its Root, no nonce in a ledger comes twice or is left out, ' +
      `nothing is said twice without a nonce within ${repeatBlocks} blocks, no balance is below ` +
      'zero, and all balances are the rewards and what accounts begin with.',
    begin: () => new SoundMoney(hasher),
  };
}

/** One peer's books, kept anew from what it recorded. */
type Books = {
  readonly balances: Map<ClientID, number>;
  readonly nonces: Map<ClientID, number>;
  /** The last block in which somebody said this without a nonce, by account and message. */
  readonly said: Map<string, number>;
  /** What accounts began with; null for nothing. */
  genesis: Digest | null;
  /** What all balances together must be. */
  given: number;
};

class SoundMoney implements Watcher {
  readonly #hasher: Hasher;
  readonly #books = new Map<ClientID, Books>();
  readonly #rules = new SaidRules();
  /** What accounts began with, by the votes that founded. */
  readonly #beginnings = new Map<string, Digest | null>();

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  see(fact: Fact): string | null {
    this.#rules.see(fact);
    if (fact.kind !== 'recorded') return null;
    const { by, entry } = fact;
    const books = this.#booksOf(by);
    if (entry.kind === 'genesis') return this.#grant(by, books, entry.genesis);
    if (entry.kind === 'founded') return this.#found(by, books, entry.founding);
    if (entry.kind !== 'sealed') return null;
    const problem = this.#book(books, entry) ?? problemOfSum(books);
    const { transactionID } = entry.block;
    return problem === null ? null : `Block ${transactionID} of ${short(by)}: ${problem}.`;
  }

  #booksOf(peer: ClientID): Books {
    const known = this.#books.get(peer);
    if (known !== undefined) return known;
    const books: Books = {
      balances: new Map(),
      nonces: new Map(),
      said: new Map(),
      genesis: null,
      given: 0,
    };
    this.#books.set(peer, books);
    return books;
  }

  #grant(peer: ClientID, books: Books, genesis: Genesis): string | null {
    if (books.genesis !== null) return `${short(peer)} gives what accounts begin with twice.`;
    books.genesis = digestOfGenesis(genesis, this.#hasher);
    books.given = unitsOf(genesis);
    for (const { key, units } of genesis) books.balances.set(this.#name(key), units);
    return null;
  }

  /** All who take a founding for theirs begin with the same, and with what their Rules name. */
  #found(peer: ClientID, { genesis }: Books, { votes }: Founding): string | null {
    const named = this.#rules.of(peer)?.genesis ?? null;
    if (named !== null && named !== genesis)
      return `${short(peer)} begins with another list than its rules name.`;
    const id = votes.join('\n');
    const first = this.#beginnings.get(id);
    if (first === undefined) this.#beginnings.set(id, genesis);
    return first === undefined || first === genesis
      ? null
      : `${short(peer)} begins with another list than others of its network.`;
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
    books.given += usualReward;
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

function problemOfSum({ balances, given }: Books): string | null {
  const sum = [...balances.values()].reduce((all, balance) => all + balance, 0);
  return sum === given ? null : `all balances are ${sum}, not ${given}`;
}
