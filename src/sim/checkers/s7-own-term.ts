/** S7: nobody acts on a controller's message below its own term. */

import type { Term } from '../../domain/names.ts';
import type { Checker, Fact, Watcher } from './fact.ts';
import { short } from './networks.ts';
import { Terms } from './terms.ts';

export const ownTerm: Checker = {
  name: 'S7',
  states: "Nobody acts on a controller's message below its own term.",
  begin: () => new OwnTerm(),
};

type Act = { readonly what: string; readonly term: Term };

class OwnTerm implements Watcher {
  readonly #terms = new Terms();

  see(fact: Fact): string | null {
    const own = this.#terms.of(fact.by);
    const act = actOf(fact);
    this.#terms.see(fact);
    if (act === null || act.term >= own) return null;
    return `${short(fact.by)}, in term ${own}, ${act.what} of term ${act.term}.`;
  }
}

/** What a peer does because a controller told it to. A sealed block is no controller's message. */
function actOf(fact: Fact): Act | null {
  if (fact.kind === 'said' && fact.message.kind === 'acknowledgement')
    return { what: 'acknowledges a proposal', term: fact.message.term };
  if (fact.kind === 'recorded' && fact.entry.kind === 'accepted')
    return { what: 'accepts a proposal', term: fact.entry.term };
  if (fact.kind === 'recorded' && fact.entry.kind === 'obeyed')
    return { what: 'obeys a controller', term: fact.entry.term };
  if (fact.kind === 'noted' && fact.note.kind === 'challenge')
    return { what: 'takes a challenge', term: fact.note.term };
  return null;
}
