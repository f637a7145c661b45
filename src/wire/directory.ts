/** Whose key is whose, and how many checked messages each of them may still send. */

import type { Member } from '../domain/message.ts';
import type { ClientID, PublicKey } from '../domain/names.ts';
import { Allowance, type Limit } from './allowance.ts';

/** How many names are kept at most. */
export const NAMES_KEPT = 10_000;

/** What one sender may cost in signature checks that succeed. */
export const SENDER_LIMIT: Limit = { perSecond: 500, atOnce: 2000 };

type Entry = { readonly publicKey: PublicKey; readonly allowance: Allowance };

/**
 * In order of when somebody was last heard. Where it is full, the one not heard for longest makes
 * room, so that a flood of new names forgets its own before it forgets whoever has a heartbeat.
 */
export class Directory {
  readonly #entries = new Map<ClientID, Entry>();
  readonly #pinned = new Set<ClientID>();

  get size(): number {
    return this.#entries.size;
  }

  /** Null for somebody unknown. */
  keyOf(clientID: ClientID): PublicKey | null {
    return this.#entries.get(clientID)?.publicKey ?? null;
  }

  /** Null for somebody unknown. */
  allowanceOf(clientID: ClientID): Allowance | null {
    return this.#entries.get(clientID)?.allowance ?? null;
  }

  /** Keeps a member for good. */
  pin(member: Member): void {
    this.#pinned.add(member.clientID);
    this.#renew(member);
  }

  /** Keeps somebody who has just signed something, making room if need be; never of `members`. */
  hear(member: Member, members: ReadonlySet<ClientID>): void {
    if (!this.#entries.has(member.clientID) && this.size >= NAMES_KEPT) this.#makeRoom(members);
    this.#renew(member);
  }

  /** Keeps somebody whom others named, while there is room: a name costs its inventor nothing. */
  note(member: Member): void {
    if (this.#entries.has(member.clientID) || this.size >= NAMES_KEPT) return;
    this.#renew(member);
  }

  #renew({ clientID, publicKey }: Member): void {
    const allowance = this.allowanceOf(clientID) ?? new Allowance(SENDER_LIMIT);
    this.#entries.delete(clientID);
    this.#entries.set(clientID, { publicKey, allowance });
  }

  #makeRoom(members: ReadonlySet<ClientID>): void {
    for (const clientID of this.#entries.keys()) {
      if (this.#pinned.has(clientID) || members.has(clientID)) continue;
      this.#entries.delete(clientID);
      return;
    }
  }
}
