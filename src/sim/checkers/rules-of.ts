/** The Rules that each peer says it goes by, as checkers learn them. */

import type { ClientID } from '../../domain/names.ts';
import { type Rules, readRules } from '../../ledger/rules.ts';
import type { Fact } from './fact.ts';

export class SaidRules {
  readonly #of = new Map<ClientID, Rules>();

  see(fact: Fact): void {
    if (fact.kind !== 'said' || fact.message.kind !== 'introduction') return;
    const { rules: text } = fact.message;
    if (this.#of.get(fact.by)?.text === text) return;
    const rules = readRules(text);
    if (rules !== null) this.#of.set(fact.by, rules);
  }

  /** Null for a peer that has not introduced itself yet. */
  of(peer: ClientID): Rules | null {
    return this.#of.get(peer) ?? null;
  }
}
