/** Where the two dialects of the labs differ (PROTOCOL 10): one table, read by everything else. */

import type { Hasher } from '../domain/crypto.ts';
import { type Dice, drawNonce } from '../domain/dice.ts';
import { compareText } from '../domain/names.ts';
import type { Name, VoteTopic } from './message.ts';

export type DialectName = 'ufes' | 'statement';

export type Dialect = {
  readonly name: DialectName;
  /** Completes the sentence "ClientID must be …". */
  readonly namesAre: string;
  readonly isName: (value: unknown) => value is Name;
  readonly drawName: (dice: Dice, hasher: Hasher) => Name;
  /** Below 0 where `a` comes first; the highest VoteID wins. */
  readonly compare: (a: Name, b: Name) => number;
  /** Zero bits that one unit of Challenge means. */
  readonly bitsPerUnit: number;
  /** The hardest challenge, in its own unit, that its clients can solve. */
  readonly hardest: number;
  /** How often, in milliseconds, introductions (and where they are repeated, votes) go out. */
  readonly introduceMs: number;
  /** Else a vote is said once: those clients count messages. */
  readonly repeatsVotes: boolean;
  /** Where votes go while nobody of another kind has voted. */
  readonly voteTopics: readonly VoteTopic[];
};

const LONGEST_NAME = 256;
const MOST_NUMBER = 65_535;

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  ufes: {
    name: 'ufes',
    namesAre: `a text of 1 to ${LONGEST_NAME} characters`,
    isName: (value): value is Name =>
      typeof value === 'string' && value.length > 0 && value.length <= LONGEST_NAME,
    drawName: drawUuid,
    compare: (a, b) => compareText(String(a), String(b)),
    bitsPerUnit: 1,
    hardest: 25,
    introduceMs: 10_000,
    repeatsVotes: false,
    voteTopics: ['voting'],
  },
  statement: {
    name: 'statement',
    namesAre: `a whole number from 0 to ${MOST_NUMBER}`,
    isName: (value): value is Name =>
      Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_NUMBER,
    drawName: (dice, hasher) => Number.parseInt(drawNonce(dice, hasher).slice(0, 4), 16),
    compare: (a, b) => Number(a) - Number(b),
    bitsPerUnit: 4,
    hardest: 5,
    introduceMs: 2_000,
    repeatsVotes: true,
    voteTopics: ['voting', 'election'],
  },
};

/** A UUID version 4 (RFC 9562 section 5.4), drawn but for its version and its variant. */
function drawUuid(dice: Dice, hasher: Hasher): Name {
  const hex = drawNonce(dice, hasher);
  const variant = (8 + (Number.parseInt(hex.charAt(16), 16) % 4)).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
