/** S4: ledgers are prefixes of one another. */

import type { Entry } from '../../domain/contract.ts';
import type { ClientID, Digest } from '../../domain/names.ts';
import type { Checker, Fact, Watcher } from './fact.ts';
import { type NetworkName, Networks, short } from './networks.ts';

export const sameLedger: Checker = {
  name: 'S4',
  states: 'Ledgers are prefixes of one another.',
  begin: () => new SameLedger(),
};

class SameLedger implements Watcher {
  readonly #networks = new Networks();
  /** The longest ledger of each network, as digests. */
  readonly #longest = new Map<NetworkName, Digest[]>();
  readonly #heights = new Map<ClientID, number>();

  see(fact: Fact): string | null {
    this.#networks.see(fact);
    if (fact.kind !== 'recorded' || fact.entry.kind !== 'sealed') return null;
    return this.#append(fact.by, fact.entry);
  }

  #append(peer: ClientID, { block, digest }: Extract<Entry, { kind: 'sealed' }>): string | null {
    const network = this.#networks.of(peer) ?? '';
    const ledger = this.#longest.get(network) ?? [];
    this.#longest.set(network, ledger);
    const height = this.#heights.get(peer) ?? 0;
    const { transactionID, parent } = block;
    if (transactionID !== height)
      return `${short(peer)} appends block ${transactionID} where ${height} comes next.`;
    this.#heights.set(peer, height + 1);
    const before = ledger[height - 1];
    if (before !== undefined && parent !== before)
      return `Block ${height} of ${short(peer)} does not hang on block ${height - 1}.`;
    const other = ledger[height];
    if (other === undefined) ledger.push(digest);
    else if (other !== digest) return `Block ${height} of ${short(peer)} is another elsewhere.`;
    return null;
  }
}
