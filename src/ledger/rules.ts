/** The Rules of a network: what all its peers must have in common (PROTOCOL 5.3). */

import { assert } from '../domain/assert.ts';
import type { ElectionRule } from '../domain/contract.ts';
import { type DifficultyRule, parseDifficulty } from './difficulty.ts';

export type Rules = {
  /** As peers compare it, and as it is hashed into every roster's digest. */
  readonly text: string;
  /** N. */
  readonly seats: number;
  readonly difficulty: DifficultyRule;
  /** Units that each mined block credits. */
  readonly reward: number;
};

/** The reward where the Rules name none. */
export const usualReward = 50;

/** More would let balances outgrow what numbers hold exactly, after some billions of blocks. */
export const rewardMost = 1_000_000;

/** `difficulty` as in `parseDifficulty`, which must be able to read it. */
export function rulesOf(settings: {
  readonly peers: number;
  readonly difficulty: string;
  readonly reward?: number;
  readonly election?: ElectionRule;
}): Rules {
  const { peers, difficulty, reward = usualReward, election = 'draw' } = settings;
  const rule = parseDifficulty(difficulty);
  assert(rule !== null, 'Settings hold a difficulty rule that can be read.');
  assert(reward >= 0 && reward <= rewardMost, 'A reward is from 0 to a million.');
  // What is usual goes without saying: so networks from before it keep their names.
  const rest = [
    ...(reward === usualReward ? [] : [` reward=${reward}`]),
    ...(election === 'draw' ? [] : [` election=${election}`]),
  ];
  const text = `peers=${peers} difficulty=${difficulty}${rest.join('')}`;
  return { text, seats: peers, difficulty: rule, reward };
}
