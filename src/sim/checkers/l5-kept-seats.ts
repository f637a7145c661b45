/** L5: a seat that the Rules keep for the founders, or for no one, is given to nobody else. */

import type { Entry } from '../../domain/contract.ts';
import type { Member } from '../../domain/message.ts';
import type { ClientID } from '../../domain/names.ts';
import type { Admission } from '../../domain/roster.ts';
import { parseChange } from '../../ledger/change.ts';
import { parseRules } from '../../ledger/rules.ts';
import type { Checker, Fact, Watcher } from './fact.ts';
import { short } from './networks.ts';

export const keptSeats: Checker = {
  name: 'L5',
  states: 'Nobody is admitted whom the Rules keep out.',
  begin: () => new KeptSeats(),
};

class KeptSeats implements Watcher {
  /** What each peer says of its own Rules. */
  readonly #admissions = new Map<ClientID, Admission>();
  readonly #founders = new Map<ClientID, readonly Member[]>();

  see(fact: Fact): string | null {
    if (fact.kind === 'said' && fact.message.kind === 'introduction') {
      const admit = parseRules(fact.message.rules)?.admit;
      if (admit !== undefined) this.#admissions.set(fact.by, admit);
    }
    return fact.kind === 'recorded' ? this.#recorded(fact.by, fact.entry) : null;
  }

  #recorded(peer: ClientID, entry: Entry): string | null {
    if (entry.kind === 'founded') this.#founders.set(peer, entry.founding.members);
    if (entry.kind !== 'sealed') return null;
    const change = parseChange(entry.block.change ?? '');
    const admit = this.#admissions.get(peer) ?? 'waiting';
    if (change?.kind !== 'admit' || admit === 'waiting') return null;
    const { clientID, publicKey } = change.member;
    const isFounder = this.#founders
      .get(peer)
      ?.some((one) => one.clientID === clientID && one.publicKey === publicKey);
    if (admit === 'roster' && isFounder === true) return null;
    return `${short(peer)} has a block that admits ${short(clientID)} under admit=${admit}.`;
  }
}
