/** How a network of ours stands, as far as somebody can know who only listens. Plain data. */

import type { Block, Heartbeat, Reason } from '../domain/message.ts';
import type {
  ClientID,
  Digest,
  Nonce,
  Term,
  TransactionID,
  UnixMs,
  VoteID,
} from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Roster } from '../domain/roster.ts';
import type { Check } from './sighting.ts';

/** What a peer last said of itself. All times are those at which it was heard. */
export type PeerPicture = {
  readonly clientID: ClientID;
  incarnation: number;
  /** How it went; `leaving` still waits for its removal. Null for one that is here. */
  gone: 'lost' | 'disconnected' | 'leaving' | null;
  /** Its last word, and which kind of message that was; null where the broker alone knows it. */
  heardAt: UnixMs | null;
  lastKind: string | null;
  beat: Heartbeat | null;
  beatAt: UnixMs | null;
  /** The longest pause between one heartbeat and the next: about how often it gives one. */
  longestPauseMs: number;
  rules: string | null;
  /** The small number by which people call it. */
  name: number | null;
  /** As in its introduction: how many it knows, and how many seats there are. */
  known: number;
  seats: number;
  /** The highest that any word of its shows. */
  height: TransactionID;
  /** Where it stood, and where it should have, in its last heartbeat; null if that was alike. */
  behind: { readonly height: TransactionID; readonly of: TransactionID } | null;
  /** The block number of a solution that it waits to hear about. */
  solved: TransactionID | null;
  wins: number;
};

export type ControllerPicture = {
  readonly clientID: ClientID;
  readonly term: Term;
  readonly votes: number;
  readonly since: UnixMs;
  /** Somebody has named it lately; a mandate that the broker kept proves nothing about today. */
  isAlive: boolean;
};

/** The latest election that is heard of. */
export type ElectionPicture = {
  readonly term: Term;
  readonly since: UnixMs;
  readonly commitments: Record<ClientID, Digest>;
  readonly reveals: Record<ClientID, Nonce>;
  readonly votes: Record<ClientID, VoteID>;
};

/** What the lot gave in the term of the last mandate. */
export type DrawPicture = {
  readonly term: Term;
  readonly seed: Digest;
  /** Of the voters we know of, the highest number first. */
  readonly numbers: readonly { readonly peer: ClientID; readonly number: VoteID }[];
  /** Whether our own computation gives the same seed; null where some reveals were not heard. */
  readonly isRecomputed: boolean | null;
};

export type ChallengePicture = {
  readonly transactionID: TransactionID;
  readonly bits: number;
  readonly parent: Digest;
  /** Its opening, by the clock of the controller that opened it. */
  readonly time: UnixMs;
  readonly openedAt: UnixMs;
  term: Term;
  /** The block that is to be final, and who has acknowledged it. */
  proposal: {
    readonly miner: ClientID;
    readonly digest: Digest;
    readonly acknowledged: ClientID[];
  } | null;
};

export type ResultPicture = {
  readonly block: Block;
  readonly digest: Digest;
  readonly at: UnixMs;
  readonly elapsedMs: number;
};

/** Refused messages of one code. */
export type RefusalPicture = {
  count: number;
  readonly check: Check;
  /** The last of them. */
  from: ClientID | null;
  at: UnixMs;
  refusal: Refusal;
};

export type Occurrence = { readonly at: UnixMs } & (
  | { readonly kind: 'here'; readonly peer: ClientID }
  | {
      readonly kind: 'gone';
      readonly peer: ClientID;
      readonly how: NonNullable<PeerPicture['gone']>;
    }
  | { readonly kind: 'election'; readonly term: Term; readonly peer: ClientID }
  | {
      readonly kind: 'mandate';
      readonly term: Term;
      readonly controller: ClientID;
      readonly votes: number;
    }
  | { readonly kind: 'stepped-down'; readonly term: Term; readonly controller: ClientID }
  | { readonly kind: 'roster'; readonly change: string; readonly members: number }
  | {
      readonly kind: 'solution-refused';
      readonly transactionID: TransactionID;
      readonly miner: ClientID;
      readonly reason: Reason;
    }
);

export type Picture = {
  /** Messages in all. */
  heard: number;
  /** When the first and the last of them came; null before there is any. */
  since: UnixMs | null;
  at: UnixMs | null;
  readonly peers: Record<ClientID, PeerPicture>;
  rules: string | null;
  /** Whose rules these are: of a network that lives, of a peer that does, or of anybody. */
  rulesOf: 'network' | 'peer' | 'anybody';
  /** N. */
  seats: number | null;
  network: Digest | null;
  roster: Roster | null;
  /** The highest that somebody whose word counts has lately named. */
  term: Term;
  /** As high as the last result that was heard; null where none was. */
  height: TransactionID | null;
  controller: ControllerPicture | null;
  election: ElectionPicture | null;
  draw: DrawPicture | null;
  challenge: ChallengePicture | null;
  /** The latest, the last of them at the end; and how many there were. */
  readonly results: ResultPicture[];
  resultsHeard: number;
  readonly refusals: Record<string, RefusalPicture>;
  /** How many messages were late or repeated, which is nobody's fault. */
  late: number;
  /** The latest, the last of them at the end. */
  readonly occurrences: Occurrence[];
};

export const RESULTS_KEPT = 100;
export const OCCURRENCES_KEPT = 200;

export function newPicture(): Picture {
  return {
    heard: 0,
    since: null,
    at: null,
    peers: {},
    rules: null,
    rulesOf: 'anybody',
    seats: null,
    network: null,
    roster: null,
    term: 0 as Term,
    height: null,
    controller: null,
    election: null,
    draw: null,
    challenge: null,
    results: [],
    resultsHeard: 0,
    refusals: {},
    late: 0,
    occurrences: [],
  };
}

export function isMemberIn({ roster }: Picture, clientID: ClientID): boolean {
  return roster?.members.some((member) => member.clientID === clientID) ?? false;
}

/** Adds to a list of the latest, which forgets the oldest. */
export function keep<Item>(list: Item[], item: Item, most: number): void {
  list.push(item);
  if (list.length > most) list.shift();
}
