/** Networks of honest students, by their habits. */

import { type Fields, type LabTape, type Said, solve, tapeOf } from './lab-telling.ts';

type Habits = {
  readonly dialect: 'ufes' | 'statement';
  /** Null for once. */
  readonly introduceMs: number | null;
  /** Whether they introduce themselves again to everybody who comes. */
  readonly areGreeting?: boolean;
  readonly areVotesRepeated?: boolean;
  /** Challenges a second. */
  readonly perSecond?: number;
  /** How TransactionIDs are said. */
  readonly number?: (value: number) => unknown;
};

/** Four honest clients of students, which solve challenges for a quarter of a minute. */
export function recordStudents(habits: Habits): LabTape {
  const { dialect, introduceMs, areGreeting = false, areVotesRepeated = false } = habits;
  const { perSecond = 1, number = (value) => value } = habits;
  const isText = dialect === 'ufes';
  const names = [1, 2, 3, 4].map((name) => (isText ? `s${name}` : name));
  const said: Said[] = [];
  names.forEach((ClientID, index) => {
    const cameAt = index * 0.7;
    const say = (at: number, word: string, fields: Fields = {}): void => {
      said.push([at, word, { ClientID, ...fields }]);
    };
    // The last of them comes at 2.1 s, and all have voted at 3.1 s.
    for (let at = cameAt; at < 3.1; at += (introduceMs ?? 60_000) / 1_000) say(at, 'init');
    if (introduceMs === null) say(2.2 + index / 100, 'init');
    for (let later = index + 1; areGreeting && later < 4; later += 1)
      say(later * 0.7 + 0.01, 'init');
    const VoteID = isText ? String(9 - index) : 900 - index;
    const last = areVotesRepeated ? 4.5 : 3;
    for (let at = 2.3 + index / 5; at < last; at += 1) say(at, 'voting', { VoteID });
  });
  const bits = isText ? 4 : 1;
  for (let round = 0; round < 15 * perSecond; round += 1) {
    const at = 6 + round / perSecond;
    const TransactionID = number(round);
    said.push([at, 'challenge', { TransactionID, Challenge: bits }]);
    names.slice(1).forEach((ClientID, index) => {
      const own = { TransactionID, ClientID, Solution: solve(`${ClientID}${round}`, 4) };
      said.push([at + 0.02 + index / 100, 'solution', own]);
      said.push([at + 0.021 + index / 100, 'result', { ...own, Result: index === 0 ? 1 : 0 }]);
    });
  }
  return tapeOf(said);
}

export const WORKING: readonly (readonly [string, Habits])[] = [
  ['introduce themselves every 5 s', { dialect: 'ufes', introduceMs: 5_000 }],
  ['greet everybody who comes', { dialect: 'ufes', introduceMs: 10_000, areGreeting: true }],
  ['introduce themselves once', { dialect: 'ufes', introduceMs: null }],
  ['repeat votes', { dialect: 'statement', introduceMs: 2_000, areVotesRepeated: true }],
  ['vote once', { dialect: 'statement', introduceMs: null }],
  ['repeat votes of ufes once', { dialect: 'ufes', introduceMs: 5_000, areVotesRepeated: true }],
  ['open 30 challenges a second', { dialect: 'ufes', introduceMs: 5_000, perSecond: 30 }],
];
