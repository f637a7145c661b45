/** Networks of the labs that wait for ever, and such as only seem to. */

import {
  answers,
  comes,
  type LabTape,
  opens,
  round,
  rounds,
  type Said,
  seconds,
  solves,
  tapeOf,
  votes,
} from './lab-telling.ts';

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
    what: 'one votes on another topic, and hears no votes on its own',
    dialect: 'ufes',
    tape: tapeOf([
      ...[0, 10, 20, 30, 40, 50].map((at) => comes(at, 'zoe')),
      ...[comes(0, 'ann'), comes(0, 'bob'), votes(2, 'ann', '9'), votes(2, 'bob', '5')],
      ...[[2, 'election', { ClientID: 'zoe', VoteID: '1' }] as const, ...rounds(5, 10, 'bob')],
    ]),
    told: [
      `R69 peer zoe ${READS_NOT} votes of ann and bob: they say ClientID and VoteID on voting, ` +
        'and it says ClientID and VoteID on election (PROTOCOL 10)',
    ],
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

/** An honest start of three, in which ann wins. */
const START_OF_THREE: readonly Said[] = [
  ...[comes(0, 'ann'), comes(0, 'bob'), comes(0, 'cid')],
  ...[votes(1, 'ann', '9'), votes(1, 'bob', '5'), votes(2, 'cid', '4')],
];

/** What looks like a fault, and is none. */
export const FINE: readonly LabScene[] = [
  {
    what: 'all introduce themselves for ever, and the last to vote solves nothing',
    dialect: 'ufes',
    tape: tapeOf([
      ...START_OF_THREE,
      ...['ann', 'bob', 'cid'].flatMap((name) => seconds(5, 5, 20).map((at) => comes(at, name))),
      ...rounds(6, 15, 'bob'),
    ]),
    told: [],
  },
  {
    what: 'a vote is said once more, as its connection was lost',
    dialect: 'ufes',
    tape: tapeOf([...START_OF_THREE, votes(1.7, 'bob', '5'), ...rounds(6, 2, 'bob')]),
    told: [],
  },
  {
    what: 'a controller hears two solutions in another order',
    dialect: 'ufes',
    tape: tapeOf([
      ...[...START_OF_THREE, opens(6, 0), solves(7, 0, 'bob'), solves(7.2, 0, 'cid')],
      ...[answers(7.3, solves(0, 0, 'bob'), 0), answers(7.4, solves(0, 0, 'cid'), 1)],
    ]),
    told: [],
  },
  {
    what: 'solutions of a fast network overtake their challenges',
    dialect: 'ufes',
    tape: tapeOf([
      ...START_OF_THREE,
      ...seconds(6, 1 / 30, 450).flatMap((at, number) => [
        opens(at, number),
        solves(at - 0.5, number, 'bob'),
      ]),
    ]),
    told: [],
  },
  {
    what: 'a number that is given away again is won before its challenge is heard',
    dialect: 'ufes',
    tape: tapeOf([
      ...[...START_OF_THREE, ...round(6, 0, 'bob'), ...round(10, 0, 'cid')],
      answers(13, solves(0, 0, 'ann'), 1),
      ...[opens(13.1, 0), solves(13.2, 0, 'ann')],
    ]),
    told: [],
  },
  {
    what: 'all are started again, under their names, and vote otherwise',
    dialect: 'ufes',
    tape: tapeOf([
      ...[...START_OF_THREE, ...rounds(6, 3, 'bob')],
      ...[comes(40, 'ann'), comes(40, 'bob'), comes(40, 'cid')],
      ...[votes(41, 'ann', '1'), votes(41, 'bob', '2'), votes(42, 'cid', '3')],
      ...rounds(45, 8, 'bob'),
    ]),
    until: 120,
    told: [],
  },
  {
    what: 'one comes when the election is long over',
    dialect: 'ufes',
    tape: tapeOf([
      ...[...START_OF_THREE, ...rounds(6, 20, 'bob')],
      ...seconds(20, 10, 8).map((at) => comes(at, 'late')),
    ]),
    told: [],
  },
  {
    what: 'ours say it again by the keys of somebody who came later',
    dialect: 'ufes',
    tape: tapeOf([
      ...[comes(0, 'ann'), comes(0, 'bob'), ...other(1), [2, 'init', { ID: 'ann' }] as Said],
      ...[[2, 'init', { ID: 'bob' }] as Said, votesOther(3)],
      ...['ann', 'bob'].map((ID): Said => [3, 'voting', { ID, Vote: ID === 'ann' ? '9' : '5' }]),
      ...rounds(6, 20, 'bob'),
    ]),
    told: [],
  },
];

/** Faults of a second run, or that only look like an answer. */
export const LATER: readonly LabScene[] = [
  {
    what: 'after another run, the challenge comes before one has voted',
    dialect: 'ufes',
    tape: tapeOf([
      ...[...START_OF_THREE, ...rounds(6, 3, 'bob')],
      ...[comes(40, 'ann'), comes(40, 'bob'), comes(40, 'cid')],
      ...[votes(41, 'ann', '1'), votes(41, 'bob', '2'), opens(44, 0), votes(50, 'cid', '3')],
    ]),
    told: ['R70 somebody opens challenge 0 before cid has voted (PROTOCOL 10)'],
  },
  {
    what: 'somebody answers challenges that there are not',
    dialect: 'ufes',
    tape: tapeOf([
      ...[...START_OF_THREE, opens(6, 0)],
      ...seconds(7, 0.01, 200).map((at, number) => solves(at, 100 + number, 'bob')),
      opens(12, 1),
    ]),
    told: ['R68 peer bob floods the network (PROTOCOL 10)'],
  },
];
