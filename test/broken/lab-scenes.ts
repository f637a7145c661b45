/** Networks of the labs, told message by message: such as wait for ever, and such as work. */

import { createHash } from 'node:crypto';
import { type LabTape, line } from './labs.ts';

type Fields = Readonly<Record<string, unknown>>;
/** Seconds, the word of its topic, and what is said. */
type Said = readonly [number, string, Fields];

export type LabScene = {
  readonly what: string;
  readonly dialect: 'ufes' | 'statement';
  /** N, where the referee is told. */
  readonly peers?: number;
  readonly tape: LabTape;
  /** Seconds until which somebody listened; otherwise it ends with its last message. */
  readonly until?: number;
  /** In the order in which it is told. */
  readonly told: readonly string[];
};

function tapeOf(said: readonly Said[]): LabTape {
  return said
    .map(([seconds, word, fields]) => line(seconds * 1_000, word, fields))
    .sort((a, b) => a.time - b.time);
}

/** A text whose SHA-1 begins with so many zero bits. */
export function solve(name: string, bits: number): string {
  for (let nonce = 0; ; nonce += 1) {
    const digest = createHash('sha1').update(`${name}/${nonce}`).digest();
    if (Math.clz32(digest.readUInt32BE()) >= bits) return `${name}/${nonce}`;
  }
}

const comes = (at: number, ClientID: string): Said => [at, 'init', { ClientID }];
const votes = (at: number, ClientID: string, VoteID: string): Said => [
  at,
  'voting',
  { ClientID, VoteID },
];
const opens = (at: number, TransactionID: number): Said => [
  at,
  'challenge',
  { TransactionID, Challenge: 8 },
];

/** A challenge, its solution and its result, a second apart. */
function round(at: number, TransactionID: number, ClientID: string): readonly Said[] {
  const Solution = solve(`${ClientID}${TransactionID}`, 8);
  const said = { TransactionID, ClientID, Solution };
  const result: Said = [at + 2, 'result', { ...said, Result: 1 }];
  return [opens(at, TransactionID), [at + 1, 'solution', said], result];
}

const rounds = (from: number, count: number, miner: string): readonly Said[] =>
  Array.from({ length: count }, (_, index) => round(from + 5 * index, index, miner)).flat();

/** A client that says ID and Vote, and goes on introducing itself until so many seconds. */
const other = (until: number): readonly Said[] =>
  Array.from({ length: Math.ceil(until / 10) }, (_, index): Said => {
    return [1 + 10 * index, 'init', { ID: 'zoe' }];
  });
const votesOther = (at: number): Said => [at, 'voting', { ID: 'zoe', Vote: '1' }];

const READS_NOT = 'cannot read the';
const OTHER_KEYS = 'they say ClientID and VoteID, and it says ID and Vote (PROTOCOL 10)';

export const STUCK: readonly LabScene[] = [
  {
    what: 'one counts its own vote alone, for ever, while others work',
    dialect: 'ufes',
    tape: tapeOf([
      ...[comes(0, 'ann'), comes(0, 'bob'), ...other(60)],
      ...[votesOther(2), votes(2, 'ann', '9'), votes(2, 'bob', '5'), ...rounds(5, 10, 'bob')],
    ]),
    told: [`R69 peer zoe ${READS_NOT} votes of ann and bob: ${OTHER_KEYS}`],
  },
  {
    what: 'the same of one that introduces itself once, and is silent',
    dialect: 'ufes',
    tape: tapeOf([
      ...[comes(0, 'ann'), comes(0, 'bob'), ...other(1)],
      ...[votesOther(2), votes(2, 'ann', '9'), votes(2, 'bob', '5'), ...rounds(5, 14, 'bob')],
    ]),
    told: [`R69 peer zoe ${READS_NOT} votes of ann and bob: ${OTHER_KEYS}`],
  },
  {
    what: 'one cannot read that the others are here, and never votes',
    dialect: 'ufes',
    tape: tapeOf([
      ...[comes(0, 'ann'), comes(0, 'bob'), ...other(60)],
      ...[comes(10, 'ann'), comes(20, 'ann'), votes(2, 'ann', '9'), votes(2, 'bob', '5')],
    ]),
    told: [
      'remark R66 peer bob has not introduced itself for 31 s, ' +
        'and zoe, who has not voted, came later (PROTOCOL 10)',
      `R69 peer zoe ${READS_NOT} introductions of ann and bob: ` +
        'they say ClientID, and it says ID (PROTOCOL 10)',
    ],
  },
  {
    what: 'two who cannot read one another are all who are to come',
    dialect: 'statement',
    peers: 2,
    tape: tapeOf([
      [0, 'init', { ClientID: 1 }],
      [1, 'init', { clientId: 2 }],
    ]),
    until: 40,
    told: [
      'remark R66 peer 1 has not introduced itself for 40 s, ' +
        'and 2, who has not voted, came later (PROTOCOL 10)',
      `R69 peer 1 ${READS_NOT} introductions of 2: ` +
        'they say clientId, and it says ClientID (PROTOCOL 10)',
      `R69 peer 2 ${READS_NOT} introductions of 1: ` +
        'they say ClientID, and it says clientId (PROTOCOL 10)',
    ],
  },
  {
    what: 'the challenge comes before one has voted',
    dialect: 'statement',
    tape: tapeOf([
      ...[1, 2, 3].map((name): Said => [0, 'init', { ClientID: name }]),
      ...[1, 2].map((name): Said => [1, 'voting', { ClientID: name, VoteID: name }]),
      [4, 'challenge', { TransactionID: 0, Challenge: 2 }],
      [8, 'voting', { ClientID: 3, VoteID: 3 }],
    ]),
    told: ['R70 somebody opens challenge 0 before 3 has voted (PROTOCOL 10)'],
  },
  {
    what: 'the challenge comes before one can read all votes',
    dialect: 'ufes',
    tape: tapeOf([
      ...[comes(0, 'ann'), comes(0, 'bob'), ...other(30)],
      ...[votesOther(2), votes(2, 'ann', '9'), votes(2, 'bob', '5'), ...rounds(5, 5, 'bob')],
      [12, 'voting', { ID: 'ann', Vote: '9' }],
      [12, 'voting', { ID: 'bob', Vote: '5' }],
    ]),
    told: [
      'R70 somebody opens challenge 0 before zoe could read the vote of ann (PROTOCOL 10)',
      'R70 somebody opens challenge 0 before zoe could read the vote of bob (PROTOCOL 10)',
    ],
  },
  {
    what: 'who introduces itself once is unknown to whoever comes later',
    dialect: 'ufes',
    tape: tapeOf([
      ...[comes(0, 'ann'), comes(1, 'bob'), comes(9, 'cid'), votes(10, 'ann', '9')],
      ...[comes(11, 'bob'), comes(19, 'cid'), comes(21, 'bob'), comes(29, 'cid')],
    ]),
    until: 60,
    told: [
      'remark R66 peer ann has not introduced itself for 60 s, ' +
        'and bob, who has not voted, came later (PROTOCOL 10)',
      'R71 peer bob has not voted: it lacks the introductions of ann, ' +
        'said before it came (PROTOCOL 10)',
      'R71 peer cid has not voted: it lacks the introductions of ann, ' +
        'said before it came (PROTOCOL 10)',
    ],
  },
  {
    what: 'the winner has not listened to the votes of the others',
    dialect: 'ufes',
    tape: tapeOf([
      ...[comes(0, 'ann'), comes(0, 'bob'), comes(0, 'cid')],
      ...[votes(1, 'ann', '5'), votes(1, 'bob', '6'), votes(4, 'cid', '9')],
    ]),
    until: 60,
    told: [
      'R71 peer cid has won with 9, and opens no challenge: it lacks, it seems, the votes of ann ' +
        'and bob, said before its own, when it may not have listened yet (PROTOCOL 10)',
    ],
  },
  {
    what: 'one came after the votes of another, and waits while others work',
    dialect: 'ufes',
    tape: tapeOf([
      ...[comes(0, 'ann'), comes(0, 'bob'), votes(1, 'ann', '9'), votes(3, 'cid', '2')],
      ...[2, 12, 22, 32, 42].map((at) => comes(at, 'cid')),
      ...[votes(3, 'bob', '5'), ...rounds(6, 10, 'bob')],
    ]),
    told: [
      'R71 peer cid knows no controller, while others work: it lacks the votes of ann, ' +
        'said before it came (PROTOCOL 10)',
    ],
  },
];

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
