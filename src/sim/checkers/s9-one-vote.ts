/** S9: a peer votes at most once a term. */

import type { ClientID, Term } from '../../domain/names.ts';
import type { Checker, Fact, Watcher } from './fact.ts';
import { short } from './networks.ts';

export const oneVote: Checker = {
  name: 'S9',
  states: 'A peer votes at most once a term.',
  begin: () => new OneVote(),
};

class OneVote implements Watcher {
  readonly #votes = new Map<string, string>();
  /** The highest term in which each peer has used up its vote, by voting or by obeying. */
  readonly #used = new Map<ClientID, Term>();

  see(fact: Fact): string | null {
    if (fact.kind === 'recorded') return this.#record(fact);
    if (fact.kind !== 'said' || fact.message.kind !== 'vote') return null;
    // The same vote may be said again and again, but in the very same words.
    const { term } = fact.message;
    const key = `${fact.by} ${term}`;
    const words = JSON.stringify(fact.message);
    const other = this.#votes.get(key);
    if (other === undefined) this.#votes.set(key, words);
    return other === undefined || other === words ? null : twice(fact.by, term);
  }

  #record({ by, entry }: Extract<Fact, { kind: 'recorded' }>): string | null {
    if (entry.kind !== 'voted' && entry.kind !== 'obeyed') return null;
    const used = this.#used.get(by) ?? 0;
    if (entry.term > used) this.#used.set(by, entry.term);
    return entry.kind === 'voted' && entry.term <= used ? twice(by, entry.term) : null;
  }
}

function twice(peer: ClientID, term: Term): string {
  return `${short(peer)} votes in term ${term}, and its vote there is used up.`;
}
