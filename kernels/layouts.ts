/** Where the open digits may lie in the last blocks of a text: each place has code of its own. */

import type { NonceForm } from '../src/domain/contract.ts';

export type Layout = {
  /** How the kernel's scan calls it. */
  readonly number: number;
  /** Blocks that depend on the open digits. */
  readonly blocks: 1 | 2;
  /** Words of these blocks, counted through, that may have open digits. */
  readonly open: readonly number[];
};

/** The digits are in the first of two blocks, the length of the text in the second. */
export const SPILT = 4;
/** The digits are in both. */
export const ACROSS = 5;

/**
 * One block has place for texts of 55 bytes, so the three open digits begin at byte 52 at the
 * latest. Each layout serves digits that begin in one of four words; more layouts would save a few
 * rounds each, and be more code.
 */
const ONE_BLOCK: readonly Layout[] = [
  { number: 0, blocks: 1, open: [0, 1, 2, 3, 4] },
  { number: 1, blocks: 1, open: [4, 5, 6, 7, 8] },
  { number: 2, blocks: 1, open: [8, 9, 10, 11, 12] },
  { number: 3, blocks: 1, open: [12, 13] },
];

/** The layouts in which nonces of a form come. */
export const LAYOUTS: Readonly<Record<NonceForm, readonly Layout[]>> = {
  'padded-hex': [{ number: 3, blocks: 1, open: [13] }],
  decimal: [
    ...ONE_BLOCK,
    { number: SPILT, blocks: 2, open: [13, 14, 15] },
    { number: ACROSS, blocks: 2, open: [15, 16] },
  ],
};
