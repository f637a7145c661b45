/** L5: no peer is admitted that the Rules keep out. */

import type { Entry } from '../../domain/contract.ts';
import type { Member } from '../../domain/message.ts';
import type { ClientID } from '../../domain/names.ts';
import { parseChange } from '../../ledger/change.ts';
import type { Checker, Fact, Watcher } from './fact.ts';
import { short } from './networks.ts';
import { SaidRules } from './rules-of.ts';

export const keptSeats: Checker = {
  name: 'L5',
  states: 'No peer is admitted that the Rules keep out.',
  begin: () => new KeptSeats(),
};

class KeptSeats implements Watcher {
  readonly #rules = new SaidRules();
  readonly #founders = new Map<ClientID, readonly Member[]>();

  see(fact: Fact): string | null {
    this.#rules.see(fact);
    return fact.kind === 'recorded' ? this.#recorded(fact.by, fact.entry) : null;
  }

  #recorded(peer: ClientID, entry: Entry): string | null {
    if (entry.kind === 'founded') this.#founders.set(peer, entry.founding.members);
    if (entry.kind !== 'sealed') return null;
    const change = parseChange(entry.block.change ?? '');
    const admit = this.#rules.of(peer)?.admit ?? 'waiting';
    if (change?.kind !== 'admit' || admit === 'waiting') return null;
    const { clientID, publicKey } = change.member;
    const isFounder = this.#founders
      .get(peer)
      ?.some((one) => one.clientID === clientID && one.publicKey === publicKey);
    if (admit === 'roster' && isFounder === true) return null;
    return `${short(peer)} has a block that admits ${short(clientID)} under admit=${admit}.`;
  }
}
