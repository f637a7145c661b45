/** S8: a peer's draw counts no commitment heard after its own reveal. */

import type { Hasher } from '../../domain/crypto.ts';
import type { Commitment, Message, Reveal } from '../../domain/message.ts';
import type { ClientID, Digest, Nonce } from '../../domain/names.ts';
import type { Note } from '../../domain/note.ts';
import { commitmentOf, draw } from '../../election/draw.ts';
import type { Checker, Fact, Watcher } from './fact.ts';
import { short } from './networks.ts';

export function fairDraw(hasher: Hasher): Checker {
  return {
    name: 'S8',
    states: "A peer's draw counts no commitment heard after its own reveal.",
    begin: () => new FairDraw(hasher),
  };
}

/** What one peer knows of one term. A peer that restarts knows nothing more. */
type Ballot = {
  /** The last one heard of each, and of ours. */
  readonly commitments: Map<ClientID, Digest>;
  readonly nonces: Map<ClientID, Set<Nonce>>;
  roster: Digest | null;
  /** The commitments as they stood at its own reveal. */
  fixed: ReadonlyMap<ClientID, Digest> | null;
};

class FairDraw implements Watcher {
  readonly #hasher: Hasher;
  readonly #ballots = new Map<ClientID, Map<number, Ballot>>();

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  see(fact: Fact): string | null {
    if (fact.kind === 'crashed') this.#ballots.delete(fact.by);
    if (fact.kind === 'said' || fact.kind === 'heard') this.#hear(fact.by, fact.message);
    if (fact.kind !== 'noted' || fact.note.kind !== 'drawn') return null;
    return this.#judge(fact.by, fact.note);
  }

  #hear(by: ClientID, message: Message): void {
    if (message.kind === 'commitment') this.#commit(by, message);
    if (message.kind === 'reveal') this.#reveal(by, message);
  }

  #commit(by: ClientID, { clientID, term, commit, roster }: Commitment): void {
    const ballot = this.#ballot(by, term);
    ballot.commitments.set(clientID, commit);
    if (by === clientID) ballot.roster = roster;
  }

  #reveal(by: ClientID, { clientID, term, nonce }: Reveal): void {
    const ballot = this.#ballot(by, term);
    if (by === clientID) ballot.fixed ??= new Map(ballot.commitments);
    const nonces = ballot.nonces.get(clientID) ?? new Set();
    ballot.nonces.set(clientID, nonces.add(nonce));
  }

  #judge(by: ClientID, drawn: Extract<Note, { kind: 'drawn' }>): string | null {
    const { term, numbers, seed } = drawn;
    const { fixed, nonces, roster } = this.#ballot(by, term);
    const counted: Record<ClientID, Nonce> = {};
    for (const { peer } of numbers) {
      const commit = fixed?.get(peer);
      const opens = [...(nonces.get(peer) ?? [])].find(
        (nonce) => commitmentOf(term, peer, nonce, this.#hasher) === commit,
      );
      if (commit === undefined || opens === undefined)
        return (
          `${short(by)} counts ${short(peer)} in term ${term}, ` +
          'whose commitment it did not know before its own reveal.'
        );
      counted[peer] = opens;
    }
    const isOurs = roster !== null && draw(term, roster, counted, this.#hasher).seed === seed;
    return isOurs ? null : `${short(by)} draws in term ${term} from other nonces than it counts.`;
  }

  #ballot(by: ClientID, term: number): Ballot {
    const all = this.#ballots.get(by) ?? new Map<number, Ballot>();
    this.#ballots.set(by, all);
    const known = all.get(term);
    if (known !== undefined) return known;
    const ballot: Ballot = {
      commitments: new Map(),
      nonces: new Map(),
      roster: null,
      fixed: null,
    };
    all.set(term, ballot);
    return ballot;
  }
}
