/** S1: at most one mandate per term. */

import type { ClientID, Term } from '../../domain/names.ts';
import type { Checker, Fact, Watcher } from './fact.ts';
import { Networks, short } from './networks.ts';

export const oneMandate: Checker = {
  name: 'S1',
  states: 'There is at most one mandate per term.',
  begin: () => new OneMandate(),
};

type Claim = { readonly term: Term; readonly controller: ClientID };

class OneMandate implements Watcher {
  readonly #networks = new Networks();
  readonly #controllers = new Map<string, ClientID>();

  see(fact: Fact): string | null {
    this.#networks.see(fact);
    const claim = claimOf(fact);
    const network = this.#networks.of(fact.by);
    if (claim === null || network === null) return null;
    const { term, controller } = claim;
    const key = `${term} ${network}`;
    const other = this.#controllers.get(key);
    if (other === undefined) this.#controllers.set(key, controller);
    if (other === undefined || other === controller) return null;
    return `Term ${term} has two controllers, ${short(other)} and ${short(controller)}.`;
  }
}

/** Whom a peer obeys, or claims to be. */
function claimOf(fact: Fact): Claim | null {
  if (fact.kind === 'recorded' && fact.entry.kind === 'obeyed')
    return { term: fact.entry.term, controller: fact.entry.controllerID };
  if (fact.kind === 'said' && fact.message.kind === 'mandate')
    return { term: fact.message.term, controller: fact.message.clientID };
  if (fact.kind === 'noted' && fact.note.kind === 'mandate')
    return { term: fact.note.term, controller: fact.note.controller };
  return null;
}
