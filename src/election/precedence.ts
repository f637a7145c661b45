/** Who goes before whom where the Rules leave the lot out: by Name, then by ClientID. */

import { type ClientID, compareText } from '../domain/names.ts';

/** A peer with its Name, the small number that people gave it; null where it has none. */
export type Named = { readonly clientID: ClientID; readonly name: number | null };

/** Below 0 where `a` goes before `b`: peers with a Name first, and of equal ones the lower key. */
export function compareNamed(a: Named, b: Named): number {
  const unnamed = Number.MAX_SAFE_INTEGER;
  return (a.name ?? unnamed) - (b.name ?? unnamed) || compareText(a.clientID, b.clientID);
}

/** Who keeps each Name, if several have it: the one with the lowest ClientID. */
export function keepersOf(peers: readonly Named[]): ReadonlyMap<number, ClientID> {
  const keepers = new Map<number, ClientID>();
  for (const { clientID, name } of peers) {
    if (name === null) continue;
    const keeper = keepers.get(name);
    if (keeper === undefined || clientID < keeper) keepers.set(name, clientID);
  }
  return keepers;
}
