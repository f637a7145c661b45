/** What the labs' clients say to one another (PROTOCOL 10), without topic and payload. */

import type { Field, Spelling } from './spelling.ts';

/** A ClientID or VoteID: a text in `ufes`, a whole number from 0 to 65535 in `statement`. */
export type Name = string | number;

/** A TransactionID as it was heard: the answer must be alike for who looks it up in a table. */
export type RawNumber = string | number;

type Spelled<Kind extends string> = {
  readonly kind: Kind;
  readonly spelling: Spelling;
  /** A peer of our own program says it: its spelling teaches nothing. */
  readonly isOurs: boolean;
};

type From<Kind extends string> = Spelled<Kind> & { readonly clientID: Name };

type About = { readonly transactionID: number; readonly raw: RawNumber };

/** The word in the topic of a vote. */
export type VoteTopic = 'voting' | 'election';

export type LabVote = From<'vote'> & { readonly voteID: Name; readonly topic: VoteTopic };

/** `challenge` in the dialect's own unit: zero bits in `ufes`, zero hex digits in `statement`. */
export type LabChallenge = Spelled<'challenge'> & About & { readonly challenge: number };

/** Any text is a solution; one that was said as a number is answered as one. */
export type LabSolution = From<'solution'> & About & { readonly solution: string | number };

/** `clientID` is the miner, and null where a controller does not say who it was. */
export type LabResult = Spelled<'result'> &
  About & {
    readonly clientID: Name | null;
    readonly solution: string | number;
    /** 0 refused, 2 too late, anything else a win. */
    readonly result: number;
  };

/** Ours alone: foreign clients have no such topic. */
export type LabPresence = From<'presence'> & { readonly state: 'lost' | 'disconnected' };

export type LabMessage =
  | From<'introduction'>
  | LabVote
  | LabChallenge
  | LabSolution
  | LabResult
  | LabPresence;

/** The fields of each kind, in the labs' order. */
export const FIELDS_OF: Readonly<Record<LabMessage['kind'], readonly Field[]>> = {
  introduction: ['client'],
  vote: ['client', 'vote'],
  challenge: ['transaction', 'challenge'],
  solution: ['transaction', 'client', 'solution'],
  result: ['client', 'transaction', 'solution', 'result'],
  presence: ['client'],
};

/** What an ear of this dialect did not take. */
export type LabRefusal =
  | { readonly code: 'unknown-topic'; readonly topic: string }
  | { readonly code: 'retained'; readonly topic: string }
  | { readonly code: 'too-large'; readonly bytes: number }
  | { readonly code: 'not-utf8' | 'not-json' | 'too-deep' }
  | { readonly code: 'not-an-object'; readonly found: string }
  | { readonly code: 'nameless'; readonly topic: string }
  | { readonly code: 'malformed'; readonly field: string; readonly problem: string }
  | { readonly code: 'too-many' }
  | { readonly code: 'second-peer-with-our-name' }
  | { readonly code: 'unplayable'; readonly challenge: number }
  | { readonly code: 'already-solved'; readonly transactionID: number };

export type LabRefusalCode = LabRefusal['code'];
