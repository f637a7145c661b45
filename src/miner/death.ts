/** How often a thread has died in one place: whoever gets nowhere is not started for ever. */

/** Where a thread died last, and how often there. */
export type Death = { readonly count: number; readonly search: number; readonly tried: bigint };

/** After this many deaths in a row, without a nonce tried in between, no thread takes the place. */
export const MOST_DEATHS = 3;

/** One more death, in the search and at the count of nonces where it happened. */
export function afterDeath(last: Death | undefined, search: number, tried: bigint): Death {
  const isBarren = last?.search === search && last.tried === tried;
  return { count: isBarren ? last.count + 1 : 1, search, tried };
}
