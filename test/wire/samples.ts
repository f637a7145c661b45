/** Peers with real keys, and a message of every kind that one of them could say. */

import type { Signer } from '../../src/domain/crypto.ts';
import type {
  Acknowledgement,
  Block,
  Enveloped,
  EnvelopedKind,
  Founding,
  Member,
  Vote,
} from '../../src/domain/message.ts';
import type {
  AccountKey,
  ClientID,
  Digest,
  Nonce,
  QuestID,
  Term,
  TransactionID,
  UnixMs,
  VoteID,
} from '../../src/domain/names.ts';
import type { Quest } from '../../src/domain/quest.ts';
import { type Batch, textOf } from '../../src/domain/transaction.ts';
import { generateIdentity, signerOf } from '../../src/node/crypto.ts';
import { signMessage } from '../../src/wire/envelope.ts';
import { topicOf } from '../../src/wire/topics.ts';
import { accountKeyOf, signTransaction } from '../../src/wire/transaction.ts';

export const PREFIX = 'sd';

export type Actor = { readonly member: Member; readonly signer: Signer };

export function actor(): Actor {
  const identity = generateIdentity();
  const member = { clientID: identity.clientID, publicKey: identity.publicKey };
  return { member, signer: signerOf(identity) };
}

/** The payload with which `who` says `message`. */
export function say(who: Actor, message: Enveloped): string {
  return signMessage(message, topicOf(PREFIX, message), who.signer);
}

export const digest = (digit: string): Digest => digit.repeat(64) as Digest;
export const term = (value: number): Term => value as Term;
export const transaction = (value: number): TransactionID => value as TransactionID;

export function blockBy(miner: ClientID, transactionID = 0): Block {
  return {
    transactionID: transaction(transactionID),
    parent: digest('a'),
    root: digest('b'),
    time: 1_790_000_000_000 as UnixMs,
    challenge: 20,
    clientID: miner,
    solution: '00ff',
  };
}

export function voteBy(who: Actor, controllerID: ClientID, over: Partial<Vote> = {}): Vote {
  return {
    kind: 'vote',
    clientID: who.member.clientID,
    term: term(3),
    voteID: 'fedcba9876543210' as VoteID,
    controllerID,
    draw: digest('c'),
    drawn: 'e0',
    roster: digest('d'),
    transactionID: transaction(0),
    ...over,
  };
}

export function acknowledgementBy(who: Actor, transactionID = 0, inTerm = 3): Acknowledgement {
  return {
    kind: 'acknowledgement',
    clientID: who.member.clientID,
    term: term(inTerm),
    transactionID: transaction(transactionID),
    digest: digest('e'),
  };
}

export function foundingOf(actors: readonly Actor[], controllerID: ClientID): Founding {
  return {
    members: actors.map((who) => who.member),
    votes: actors.map((who) =>
      say(who, voteBy(who, controllerID, { transactionID: transaction(-1) })),
    ),
  };
}

/** Two transactions in their one texts. */
export function batchBy(who: Actor): Batch {
  const to = accountKeyOf(who.member.publicKey);
  return [
    textOf(signTransaction({ message: 'hello', nonce: 0 }, who.signer)),
    textOf(signTransaction({ to, amount: 5, nonce: 1 }, who.signer)),
  ];
}

const questID = 'a'.repeat(64) as QuestID;
const quest: Quest = { algorithm: 'sha256d', prefix: 'a text', bits: 24, from: 0, to: 2e9 };

type Samples = { readonly [Kind in EnvelopedKind]: Extract<Enveloped, { kind: Kind }> };

/** One message of each kind by `who`, with the evidence that `who` alone can give. */
export function samplesBy(who: Actor): Samples {
  const { clientID, publicKey } = who.member;
  const about = {
    clientID,
    publicKey,
    incarnation: 1_790_000_000_000,
    peers: 10,
    known: 3,
    roster: null,
    network: digest('f'),
    rules: 'peers 10, fixed:20',
  };
  const block = blockBy(clientID);
  return {
    introduction: { kind: 'introduction', ...about },
    presence: { kind: 'presence', ...about, state: 'ready' },
    heartbeat: {
      kind: 'heartbeat',
      clientID,
      incarnation: 7,
      beat: 9,
      term: term(3),
      controllerID: null,
      transactionID: transaction(-1),
      network: null,
      state: 'ready',
      hashRate: 20_600_000.5,
    },
    commitment: {
      kind: 'commitment',
      clientID,
      term: term(3),
      roster: digest('1'),
      commit: digest('2'),
      publicKey,
      members: [who.member],
    },
    reveal: { kind: 'reveal', clientID, term: term(3), nonce: '3'.repeat(64) as Nonce },
    vote: voteBy(who, clientID, { accepted: { term: term(2), block } }),
    mandate: {
      kind: 'mandate',
      clientID,
      term: term(3),
      votes: [say(who, voteBy(who, clientID))],
      members: [who.member],
    },
    challenge: {
      kind: 'challenge',
      clientID,
      term: term(3),
      transactionID: transaction(0),
      challenge: 20,
      algorithm: 'sha256',
      parent: block.parent,
      root: block.root,
      time: block.time,
    },
    solution: {
      kind: 'solution',
      clientID,
      transactionID: transaction(0),
      solution: '00ff',
      publicKey,
      reward: '7'.repeat(64) as AccountKey,
    },
    proposal: { kind: 'proposal', clientID, term: term(3), block },
    acknowledgement: acknowledgementBy(who),
    result: {
      kind: 'result',
      clientID,
      controllerID: clientID,
      transactionID: transaction(0),
      solution: '00ff',
      result: 1,
      block,
      seal: [say(who, acknowledgementBy(who))],
    },
    request: { kind: 'request', clientID, from: transaction(-1) },
    answer: {
      kind: 'answer',
      clientID,
      to: clientID,
      blocks: [block],
      seals: [[say(who, acknowledgementBy(who))]],
    },
    batch: { kind: 'batch', clientID, root: digest('9'), transactions: batchBy(who) },
    fetch: { kind: 'fetch', clientID, root: digest('9') },
    quest: { kind: 'quest', clientID, ...quest, publicKey },
    offer: { kind: 'offer', clientID, quest: questID, rate: 5_000_000 },
    lease: {
      kind: 'lease',
      clientID,
      term: term(3),
      quest,
      holder: clientID,
      ranges: [{ from: 0, to: 100_000 }],
      expiry: 12_000,
    },
    report: {
      kind: 'report',
      clientID,
      quest: questID,
      from: 0,
      to: 100_000,
      found: null,
      near: [17, 99_999],
      rate: 5_000_000,
    },
    outcome: {
      kind: 'outcome',
      clientID,
      term: term(3),
      quest: questID,
      found: 99_999,
      reason: null,
    },
  };
}

export const KINDS = Object.keys(samplesBy(actor())) as readonly EnvelopedKind[];
