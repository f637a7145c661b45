/** What head and hands say to one another: plain data, so that a trace is a list of it. */

import type { Genesis } from './genesis.ts';
import type { Block, Founding, Member, Message, Seal } from './message.ts';
import type {
  AccountKey,
  ClientID,
  Digest,
  Instant,
  RequestID,
  Term,
  TransactionID,
  UnixMs,
  VoteID,
  WorkID,
} from './names.ts';
import type { Note } from './note.ts';
import type { Algorithm, Outcome, Proof, Quest, Range } from './quest.ts';
import type { Refusal } from './refusal.ts';
import type { Admission } from './roster.ts';
import type { Standing } from './standing.ts';
import type { Fetched, Find, Submitted } from './task.ts';
import type { Batch, Fault, Transaction } from './transaction.ts';

/** `at` never goes back and sets deadlines; `unix` is the wall clock, for block times only. */
export type Moment = { readonly at: Instant; readonly unix: UnixMs };

/**
 * Votes go to the highest of the draw; or to the lowest that is present, for whom a higher
 * controller makes way; or, in older networks, to whoever governs already, else to the `lowest`.
 */
export type ElectionRule = 'draw' | 'present' | 'lowest';

/** What makes one peer differ from another; fixed while it lives. Times in milliseconds. */
export type Settings = {
  readonly self: Member;
  /** N, the seats. */
  readonly peers: number;
  /** The difficulty rule: `fixed:22`, `range:10-20`, `interval2:3000@24`. */
  readonly difficulty: string;
  /** How votes are cast; by the draw where nothing is said. The same for every peer. */
  readonly election?: ElectionRule;
  /** The small number by which people call it, 1 to 9999; none where nothing is said. */
  readonly name?: number;
  /** Who may be admitted; every observer where nothing is said. The same for every peer. */
  readonly admit?: Admission;
  /** Fixes the first roster beforehand; null where whoever comes founds. */
  readonly founders: readonly Member[] | null;
  readonly announceMs: number;
  readonly heartbeatMs: number;
  /** As controller, removes a member that was silent so long. */
  readonly removalMs: number;
  /** As controller, opens no challenge once so many blocks are mined; 0 for no end. */
  readonly challenges: number;
  /** False for a peer that never searches. */
  readonly mines: boolean;
  /** Founds another network though members of one are here, unless that one has a controller. */
  readonly foundsAnew?: boolean;
  /**
   * Whether another process may have its key, too: it was there before. By its journal, if nothing
   * is said.
   */
  readonly hasOldKey?: boolean;
  /** Only looks on, and sends: it introduces itself to nobody, and takes no seat. */
  readonly isQuiet?: boolean;
  /** Units that a block credits; part of the Rules. 50 if nothing is said. */
  readonly reward?: number;
  /** SHA-256 of the list that accounts begin with; part of the Rules. None if nothing is said. */
  readonly genesis?: Digest | null;
  /** That list, where this peer has it from the start. */
  readonly genesisList?: Genesis;
  /** Whose account our rewards go to, if not our own key's. */
  readonly rewardKey?: AccountKey;
  /** As controller, opens challenges at once, or only for transactions that wait. */
  readonly mineWhen?: 'always' | 'transactions';
  /** Nonces of a lease for a peer whose speed is not known yet. 100,000 if nothing is said. */
  readonly firstLease?: number;
  /** As controller, has tasks from a service searched: the hands answer `fetch` and `submit`. */
  readonly hasSource?: boolean;
  /** Nonces that are tried for a task under one time. 2,000,000,000 if nothing is said. */
  readonly taskNonces?: number;
};

export type Command =
  | { readonly kind: 'pause' | 'resume' | 'leave' }
  /** Its signature is checked by whoever asks. */
  | { readonly kind: 'send'; readonly transaction: Transaction }
  /** Asks the network for a bounded search, until it has answered. */
  | { readonly kind: 'search'; readonly quest: Quest };
export type Reply =
  | { readonly kind: 'done' }
  /** The transaction is not taken. */
  | { readonly kind: 'declined'; readonly fault: Fault }
  /** The network has answered a quest. */
  | { readonly kind: 'answered'; readonly outcome: Outcome; readonly proof: Proof };

/**
 * How a nonce is written as a solution: in hexadecimal, with zeros before it so that the text is 55
 * bytes modulo 64 long (PROTOCOL 7, "Layout for speed"), or in plain decimal.
 */
export type NonceForm = 'padded-hex' | 'decimal';

/** A search that knows no network: find digits that give `header` so many leading zero bits. */
export type Work = {
  readonly id: WorkID;
  readonly transactionID: TransactionID;
  readonly algorithm: Algorithm;
  /** `padded-hex` unless it says otherwise. */
  readonly nonceForm?: NonceForm;
  /** The preimage up to the solution, which the miner appends. ASCII where solutions are padded. */
  readonly header: string;
  /** Leading zero bits that the digest must have, 1 to 60. */
  readonly bits: number;
  /** Only these nonces: the lowest find is wanted, and each near miss below it. */
  readonly range?: Range & {
    /** Zero bits of a near miss. */
    readonly nearBits: number;
  };
};

/** What a peer must not forget, each durable before the message that shows it (PROTOCOL 9). */
export type Entry =
  | { readonly kind: 'incarnation'; readonly incarnation: number }
  /** A higher term was heard of. */
  | { readonly kind: 'term'; readonly term: Term }
  /** Its vote; in a founding with the roster that it binds itself to. */
  | {
      readonly kind: 'voted';
      readonly term: Term;
      readonly controllerID: ClientID;
      readonly voteID: VoteID;
      readonly founding: readonly Member[] | null;
    }
  /** A mandate, accepted in the place of a vote. */
  | { readonly kind: 'obeyed'; readonly term: Term; readonly controllerID: ClientID }
  /** The list that accounts begin with, right before the founding. The Rules name it. */
  | { readonly kind: 'genesis'; readonly genesis: Genesis }
  | { readonly kind: 'founded'; readonly founding: Founding }
  /** A proposal with its batch, before its acknowledgement. */
  | {
      readonly kind: 'accepted';
      readonly term: Term;
      readonly block: Block;
      readonly digest: Digest;
      /** Absent where it is empty. */
      readonly batch?: Batch;
    }
  /** A final block; its seal is empty where a later one's vouches for it. */
  | {
      readonly kind: 'sealed';
      readonly block: Block;
      readonly digest: Digest;
      readonly seal: Seal;
      /** Absent where it is empty. */
      readonly batch?: Batch;
    };

/**
 * What a journal gives back at the start. Its entries in order, none for a new peer; instead of the
 * founding and the blocks there may be where they left the ledger, if that was checked.
 */
export type Recovered = {
  readonly entries: readonly Entry[];
  readonly standing?: Standing;
};

/** A dialect of its own has messages (`Said`), refusals (`Fault`) and notes (`Told`) of its own. */
export type Event<Said = Message, Fault = Refusal> =
  /** All dice come from `seed`, 64 hex digits that nobody else can know. */
  | { readonly kind: 'started'; readonly seed: string; readonly recovered: Recovered }
  /** The SUBACK is in. */
  | { readonly kind: 'connected' }
  /** The connection ended, or an attempt at one failed; `reason` is for people. */
  | { readonly kind: 'disconnected'; readonly reason: string }
  /** The deadline of the last turn has come. */
  | { readonly kind: 'woken' }
  /** Checked at the door; `evidence` is what the texts inside the message say, checked likewise. */
  | {
      readonly kind: 'heard';
      readonly message: Said;
      readonly text: string;
      readonly retained: boolean;
      readonly evidence: readonly Said[];
    }
  /** The broker keeps our presence, or our mandate, no more: somebody cleared its topic. */
  | { readonly kind: 'cleared'; readonly what: 'presence' | 'mandate' }
  /** Refused at the door: to be counted. */
  | { readonly kind: 'refused'; readonly from: ClientID | null; readonly refusal: Fault }
  | { readonly kind: 'found'; readonly work: WorkID; readonly solution: string }
  /** How a search goes; `tried` in all for this work, `perSecond` over the last while. */
  | {
      readonly kind: 'searched';
      readonly work: WorkID;
      readonly tried: number;
      readonly perSecond: number;
      readonly near: readonly string[];
      readonly exhausted: boolean;
    }
  | { readonly kind: 'asked'; readonly request: RequestID; readonly command: Command }
  /**
   * A `record` failed. These entries are not written: its own, and those that came after it in that
   * turn. Nothing was said or connected after it either; what shows others nothing was done.
   */
  | { readonly kind: 'failed'; readonly code: string; readonly entries: readonly Entry[] }
  /** The answer to `confirm`. */
  | { readonly kind: 'recorded' }
  /** The answers to `fetch` and `submit`, in their own time, and each to its call. */
  | { readonly kind: 'fetched'; readonly call: number; readonly fetched: Fetched }
  | {
      readonly kind: 'submitted';
      readonly call: number;
      readonly find: Find;
      readonly submitted: Submitted;
    };

/** Performed strictly in this order. */
export type Effect<Said = Message, Told = Note> =
  /** Begins to connect; the will is signed by the hands beforehand, and kept unless forgotten. */
  | { readonly kind: 'connect'; readonly will: Said; readonly isForgotten?: boolean }
  /** Durable before the next effect begins. */
  | { readonly kind: 'record'; readonly entry: Entry }
  /** Answered by `recorded`, if each `record` before it in this turn was. */
  | { readonly kind: 'confirm' }
  /** Signed by the hands, which hand it back as `heard`. */
  | { readonly kind: 'say'; readonly message: Said; readonly retained: boolean }
  /** From now on hears the presences of these peers, and of no others. */
  | { readonly kind: 'attend'; readonly to: readonly ClientID[] }
  /** Has the broker forget our own presence. */
  | { readonly kind: 'clear' }
  /** One page of the recorded ledger, or the founding (from -1), said to one peer by the hands. */
  | { readonly kind: 'serve'; readonly to: ClientID; readonly from: TransactionID }
  /** Replaces the work in hand; the same work again goes on where it was. */
  | { readonly kind: 'mine'; readonly work: Work }
  | { readonly kind: 'rest' }
  /** Asks the service that work comes from, or hands it a find; what follows does not wait. */
  | { readonly kind: 'fetch'; readonly call: number }
  | { readonly kind: 'submit'; readonly call: number; readonly find: Find }
  | { readonly kind: 'reply'; readonly request: RequestID; readonly reply: Reply }
  | { readonly kind: 'note'; readonly note: Told }
  /** Closes the link politely; no event follows. `why`: of a head that was not asked to leave. */
  | { readonly kind: 'leave'; readonly why?: Departure };

/** Why a head leaves by itself: another process says that it is the same peer. */
export type Departure = 'name-taken';

/** A newer turn's `wakeAt` replaces the older one's; null for none. */
export type Turn<Said = Message, Told = Note> = {
  readonly effects: readonly Effect<Said, Told>[];
  readonly wakeAt: Instant | null;
};

/** Never throws on a message. `state` is plain data: clone it to fork a world or to step back. */
export interface Peer<State, Said = Message, Fault = Refusal, Told = Note> {
  readonly state: State;
  step(event: Event<Said, Fault>, now: Moment): Turn<Said, Told>;
}
