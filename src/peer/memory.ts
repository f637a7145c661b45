/** What a peer must not forget, as its recorded entries add up to it (PROTOCOL 9, Durable). */

import { assert } from '../domain/assert.ts';
import type { Entry, Recovered } from '../domain/contract.ts';
import type { Hasher } from '../domain/crypto.ts';
import type { Genesis } from '../domain/genesis.ts';
import type { Accepted, Founding, Member } from '../domain/message.ts';
import {
  type ClientID,
  type Digest,
  type Term,
  type TransactionID,
  UNFOUNDED,
} from '../domain/names.ts';
import { isMember, makeRoster, type Part, type Roster } from '../domain/roster.ts';
import type { Chain } from '../domain/standing.ts';
import type { Batch } from '../domain/transaction.ts';
import { isFar } from '../election/booth.ts';
import { extendChain, startChain } from '../ledger/chain.ts';
import { mayBeAdmitted } from '../ledger/change.ts';
import { accountsOfGenesis, digestOfGenesis, noGenesis } from '../ledger/genesis.ts';
import { type Rules, rulesWithGenesis } from '../ledger/rules.ts';

/** A founded network: the digest of its first roster names it. */
export type Network = { readonly digest: Digest; readonly founding: Founding };

/** What was acknowledged last, with all that it takes to propose it again. */
export type AcceptedWhole = Accepted & { readonly digest: Digest; readonly batch?: Batch };

export type Memory = {
  rules: Rules;
  /** What accounts begin with, from its entry to the founding. */
  genesis: Genesis;
  incarnation: number;
  /** The highest term voted in, obeyed in or heard of; never falls [safety]. */
  term: Term;
  /** The highest term in which our one vote is used up: by voting or by obeying [safety]. */
  usedTerm: Term;
  /** The roster we bound ourselves to by voting in a founding. */
  binding: Roster | null;
  accepted: AcceptedWhole | null;
  network: Network | null;
  /** Where our ledger stands; null before the founding. */
  chain: Chain | null;
  /** How many blocks we have, which is the number of the next one; -1 before the founding. */
  height: TransactionID;
  /** Rosters that our ledger had lately, the present one last: mandates may name any of them. */
  rosters: readonly Roster[];
};

/** Mandates of rosters older than so many changes are over. */
const mostRosters = 100;

export function newMemory(rules: Rules): Memory {
  return {
    rules,
    genesis: noGenesis,
    incarnation: 0,
    term: 0 as Term,
    usedTerm: 0 as Term,
    binding: null,
    accepted: null,
    network: null,
    chain: null,
    height: UNFOUNDED,
    rosters: [],
  };
}

/** Answers with a term that the entries have, and that is not believed; null if there is none. */
export function recall(memory: Memory, recovered: Recovered, hasher: Hasher): Term | null {
  const { entries, standing } = recovered;
  if (standing !== undefined) {
    const { founding, chain, rosters } = standing;
    const { digest } = makeRoster(founding.members, memory.rules.text, hasher);
    Object.assign(memory, { network: { digest, founding }, chain, height: chain.height, rosters });
  }
  for (const entry of entries) remember(memory, entry, hasher);
  return forgetFarTerm(memory);
}

/**
 * A term far above all in which we took part was only claimed by a peer, and would leave no terms
 * for the network: [safety] we go back to the highest in which we voted, acknowledged a block or
 * accepted a mandate, and never below it.
 */
function forgetFarTerm(memory: Memory): Term | null {
  const { term, usedTerm } = memory;
  if (!isFar(term, usedTerm)) return null;
  memory.term = usedTerm;
  return term;
}

/** The highest term in which the peer of these entries took part. */
export function usedTermIn(entries: readonly Entry[]): Term {
  const terms = entries.map((entry) =>
    entry.kind === 'voted' || entry.kind === 'obeyed' || entry.kind === 'accepted' ? entry.term : 0,
  );
  return Math.max(0, ...terms) as Term;
}

/** Adds one entry; the same whether it is made now or read from a journal. */
export function remember(memory: Memory, entry: Entry, hasher: Hasher): void {
  switch (entry.kind) {
    case 'incarnation':
      memory.incarnation = Math.max(memory.incarnation, entry.incarnation);
      return;
    case 'term':
      memory.term = Math.max(memory.term, entry.term) as Term;
      return;
    case 'voted':
      useTerm(memory, entry.term);
      if (entry.founding !== null)
        memory.binding = makeRoster(entry.founding, memory.rules.text, hasher);
      return;
    case 'obeyed':
      useTerm(memory, entry.term);
      return;
    case 'genesis':
      memory.genesis = entry.genesis;
      memory.rules = rulesWithGenesis(memory.rules, digestOfGenesis(entry.genesis, hasher));
      return;
    case 'founded':
      found(memory, entry.founding, hasher);
      return;
    case 'accepted': {
      useTerm(memory, entry.term);
      const { kind: _, ...accepted } = entry;
      memory.accepted = accepted;
      return;
    }
    case 'sealed': {
      const { block, digest, batch } = entry;
      assert(memory.chain !== null, 'A ledger begins with the founding.');
      assert(block.transactionID === memory.height, 'Blocks are recorded one after another.');
      stand(memory, extendChain(memory.chain, memory.rules, block, digest, hasher, batch));
      return;
    }
  }
}

function useTerm(memory: Memory, term: Term): void {
  memory.term = Math.max(memory.term, term) as Term;
  memory.usedTerm = Math.max(memory.usedTerm, term) as Term;
}

function found(memory: Memory, founding: Founding, hasher: Hasher): void {
  assert(memory.network === null, 'A peer has one network in its life.');
  const roster = makeRoster(founding.members, memory.rules.text, hasher);
  memory.network = { digest: roster.digest, founding };
  memory.binding = null;
  stand(memory, startChain(roster, memory.rules, accountsOfGenesis(memory.genesis, hasher)));
  memory.genesis = noGenesis;
}

function stand(memory: Memory, chain: Chain): void {
  memory.chain = chain;
  memory.height = chain.height;
  memory.rosters = withRoster(memory.rosters, chain.roster);
}

/** Rosters that a ledger had lately, with the one that it has now. */
export function withRoster(rosters: readonly Roster[], roster: Roster): readonly Roster[] {
  if (rosters.at(-1)?.digest === roster.digest) return rosters;
  return [...rosters, roster].slice(-mostRosters);
}

/** The roster at our height; null before the founding. */
export function presentRoster(memory: Memory): Roster | null {
  return memory.chain?.roster ?? null;
}

/** The roster of this digest that the ledger has, or had, at some height. */
export function rosterOf(memory: Memory, digest: Digest): Roster | null {
  return memory.rosters.find((roster) => roster.digest === digest) ?? null;
}

/** Whether a peer is in the roster at our height. */
export function isInRoster(memory: Memory, clientID: ClientID): boolean {
  return memory.chain !== null && isMember(memory.chain.roster, clientID);
}

/** What this peer is in its network, for people. */
export function partOf({ chain, rules }: Memory, self: Member): Part {
  if (chain === null || isMember(chain.roster, self.clientID)) return { isMember: chain !== null };
  const { admit } = rules;
  if (admit === 'waiting' || mayBeAdmitted(self, { ...chain, admit })) return { isMember: false };
  return { isMember: false, shutOut: admit };
}
