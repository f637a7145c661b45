/** Quests, ranges and outcomes in words for people. */

import { countOf } from '../domain/count-of.ts';
import type { Outcome, Quest, QuestFault, Range } from '../domain/quest.ts';

/** `nonces 0 to 99999`. */
export function describeRange({ from, to }: Range): string {
  return to - from === 1 ? `nonce ${from}` : `nonces ${from} to ${to - 1}`;
}

/** `24 zero bits with sha256d, nonces 0 to 99999`. */
export function describeQuest({ bits, algorithm, from, to }: Omit<Quest, 'prefix'>): string {
  return `${countOf(bits, 'zero bit')} with ${algorithm}, ${describeRange({ from, to })}`;
}

/** Goes on behind who says it. */
export function describeOutcome(outcome: Outcome): string {
  if (outcome.kind === 'found') return `nonce ${outcome.nonce} is found`;
  if (outcome.kind === 'exhausted') return 'there is no such nonce';
  return `refused, ${faults[outcome.reason]}`;
}

/** Why a quest is not taken up, behind "because". */
export const faults: Readonly<Record<QuestFault, string>> = {
  'prefix-too-long': 'its text is too long',
  'range-empty': 'there is no nonce in its range',
  'range-too-big': 'its range is too big',
  'too-many-quests': 'too many others wait',
};

/** `1 near miss`. */
export function nearMisses(count: number): string {
  return countOf(count, 'near miss', 'near misses');
}
