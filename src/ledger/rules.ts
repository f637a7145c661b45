/** The Rules of a network: what all its peers must have in common (PROTOCOL 5.3). */

import { assert } from '../domain/assert.ts';
import { type DifficultyRule, parseDifficulty } from './difficulty.ts';

export type Rules = {
  /** As peers compare it, and as it is hashed into every roster's digest. */
  readonly text: string;
  /** N. */
  readonly seats: number;
  readonly difficulty: DifficultyRule;
};

/** `difficulty` as in `parseDifficulty`, which must be able to read it. */
export function rulesOf(settings: { readonly peers: number; readonly difficulty: string }): Rules {
  const { peers, difficulty } = settings;
  const rule = parseDifficulty(difficulty);
  assert(rule !== null, 'Settings hold a difficulty rule that can be read.');
  return { text: `peers=${peers} difficulty=${difficulty}`, seats: peers, difficulty: rule };
}
