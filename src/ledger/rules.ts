/** The Rules of a network: what all its peers must have in common (PROTOCOL 5.3). */

import { assert } from '../domain/assert.ts';
import type { ElectionRule } from '../domain/contract.ts';
import type { Digest } from '../domain/names.ts';
import type { Admission } from '../domain/roster.ts';
import { type DifficultyRule, parseDifficulty } from './difficulty.ts';

export type Rules = {
  /** As peers compare it, and as it is hashed into every roster's digest. */
  readonly text: string;
  /** N. */
  readonly seats: number;
  readonly difficulty: DifficultyRule;
  /** Units that each mined block credits. */
  readonly reward: number;
  readonly admit: Admission;
  /** Names the list that its accounts begin with; null where nobody owns anything at first. */
  readonly genesis: Digest | null;
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
  readonly admit?: Admission;
  /** SHA-256 of the list that accounts begin with. */
  readonly genesis?: Digest | null;
};

/** Reads the text of Rules; null if it is none, or of Rules that only later versions know. */
export function parseRules(text: string): Required<RuleSettings> | null {
  const fields = /^peers=(\d{1,3}) difficulty=(\S+)((?: \w+=\w+)*)$/.exec(text);
  const [, peers, difficulty = '', rest = ''] = fields ?? [];
  if (peers === undefined || parseDifficulty(difficulty) === null) return null;
  const [, units] = / reward=(\d{1,7})\b/.exec(rest) ?? [];
  const reward = units === undefined ? usualReward : Number(units);
  if (reward > rewardMost) return null;
  const [, genesis = null] = / genesis=([0-9a-f]{64})$/.exec(rest) ?? [];
  const settings = {
    peers: Number(peers),
    difficulty,
    reward,
    election: elections.find((rule) => rest.includes(` election=${rule}`)) ?? 'draw',
    admit: admissions.find((admit) => rest.includes(` admit=${admit}`)) ?? 'waiting',
    genesis: genesis as Digest | null,
  };
  // Rules are compared as texts: of several spellings only the one that we write is read.
  return rulesOf(settings).text === text ? settings : null;
}

const elections: readonly ElectionRule[] = ['present', 'lowest'];

const admissions: readonly Admission[] = ['roster', 'none'];

/** `difficulty` as in `parseDifficulty`, which must be able to read it. */
export function rulesOf(settings: RuleSettings): Rules {
  const {
    peers,
    difficulty,
    reward = usualReward,
    election = 'draw',
    admit = 'waiting',
    genesis = null,
  } = settings;
  const rule = parseDifficulty(difficulty);
  assert(rule !== null, 'Settings hold a difficulty rule that can be read.');
  assert(reward >= 0 && reward <= rewardMost, 'A reward is from 0 to a million.');
  // What is usual goes without saying: so networks from before it keep their names.
  const rest = [
    ...(reward === usualReward ? [] : [` reward=${reward}`]),
    ...(election === 'draw' ? [] : [` election=${election}`]),
    ...(admit === 'waiting' ? [] : [` admit=${admit}`]),
    ...(genesis === null ? [] : [` genesis=${genesis}`]),
  ];
  const text = `peers=${peers} difficulty=${difficulty}${rest.join('')}`;
  return { text, seats: peers, difficulty: rule, reward, admit, genesis };
}

/** The Rules that a text says; null as `parseRules` is. */
export function readRules(text: string): Rules | null {
  const settings = parseRules(text);
  return settings === null ? null : rulesOf(settings);
}

/** The same Rules for accounts that begin with the list of this digest; null for no list. */
export function rulesWithGenesis({ text }: Rules, genesis: Digest | null): Rules {
  const settings = parseRules(text);
  assert(settings !== null, 'Rules that we made can be read.');
  return rulesOf({ ...settings, genesis });
}
