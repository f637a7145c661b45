/** One well-formed message of each kind, for tests that spoil them. */

import type { Message } from '../../src/domain/message.ts';
import type { Digest, Nonce, Term, TransactionID, UnixMs, VoteID } from '../../src/domain/names.ts';
import { sign, type TestPeer } from './peers.ts';

const hex = 'ab'.repeat(32);

/** One message of each kind, by whoever is to seem to send it; well-formed, in the term given. */
function messagesOf(peer: Pick<TestPeer, 'identity'>, term: number): readonly Message[] {
  const { clientID, publicKey } = peer.identity;
  const about = {
    clientID,
    publicKey,
    incarnation: 1,
    peers: 5,
    known: 5,
    roster: null,
    network: null,
    rules: 'peers=5 difficulty=fixed:60',
  };
  const block = {
    transactionID: 9 as TransactionID,
    parent: hex as Digest,
    root: hex as Digest,
    time: 1 as UnixMs,
    challenge: 60,
    clientID,
    solution: '00',
  };
  const at = { clientID, term: term as Term, transactionID: 9 as TransactionID };
  const vote: Message = {
    kind: 'vote',
    ...at,
    voteID: 'ab'.repeat(8) as VoteID,
    controllerID: clientID,
    draw: hex as Digest,
    drawn: 'f',
    roster: hex as Digest,
  };
  const [, voteText] = sign(peer as TestPeer, vote);
  const { transactionID } = at;
  return [
    { kind: 'introduction', ...about },
    { kind: 'presence', ...about, state: 'ready' },
    {
      kind: 'heartbeat',
      ...at,
      incarnation: 1,
      beat: 1,
      controllerID: null,
      network: null,
      state: 'ready',
      hashRate: 0,
    },
    { kind: 'commitment', clientID, term: at.term, roster: hex as Digest, commit: hex as Digest },
    { kind: 'reveal', clientID, term: at.term, nonce: hex as Nonce },
    vote,
    {
      kind: 'mandate',
      clientID,
      term: at.term,
      votes: [voteText],
      members: [{ clientID, publicKey }],
    },
    {
      kind: 'challenge',
      ...at,
      challenge: 60,
      algorithm: 'sha256',
      parent: hex as Digest,
      root: hex as Digest,
      time: 1 as UnixMs,
    },
    { kind: 'solution', clientID, transactionID, solution: '00' },
    { kind: 'proposal', clientID, term: at.term, block },
    { kind: 'acknowledgement', ...at, digest: hex as Digest },
    {
      kind: 'result',
      clientID,
      controllerID: clientID,
      transactionID,
      solution: '00',
      result: 0,
      reason: 'late',
    },
    { kind: 'request', clientID, from: 0 as TransactionID },
  ];
}

export const KINDS = [
  'introduction',
  'presence',
  'heartbeat',
  'commitment',
  'reveal',
  'vote',
  'mandate',
  'challenge',
  'solution',
  'proposal',
  'acknowledgement',
  'result',
  'request',
] as const;

/** Kinds whose Term must not be below the reader's. */
export const TERMED = [
  'commitment',
  'reveal',
  'vote',
  'mandate',
  'challenge',
  'proposal',
  'acknowledgement',
];

export function messageOf(kind: string, peer: Pick<TestPeer, 'identity'>, term: number): Message {
  const found = messagesOf(peer, term).find((message) => message.kind === kind);
  if (found === undefined) throw new Error(`There is a message of kind ${kind}.`);
  return found;
}
