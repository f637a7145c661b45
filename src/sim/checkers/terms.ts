/** The term of each peer, as far as what it recorded shows it. */

import type { Entry } from '../../domain/contract.ts';
import type { ClientID, Term } from '../../domain/names.ts';
import { usedTermIn } from '../../peer/memory.ts';
import type { Fact } from './fact.ts';

export class Terms {
  readonly #of = new Map<ClientID, Term>();
  readonly #used = new UsedTerms();

  see(fact: Fact): void {
    this.#used.see(fact);
    if (fact.kind === 'noted' && fact.note.kind === 'term-forgotten')
      this.#of.set(fact.by, this.#used.of(fact.by));
    if (fact.kind !== 'recorded') return;
    const term = termOf(fact.entry);
    if (term !== null && term > this.of(fact.by)) this.#of.set(fact.by, term);
  }

  /** 0 before the first one. */
  of(peer: ClientID): Term {
    return this.#of.get(peer) ?? (0 as Term);
  }
}

/** The highest term in which each peer took part: below it none may ever go back. */
export class UsedTerms {
  readonly #of = new Map<ClientID, Term>();

  see(fact: Fact): void {
    if (fact.kind !== 'recorded') return;
    const term = usedTermIn([fact.entry]);
    if (term > this.of(fact.by)) this.#of.set(fact.by, term);
  }

  /** 0 before the first one. */
  of(peer: ClientID): Term {
    return this.#of.get(peer) ?? (0 as Term);
  }
}

/** The term that an entry raises its peer to; null for one that is about none. */
export function termOf(entry: Entry): Term | null {
  switch (entry.kind) {
    case 'term':
    case 'voted':
    case 'obeyed':
    case 'accepted':
      return entry.term;
    default:
      return null;
  }
}
