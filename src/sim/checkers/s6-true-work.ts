/** S6: every sealed solution meets its challenge, and is its miner's. */

import type { Entry } from '../../domain/contract.ts';
import type { Hasher } from '../../domain/crypto.ts';
import { digestOf, zeroBits } from '../../ledger/block.ts';
import type { Checker, Fact, Watcher } from './fact.ts';
import { short } from './networks.ts';

export function trueWork(hasher: Hasher): Checker {
  return {
    name: 'S6',
    states: "Every sealed solution meets its challenge, and is its miner's.",
    begin: () => new TrueWork(hasher),
  };
}

class TrueWork implements Watcher {
  readonly #hasher: Hasher;
  readonly #solutions = new Set<string>();

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  see(fact: Fact): string | null {
    if (fact.kind === 'said' && fact.message.kind === 'solution') {
      const { transactionID, solution } = fact.message;
      this.#solutions.add(`${fact.by} ${transactionID} ${solution}`);
    }
    if (fact.kind !== 'recorded' || fact.entry.kind !== 'sealed') return null;
    return this.#judge(fact.entry);
  }

  #judge({ block, digest }: Extract<Entry, { kind: 'sealed' }>): string | null {
    const { transactionID, challenge, clientID, solution } = block;
    if (digestOf(block, this.#hasher) !== digest)
      return `Block ${transactionID} is recorded under a digest that is not its own.`;
    if (block.change !== undefined) return null;
    const bits = zeroBits(digest);
    if (challenge < 1 || bits < challenge)
      return `Block ${transactionID} has ${bits} zero bits where ${challenge} are needed.`;
    return this.#solutions.has(`${clientID} ${transactionID} ${solution}`)
      ? null
      : `Block ${transactionID} is ${short(clientID)}'s, who never said its solution.`;
  }
}
