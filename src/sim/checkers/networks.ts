/** Which network each peer is of: what must hold holds within one network (PROTOCOL 9). */

import type { ClientID } from '../../domain/names.ts';
import { compareText } from '../../domain/names.ts';
import type { Fact } from './fact.ts';

/** The ClientIDs of a network's first members, which are as good a name as its digest. */
export type NetworkName = string;

export class Networks {
  readonly #of = new Map<ClientID, NetworkName>();

  see(fact: Fact): void {
    if (fact.kind === 'recorded' && fact.entry.kind === 'founded')
      this.#of.set(fact.by, nameOf(fact.entry.founding.members.map(({ clientID }) => clientID)));
  }

  /** Null for who has none yet. */
  of(peer: ClientID): NetworkName | null {
    return this.#of.get(peer) ?? null;
  }
}

function nameOf(members: readonly ClientID[]): NetworkName {
  return [...members].sort(compareText).join(' ');
}

/** The first members that a name names. */
export function foundersOf(network: NetworkName): readonly ClientID[] {
  return network.split(' ') as ClientID[];
}

/** A ClientID as people are shown it. */
export function short(peer: ClientID): string {
  return peer.slice(0, 8);
}
