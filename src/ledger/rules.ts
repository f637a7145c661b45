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

/** What `rulesOf` was told. */
export type RuleSettings = {
  readonly peers: number;
  readonly difficulty: string;
  readonly reward?: number;
  readonly election?: ElectionRule;
};

/** Reads the text of Rules; null if it is none, or of Rules that only later versions know. */
export function parseRules(text: string): Required<RuleSettings> | null {
  const form = /^peers=(\d{1,3}) difficulty=(\S+)(?: reward=(\d{1,7}))?(?: election=(\w+))?$/;
  const [, peers, difficulty = '', reward, election = 'draw'] = form.exec(text) ?? [];
  if (peers === undefined || parseDifficulty(difficulty) === null) return null;
  if (election !== 'draw' && election !== 'lowest') return null;
  const units = reward === undefined ? usualReward : Number(reward);
  if (units > rewardMost) return null;
  return { peers: Number(peers), difficulty, reward: units, election };
}

/** `difficulty` as in `parseDifficulty`, which must be able to read it. */
export function rulesOf(settings: RuleSettings): Rules {
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

/** Reads the text of Rules; null for one that nobody writes. */
export function readRules(text: string): Rules | null {
  const [, peers, difficulty = '', reward, election] =
    /^peers=(\d{1,3}) difficulty=(\S+)(?: reward=(\d{1,7}))?(?: election=(\S+))?$/.exec(text) ?? [];
  const rule = parseDifficulty(difficulty);
  if (rule === null || (election !== undefined && election !== 'lowest')) return null;
  const seats = Number(peers);
  return { text, seats, difficulty: rule, reward: Number(reward ?? usualReward) };
}
