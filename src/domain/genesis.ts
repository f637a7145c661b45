/** What the accounts of a network begin with, where anything is in them from the start. */

import { type AccountKey, type ClientID, compareText, type Digest } from './names.ts';

/** Units that a key owns before the first block. */
export type Grant = { readonly key: AccountKey; readonly units: number };

/** In order of key, no key twice (PROTOCOL 12, Genesis). */
export type Genesis = readonly Grant[];

/** A list that we were given, with what Rules name it by; `from` is null for our own file. */
export type Heritage = {
  readonly genesis: Genesis;
  readonly digest: Digest;
  readonly from: ClientID | null;
};

/** As people are told of it. */
export type Given = Omit<Heritage, 'genesis'> & {
  /** All keys together. */
  readonly units: number;
};

/** The most keys in it, so that it fits one answer. */
export const GRANTS_MOST = 100;

/**
 * The most units of it, all keys together. What is left to the largest exact number are the
 * rewards of eight billion blocks, be they as high as may be.
 */
export const GENESIS_UNITS_MOST = 1_000_000_000_000_000;

/** The same list in the one order that it has. */
export function sortedGenesis(genesis: Genesis): Genesis {
  return [...genesis].sort((a, b) => compareText(a.key, b.key));
}

/** What is wrong with a list of well-formed keys and units, in words; null if nothing is. */
export function problemOfGenesis(genesis: Genesis): string | null {
  if (genesis.length === 0 || genesis.length > GRANTS_MOST)
    return `has ${genesis.length} keys where 1 to ${GRANTS_MOST} may be`;
  const units = unitsOf(genesis);
  if (units > GENESIS_UNITS_MOST)
    return `gives ${units} units where ${GENESIS_UNITS_MOST} are the most`;
  const isInOrder = genesis.every(({ key }, index) => {
    const before = genesis[index - 1];
    return before === undefined || compareText(before.key, key) < 0;
  });
  return isInOrder ? null : 'has not each key once, in their order';
}

/** All units of it together. */
export function unitsOf(genesis: Genesis): number {
  return genesis.reduce((sum, { units }) => sum + units, 0);
}
