/** Well-formed messages of every kind with chance contents; names and evidence prove nothing. */

import fc from 'fast-check';
import type { Block, Enveloped } from '../../src/domain/message.ts';
import type {
  ClientID,
  Digest,
  Nonce,
  PublicKey,
  QuestID,
  Term,
  TransactionID,
  UnixMs,
  VoteID,
} from '../../src/domain/names.ts';
import { anyAccountKey, anyBatch, anyGenesis, hex } from './arbitrary-money.ts';

const anyDigest = hex(64) as fc.Arbitrary<Digest>;
const anyNumber = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const anyTerm = anyNumber as fc.Arbitrary<Term>;
const anyHeight = fc.integer({ min: -1, max: 2 ** 40 }) as fc.Arbitrary<TransactionID>;
const anyTransaction = fc.integer({ min: 0, max: 2 ** 40 }) as fc.Arbitrary<TransactionID>;
const anyID = hex(31).map(
  (digits) =>
    `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(12, 15)}-` +
    `9${digits.slice(15, 18)}-${digits.slice(18, 30)}`,
) as fc.Arbitrary<ClientID>;
const anyKey = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('base64url') as PublicKey);
const anyMember = fc.record({ clientID: anyID, publicKey: anyKey });
const few = { minLength: 1, maxLength: 5 };
const anyMembers = fc.uniqueArray(anyMember, { ...few, selector: ({ clientID }) => clientID });
const anyText = fc.string({ unit: 'grapheme', maxLength: 50 });
const anyTexts = fc.array(anyText, few);
const anySolution = fc.integer({ min: 1, max: 80 }).chain(hex);
const anyRules = fc.string({ unit: 'grapheme-ascii', maxLength: 200 });
const blockFields = {
  transactionID: anyTransaction,
  parent: anyDigest,
  root: anyDigest,
  time: anyNumber as fc.Arbitrary<UnixMs>,
  challenge: fc.integer({ min: 1, max: 60 }),
  clientID: anyID,
  solution: anySolution,
};
const anyBlock: fc.Arbitrary<Block> = fc.oneof(
  fc.record(blockFields),
  fc.record({ ...blockFields, reward: anyAccountKey }),
);
const anyAbout = {
  clientID: anyID,
  publicKey: anyKey,
  incarnation: anyNumber,
  peers: fc.integer({ min: 1, max: 100 }),
  known: anyNumber,
  roster: fc.option(anyDigest),
  network: fc.option(anyDigest),
  rules: anyRules,
};

const anyQuestID = hex(64) as fc.Arbitrary<QuestID>;
const anyNonce = fc.integer({ min: 0, max: 2 ** 52 });
const anyQuest = {
  algorithm: fc.constantFrom('sha256', 'sha256d', 'sha1'),
  prefix: anyText,
  bits: fc.integer({ min: 1, max: 60 }),
  from: anyNonce,
  to: anyNonce,
};
const questNames = ['algorithm', 'prefix', 'bits', 'from', 'to'] as const;

const constant = <const Value>(value: Value) => fc.constant(value);

const anyAcceptedResult = fc
  .record({ controllerID: anyID, block: anyBlock, seal: anyTexts })
  .map(({ controllerID, block, seal }) => ({
    kind: 'result' as const,
    clientID: block.clientID,
    controllerID,
    transactionID: block.transactionID,
    solution: block.solution,
    result: 1 as const,
    block,
    seal,
  }));

const anyName = fc.integer({ min: 1, max: 9_999 });

const keysOf = <F extends object>(fields: F) => Object.keys(fields) as (keyof F)[];

const anyGreeted = fc.record({ clientID: anyID, incarnation: anyNumber });

const anyBeat = {
  kind: constant('heartbeat'),
  clientID: anyID,
  incarnation: anyNumber,
  beat: anyNumber,
  term: anyTerm,
  controllerID: fc.option(anyID),
  transactionID: anyHeight,
  network: fc.option(anyDigest),
  state: fc.constantFrom('ready', 'leaving'),
  hashRate: fc.double({ min: 0, max: 1e15, noNaN: true }).map((rate) => rate + 0),
};

const anyVote = {
  kind: constant('vote'),
  clientID: anyID,
  term: anyTerm,
  voteID: hex(16) as fc.Arbitrary<VoteID>,
  controllerID: anyID,
  draw: anyDigest,
  drawn: fc.integer({ min: 1, max: 25 }).chain(hex),
  roster: anyDigest,
  transactionID: anyHeight,
};

/** Any well-formed message. */
export const anyMessage: fc.Arbitrary<Enveloped> = fc.oneof(
  fc.record(
    { kind: constant('introduction'), ...anyAbout, name: anyName },
    { requiredKeys: ['kind', ...keysOf(anyAbout)] },
  ),
  fc.record(
    {
      kind: constant('presence'),
      ...anyAbout,
      state: fc.constantFrom('ready', 'lost', 'disconnected'),
      name: anyName,
    },
    { requiredKeys: ['kind', 'state', ...keysOf(anyAbout)] },
  ),
  fc.record(
    { ...anyBeat, answers: fc.array(anyGreeted, { minLength: 1, maxLength: 5 }) },
    { requiredKeys: Object.keys(anyBeat) as (keyof typeof anyBeat)[] },
  ),
  fc.record(
    {
      kind: constant('commitment'),
      clientID: anyID,
      term: anyTerm,
      roster: anyDigest,
      commit: anyDigest,
      publicKey: anyKey,
      members: anyMembers,
      name: anyName,
    },
    { requiredKeys: ['kind', 'clientID', 'term', 'roster', 'commit'] },
  ),
  fc.record({
    kind: constant('reveal'),
    clientID: anyID,
    term: anyTerm,
    nonce: hex(64) as fc.Arbitrary<Nonce>,
  }),
  fc
    .record(
      { ...anyVote, accepted: fc.record({ term: anyTerm, block: anyBlock }) },
      { requiredKeys: Object.keys(anyVote) as (keyof typeof anyVote)[] },
    )
    .filter(({ term, accepted }) => accepted === undefined || accepted.term < term),
  fc.record({
    kind: constant('mandate'),
    clientID: anyID,
    term: anyTerm,
    votes: anyTexts,
    members: anyMembers,
  }),
  fc.record({
    kind: constant('challenge'),
    clientID: anyID,
    term: anyTerm,
    transactionID: anyTransaction,
    challenge: fc.integer({ min: 1, max: 60 }),
    algorithm: constant('sha256'),
    parent: anyDigest,
    root: anyDigest,
    time: anyNumber as fc.Arbitrary<UnixMs>,
  }),
  fc.record(
    {
      kind: constant('solution'),
      clientID: anyID,
      transactionID: anyTransaction,
      solution: anySolution,
      publicKey: anyKey,
      reward: anyAccountKey,
    },
    { requiredKeys: ['kind', 'clientID', 'transactionID', 'solution'] },
  ),
  fc.record({ kind: constant('proposal'), clientID: anyID, term: anyTerm, block: anyBlock }),
  fc.record({
    kind: constant('acknowledgement'),
    clientID: anyID,
    term: anyTerm,
    transactionID: anyTransaction,
    digest: anyDigest,
  }),
  anyAcceptedResult,
  fc.record({
    kind: constant('result'),
    clientID: anyID,
    controllerID: anyID,
    transactionID: anyTransaction,
    solution: anySolution,
    result: constant(0),
    reason: fc.constantFrom('invalid', 'late', 'unknown-transaction', 'not-open'),
  }),
  fc.record(
    {
      kind: constant('request'),
      clientID: anyID,
      from: anyHeight,
      incarnation: anyNumber,
      number: anyNumber,
      helper: anyID,
      publicKey: anyKey,
    },
    { requiredKeys: ['kind', 'clientID', 'from'] },
  ),
  fc.record({
    kind: constant('batch'),
    clientID: anyID,
    root: anyDigest,
    transactions: anyBatch,
  }),
  fc.record({ kind: constant('fetch'), clientID: anyID, root: anyDigest }),
  fc.record(
    { kind: constant('quest'), clientID: anyID, ...anyQuest, publicKey: anyKey },
    { requiredKeys: ['kind', 'clientID', ...questNames] },
  ),
  fc.record({ kind: constant('offer'), clientID: anyID, quest: anyQuestID, rate: anyNumber }),
  fc.record({
    kind: constant('lease'),
    clientID: anyID,
    term: anyTerm,
    quest: fc.record(anyQuest),
    holder: anyID,
    ranges: fc.array(fc.record({ from: anyNonce, to: anyNonce }), { maxLength: 2 }),
    expiry: fc.integer({ min: 1, max: 60_000 }),
  }),
  fc.record({
    kind: constant('report'),
    clientID: anyID,
    quest: anyQuestID,
    from: anyNonce,
    to: anyNonce,
    found: fc.option(anyNonce),
    near: fc.array(anyNonce, { maxLength: 50 }),
    rate: anyNumber,
  }),
  fc.record({
    kind: constant('outcome'),
    clientID: anyID,
    term: anyTerm,
    quest: anyQuestID,
    found: fc.option(anyNonce),
    reason: constant(null),
  }),
  fc.record({
    kind: constant('answer'),
    clientID: anyID,
    to: anyID,
    blocks: fc.array(anyBlock, { maxLength: 3 }),
    seals: fc.array(anyTexts, { maxLength: 2 }),
  }),
  fc.record({
    kind: constant('answer'),
    clientID: anyID,
    to: anyID,
    blocks: fc.array(anyBlock, { maxLength: 3 }),
    seals: fc.array(anyTexts, { maxLength: 2 }),
    batches: fc.array(anyBatch, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    kind: constant('answer'),
    clientID: anyID,
    to: anyID,
    founding: fc.record({ members: anyMembers, votes: anyTexts }),
  }),
  fc.record({
    kind: constant('answer'),
    clientID: anyID,
    to: anyID,
    genesis: anyGenesis,
  }),
);
