/** S3: at most one sealed block per TransactionID, at any two peers. */

import type { Digest, TransactionID } from '../../domain/names.ts';
import type { Checker, Fact, Watcher } from './fact.ts';
import type { NetworkName } from './networks.ts';
import { Seals } from './seals.ts';

export const oneSeal: Checker = {
  name: 'S3',
  states: 'There is at most one sealed block per TransactionID, at any two peers.',
  begin: () => new OneSeal(),
};

type Final = {
  readonly network: NetworkName;
  readonly transactionID: TransactionID;
  readonly digest: Digest;
};

class OneSeal implements Watcher {
  readonly #seals = new Seals();
  readonly #final = new Map<string, Digest>();

  see(fact: Fact): string | null {
    const sealed = this.#seals.see(fact) ?? this.#recorded(fact);
    if (sealed === null) return null;
    const { network, transactionID, digest } = sealed;
    const key = `${transactionID} ${network}`;
    const other = this.#final.get(key);
    if (other === undefined) this.#final.set(key, digest);
    if (other === undefined || other === digest) return null;
    const digests = `${other.slice(0, 8)} and ${digest.slice(0, 8)}`;
    return `Two blocks are sealed as number ${transactionID}: ${digests}.`;
  }

  /** What a peer took for final counts, too, whether the yeses were enough or not. */
  #recorded(fact: Fact): Final | null {
    if (fact.kind !== 'recorded' || fact.entry.kind !== 'sealed') return null;
    const network = this.#seals.networks.of(fact.by);
    if (network === null) return null;
    const { block, digest } = fact.entry;
    return { network, transactionID: block.transactionID, digest };
  }
}
