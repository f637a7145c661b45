/** Seeded dice: every chance that a head takes comes from here, so that a run can be told again. */

import type { Hasher } from './crypto.ts';
import type { Nonce } from './names.ts';

/** Plain data: the secret seed, and how often the dice were thrown. */
export type Dice = { readonly seed: string; throws: number };

/** A fresh secret: SHA-256 in counter mode, as unpredictable as the seed. */
export function drawNonce(dice: Dice, hasher: Hasher): Nonce {
  dice.throws += 1;
  return hasher.sha256(`sortition/dice\n${dice.seed}\n${dice.throws}\n`) as string as Nonce;
}

/** A whole number of milliseconds from `low` up to, and without, `high`. */
export function drawMs(dice: Dice, hasher: Hasher, low: number, high: number): number {
  const fraction = Number.parseInt(drawNonce(dice, hasher).slice(0, 8), 16) / 2 ** 32;
  return low + Math.floor(fraction * (high - low));
}
