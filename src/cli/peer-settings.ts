/** What makes one peer: the settings of `client`, which `start` hands on to each of its clients. */

import type { ElectionRule } from '../domain/contract.ts';
import type { Admission } from '../domain/roster.ts';
import { rewardMost, usualReward } from '../ledger/rules.ts';
import { DEFAULT_PREFIX } from '../wire/topics.ts';
import { MEMBERS_MOST } from '../wire/values.ts';
import type { Settings } from './setting.ts';
import { type SourceValues, sourceSettings } from './source-settings.ts';
import { difficulty, duration, electionRule, oneOf, prefix, text, whole } from './values.ts';

export type PeerValues = SourceValues & {
  readonly prefix: string;
  /** N, the seats. */
  readonly peers: number;
  readonly threads: number;
  readonly difficulty: string;
  readonly election: ElectionRule;
  readonly name: number | null;
  /** Null: as `--roster` says. */
  readonly admit: Admission | null;
  /** Milliseconds. */
  readonly announce: number;
  /** Milliseconds. */
  readonly heartbeat: number;
  /** Milliseconds. */
  readonly removal: number;
  /** Paths. */
  readonly roster: string | null;
  readonly identity: string | null;
  readonly data: string | null;
  readonly newIdentity: boolean;
  readonly foundAnew: boolean;
  readonly challenges: number;
  readonly mine: boolean;
  /** Units. */
  readonly reward: number;
  /** A path. */
  readonly rewardKey: string | null;
  /** A path. */
  readonly genesis: string | null;
  readonly mineWhen: 'always' | 'transactions';
  /** Path. */
  readonly trace: string | null;
};

const MOST_THREADS = 256;
const MOST_CHALLENGES = 1_000_000_000;

export const peerSettings: Settings<PeerValues> = {
  prefix: {
    flags: '--prefix <levels>',
    help: 'what all topics begin with; peers with different ones never meet',
    fallback: DEFAULT_PREFIX,
    ...prefix,
  },
  peers: {
    flags: '--peers <count>',
    help: 'so many found the network; the same for every peer',
    fallback: '10',
    ...whole(1, MEMBERS_MOST),
  },
  threads: {
    flags: '--threads <count>',
    help: 'threads that mine',
    fallback: '6',
    ...whole(1, MOST_THREADS),
  },
  difficulty: {
    flags: '--difficulty <rule>',
    help:
      'interval2:MS@BITS adapts, beginning with BITS zero bits (interval: the rule of older ' +
      'networks); fixed:BITS; range:LOW-HIGH draws anew for each challenge; the same for every ' +
      'peer',
    fallback: 'interval2:3000@24',
    ...difficulty,
  },
  election: {
    flags: '--election <rule>',
    help:
      'draw: the lot decides who is controller; lowest: the lowest ClientID that is here, and a ' +
      'higher one makes way for it; incumbent: who governs already, else the lowest (the rule of ' +
      'older networks); the same for every peer',
    fallback: 'draw',
    ...electionRule,
  },
  name: {
    flags: '--name <number>',
    help:
      'a small number by which people call this peer; with --election lowest it counts before ' +
      'the ClientID, and each peer needs its own',
    fallback: null,
    ...whole(1, 9_999),
  },
  admit: {
    flags: '--admit <whom>',
    help:
      'who may take a free seat: waiting: the observer that waited longest; roster: founders ' +
      'that come back, and no others (as with --roster, unless said otherwise); none; the same ' +
      'for every peer',
    fallback: null,
    ...oneOf('waiting', 'roster', 'none'),
  },
  announce: {
    flags: '--announce <time>',
    help: 'introduce ourselves so often until there is a controller; the same for every peer',
    fallback: '10s',
    ...duration,
  },
  heartbeat: {
    flags: '--heartbeat <time>',
    help:
      'give a sign of life so often; a controller that gave none for three of them is ' +
      'suspected; the same for every peer',
    fallback: '5s',
    ...duration,
  },
  removal: {
    flags: '--removal <time>',
    help: 'as controller, take the seat of a member that was silent so long',
    fallback: '60s',
    ...duration,
  },
  roster: {
    flags: '--roster <file>',
    help: 'who founds the network, fixed beforehand: "ClientID PublicKey" on a line each',
    fallback: null,
    ...text,
  },
  identity: {
    flags: '--identity <file>',
    help:
      'keep our key, and nothing else, in this file, made if need be; a restart forgets its ' +
      'votes: reuse an identity only in a new network',
    fallback: null,
    ...text,
  },
  data: {
    flags: '--data <directory>',
    help:
      'keep our key, our votes and our ledger here, made if need be; a restart takes our seat ' +
      'again. Without it a peer lives in memory, and a restart is a new peer',
    fallback: null,
    ...text,
  },
  newIdentity: {
    flags: '--new-identity',
    help:
      'begin as another peer although the data directory holds one, or what is left of it; that ' +
      'is kept beside. For one start, not for good',
  },
  foundAnew: {
    flags: '--found-anew',
    help:
      'found another network where one has lost its majority for good; as a new peer, with an ' +
      'empty ledger: seats and results of the old one count no more. Say it to all that found it',
  },
  challenges: {
    flags: '--challenges <count>',
    help: 'as controller, open no further challenge once so many are solved; 0 for no end',
    fallback: '0',
    ...whole(0, MOST_CHALLENGES),
  },
  mine: {
    flags: '--no-mine',
    help: 'take part in everything but the mining',
  },
  reward: {
    flags: '--reward <units>',
    help: 'what each block credits its winner with; the same for every peer',
    fallback: String(usualReward),
    ...whole(0, rewardMost),
  },
  genesis: {
    flags: '--genesis <file>',
    help:
      'what accounts of a new network begin with: "KEY UNITS" on a line each; all that found it ' +
      'need the same, who comes later takes it over',
    fallback: null,
    ...text,
  },
  rewardKey: {
    flags: '--reward-key <file>',
    help: 'credit our rewards to the public key in this file (64 or 182 digits), not to our own',
    fallback: null,
    ...text,
  },
  mineWhen: {
    flags: '--mine-when <when>',
    help:
      'as controller, open challenges always, or only while transactions wait (as with --source, ' +
      'unless said otherwise)',
    fallback: 'always',
    allowed: 'always or transactions',
    read: (typed) => (typed === 'always' || typed === 'transactions' ? typed : null),
  },
  ...sourceSettings,
  trace: {
    flags: '--trace <file>',
    help:
      'write down all that we are told and decide into this new file, which replay drives again; ' +
      'the seed of our dice is in it, so our lots are no secret to who reads it',
    fallback: null,
    ...text,
  },
};
