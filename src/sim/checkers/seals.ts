/** Finds out what is sealed: a block is final when Q have said yes, whoever has counted them. */

import type { Block } from '../../domain/message.ts';
import type { ClientID, Digest, Term, TransactionID } from '../../domain/names.ts';
import { majority } from '../../domain/roster.ts';
import { parseChange } from '../../ledger/change.ts';
import type { Fact } from './fact.ts';
import { foundersOf, type NetworkName, Networks } from './networks.ts';

/** Q members have acknowledged this block in this term. */
export type Sealed = {
  readonly network: NetworkName;
  readonly term: Term;
  readonly transactionID: TransactionID;
  readonly digest: Digest;
};

type Members = ReadonlySet<ClientID>;

export class Seals {
  readonly networks: Networks = new Networks();
  /** The members before each block, by number, as the first peer that had it recorded them. */
  readonly #rosters = new Map<NetworkName, Members[]>();
  readonly #voices = new Map<string, Set<ClientID>>();

  /** The seal that this fact completes; null if it completes none. */
  see(fact: Fact): Sealed | null {
    this.networks.see(fact);
    if (fact.kind === 'recorded' && fact.entry.kind === 'sealed')
      this.#extend(fact.by, fact.entry.block);
    if (fact.kind !== 'said' || fact.message.kind !== 'acknowledgement') return null;
    const network = this.networks.of(fact.by);
    if (network === null) return null;
    const { term, transactionID, digest } = fact.message;
    const members = this.#rostersOf(network)[transactionID];
    if (members === undefined || !members.has(fact.by)) return null;
    const key = `${network} ${term} ${transactionID} ${digest}`;
    const voices = this.#voices.get(key) ?? new Set();
    if (voices.has(fact.by)) return null;
    voices.add(fact.by);
    this.#voices.set(key, voices);
    if (voices.size !== majority(members.size)) return null;
    return { network, term, transactionID, digest };
  }

  #rostersOf(network: NetworkName): Members[] {
    const known = this.#rosters.get(network);
    if (known !== undefined) return known;
    const first = [new Set(foundersOf(network))];
    this.#rosters.set(network, first);
    return first;
  }

  #extend(peer: ClientID, block: Block): void {
    const network = this.networks.of(peer);
    if (network === null) return;
    const rosters = this.#rostersOf(network);
    const before = rosters[block.transactionID];
    if (before === undefined || rosters.length > block.transactionID + 1) return;
    rosters.push(membersAfter(before, block));
  }
}

function membersAfter(before: Members, block: Block): Members {
  const change = block.change === undefined ? null : parseChange(block.change);
  if (change === null) return before;
  const after = new Set(before);
  if (change.kind === 'admit') after.add(change.member.clientID);
  else after.delete(change.clientID);
  return after;
}
