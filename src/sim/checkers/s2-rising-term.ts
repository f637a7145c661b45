/** S2: a peer's term never falls, across restarts, but from a far one that was only claimed. */

import type { ClientID, Term } from '../../domain/names.ts';
import type { Checker, Fact, Watcher } from './fact.ts';
import { short } from './networks.ts';
import { termOf, UsedTerms } from './terms.ts';

export const risingTerm: Checker = {
  name: 'S2',
  states: "A peer's term never falls, across restarts, but from a far one that was only claimed.",
  begin: () => new RisingTerm(),
};

class RisingTerm implements Watcher {
  readonly #highest = new Map<ClientID, Term>();
  readonly #used = new UsedTerms();

  see(fact: Fact): string | null {
    this.#used.see(fact);
    if (fact.kind === 'noted' && fact.note.kind === 'term-forgotten')
      this.#highest.set(fact.by, this.#used.of(fact.by));
    const term = shown(fact);
    if (term === null) return null;
    const before = this.#highest.get(fact.by) ?? 0;
    if (term >= before) this.#highest.set(fact.by, term);
    else return `${short(fact.by)} fell from term ${before} to term ${term}.`;
    return null;
  }
}

/** Its term, where a fact shows it: old votes are repeated, but a heartbeat tells of today. */
function shown(fact: Fact): Term | null {
  if (fact.kind === 'said' && fact.message.kind === 'heartbeat') return fact.message.term;
  return fact.kind === 'recorded' ? termOf(fact.entry) : null;
}
