/** S5: a later controller proposes what is sealed already, before anything else. */

import type { Hasher } from '../../domain/crypto.ts';
import type { Digest, Term, TransactionID } from '../../domain/names.ts';
import { digestOf } from '../../ledger/block.ts';
import type { Checker, Fact, Watcher } from './fact.ts';
import type { NetworkName } from './networks.ts';
import { type Sealed, Seals } from './seals.ts';

export function keptSeals(hasher: Hasher): Checker {
  return {
    name: 'S5',
    states:
      "A sealed block is in every later controller's ledger, or is what it proposes, " +
      'before it proposes anything else.',
    begin: () => new KeptSeals(hasher),
  };
}

type Proposed = { readonly term: Term; readonly digest: Digest };
type Desk = { readonly proposed: Proposed[]; readonly sealed: Proposed[] };

class KeptSeals implements Watcher {
  readonly #hasher: Hasher;
  readonly #seals = new Seals();
  /** What was proposed and sealed under each number. */
  readonly #desks = new Map<string, Desk>();

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  see(fact: Fact): string | null {
    const sealed = this.#seals.see(fact);
    if (sealed !== null) return this.#seal(sealed);
    if (fact.kind !== 'said' || fact.message.kind !== 'proposal') return null;
    const network = this.#seals.networks.of(fact.by);
    const { term, block } = fact.message;
    const digest = digestOf(block, this.#hasher);
    const about = { network: network ?? '', transactionID: block.transactionID };
    return this.#propose({ ...about, term, digest });
  }

  /** A seal may be completed after a later controller has proposed something else. */
  #seal({ term, digest, ...about }: Sealed): string | null {
    const desk = this.#desk(about);
    desk.sealed.push({ term, digest });
    const later = desk.proposed.find((other) => other.term > term && other.digest !== digest);
    return later === undefined ? null : sentence(about.transactionID, term, later.term);
  }

  #propose({ term, digest, ...about }: Sealed): string | null {
    const desk = this.#desk(about);
    const isRepeat = desk.proposed.some((old) => old.term === term && old.digest === digest);
    if (isRepeat) return null;
    desk.proposed.push({ term, digest });
    const before = desk.sealed.find((other) => other.term < term && other.digest !== digest);
    return before === undefined ? null : sentence(about.transactionID, before.term, term);
  }

  #desk(about: { readonly network: NetworkName; readonly transactionID: TransactionID }): Desk {
    const key = `${about.transactionID} ${about.network}`;
    const known = this.#desks.get(key);
    if (known !== undefined) return known;
    const desk: Desk = { proposed: [], sealed: [] };
    this.#desks.set(key, desk);
    return desk;
  }
}

function sentence(transactionID: TransactionID, sealed: Term, proposed: Term): string {
  return (
    `Block ${transactionID} is sealed in term ${sealed}, ` +
    `and the controller of term ${proposed} proposes another.`
  );
}
