/** Everything a peer knows, as plain data; what must outlive it is in `memory`. */

import type { Entry, Settings, Work } from '../domain/contract.ts';
import type { Dice } from '../domain/dice.ts';
import type { Heritage } from '../domain/genesis.ts';
import type { Idle } from '../domain/idle.ts';
import type { Block, Challenge, Heartbeat, Mandate, Proposal, Vote } from '../domain/message.ts';
import type { ClientID, Digest, Instant, QuestID, Term, TransactionID } from '../domain/names.ts';
import type { Algorithm } from '../domain/quest.ts';
import type { Refusal, RefusalCode } from '../domain/refusal.ts';
import type { Roster } from '../domain/roster.ts';
import type { Batch, Transaction } from '../domain/transaction.ts';
import type { Booths, HeardCommitment } from '../election/booth.ts';
import type { Acquaintances, Sign } from '../election/gathering.ts';
import type { Heir, Yielding } from '../election/heir.ts';
import type { Measured } from '../lease/pace.ts';
import type { Opening } from '../ledger/block.ts';
import type { Mempool } from '../ledger/mempool.ts';
import type { Alarms } from './alarms.ts';
import type { Budget, Budgets } from './budget.ts';
import type { Memory } from './memory.ts';
import type { HeardQuest, Held, Sourcing, Wish } from './quest-state.ts';

/** An election that we take part in. */
export type Election = {
  readonly term: Term;
  roster: Roster;
  readonly isFounding: boolean;
  phase: 'commit' | 'reveal' | 'vote';
  /** When we committed first, by which the commit phase is timed. */
  readonly begunAt: Instant;
  /** Commitments heard before our own reveal: what counts, and nothing after [safety]. */
  counted: Record<ClientID, HeardCommitment>;
};

/** The controller that we obey, in the term of its mandate. */
export type Obeyed = {
  readonly term: Term;
  readonly controllerID: ClientID;
  readonly at: Instant;
  readonly jitterMs: number;
  /** When it last gave a sign of life that we believe. */
  heardAt: Instant;
  /**
   * We know that it lived while this connection of ours did: it has named it, or we voted. Else its
   * words may be recorded ones of a controller that is gone.
   */
  isLive: boolean;
  /** It has shown that it knows of its mandate. */
  isConfirmed: boolean;
  /** It says, or we know, that it is controller no more. */
  hasSteppedDown: boolean;
  /** When the work last went on under it: a challenge, proposal, result, or part of a search. */
  progressAt: Instant;
  /** When a challenge, proposal or result last came: no lease does the work of these. */
  blocksAt: Instant;
  /** How long solutions waited in vain at earlier heights since the last mined block. */
  solvedMs: number;
  /** A transaction that it leaves out: of how many blocks that had room, and since when. */
  leftOut: { readonly text: string; blocks: number; readonly since: Instant } | null;
  /** It had a member removed that we had heard a moment before. */
  isUnjust: boolean;
  /** Elections that we called although it lives, and too few joined; until when we call none. */
  vain: number;
  patientUntil: Instant;
};

/** A valid solution for our height, which its miner says again until it is sealed. */
export type HeardSolution = {
  readonly miner: ClientID;
  readonly solution: string;
  readonly firstAt: Instant;
  lastAt: Instant;
};

/** What we hold while we are controller ourselves; forgotten in a restart, and never restored. */
export type Office = {
  readonly term: Term;
  readonly mandate: Mandate;
  readonly votes: readonly Vote[];
  readonly since: Instant;
  mandateSaidAt: Instant;
  /** Governing begins when the ledger has reached the voters' height. */
  isGoverning: boolean;
  opening: Opening | null;
  /** The same work as it was open before it was made easier, the first one first. */
  earlier: Opening[];
  /** Of the opening. */
  batch: Batch;
  openedAt: Instant | null;
  proposed: { readonly block: Block; readonly digest: Digest; readonly batch: Batch } | null;
  acknowledgements: Record<ClientID, string>;
  /** When each member last named us and our term in a heartbeat. */
  named: Record<ClientID, Instant>;
  /** Refused solutions, so that each is refused once; bounded. */
  refused: string[];
  /** A challenge would be open if no quest went first. */
  isHeldUp: boolean;
  /** A block is due: quests wait for it, at most until then. */
  blockUntil: Instant | null;
  /** Since when there are quests and no block was due; null while there are none. */
  questsSince: Instant | null;
  /** Members and others that have shown work who search, and when each last said so. */
  workers: Record<ClientID, Instant>;
  /** In how many more heartbeats each of these connections is to be named. */
  answers: Record<ClientID, number>;
  /** Lower members that obey us, where the Rules have the lowest one govern. */
  heirs: Record<ClientID, Heir>;
};

/** Asking whether another process with our key is there. */
export type Naming = {
  /** The number that it has to repeat. */
  probe: number;
  /** When it last did; null while it never did. */
  answeredAt: Instant | null;
  /** Others may know a higher incarnation than ours. */
  isOutdated: boolean;
};

/** What could not be written down yet. While there is any, the peer observes and says nothing. */
export type Backlog = {
  /** In their order; all of them are in our memory already. */
  readonly entries: Entry[];
  /** How many of them the journal is being asked to write. */
  sent: number;
  attempts: number;
  readonly since: Instant;
  /** When people last heard of it. */
  toldAt: Instant;
};

export type State = {
  readonly settings: Settings;
  /** What all peers of a network must have in common, as a text. */
  rules: string;
  /** Lists of first balances, until there is a network; one alone where our Rules name it. */
  heritage: readonly Heritage[];
  dice: Dice;
  readonly alarms: Alarms;
  readonly memory: Memory;
  /** Null once we know that our name is ours alone: till then we say nothing [safety]. */
  naming: Naming | null;
  /** Null while all of the memory is durable. */
  backlog: Backlog | null;

  readonly link: {
    isConnected: boolean;
    /** Whether this is the first connection, of a peer that knew no network before. */
    isFirst: boolean;
    since: Instant;
    /** Whose heartbeat named this connection last. */
    answeredBy: ClientID | null;
    attempts: number;
    /** What people last heard of an attempt in vain, since the last connection. */
    told: { readonly at: Instant; readonly reason: string } | null;
    /** We are on our way out: a member first waits until its removal is sealed. */
    isLeaving: boolean;
    /** Goodbye is said, and nothing follows. */
    hasLeft: boolean;
  };
  beat: number;
  /** Our last heartbeat, and when we said it. */
  saidLast: Heartbeat | null;
  beatAt: Instant;
  /** A heartbeat about a change is on its way. */
  isBeatSoon: boolean;

  readonly acquaintances: Acquaintances;
  /** Whose presence the hands listen for on this connection, in order of ClientID. */
  attended: readonly ClientID[];
  /** Lately heard senders whose keys we do not know; kept by onlookers only. */
  unknown: readonly ClientID[];
  /** The last network under other Rules that people were told of; kept by onlookers only. */
  toldNetwork: Digest | null;
  /** A network that a heartbeat named while we had none. */
  heardNetwork: { readonly digest: Digest; readonly at: Instant } | null;
  /** A retained mandate holds an unfounded peer back until then. */
  deadMandateUntil: Instant | null;
  /** The roster we stand for in an open founding. */
  standing: Roster | null;
  /** In a founding: from a reveal on, the roster stays that of the election until then. */
  lockedUntil: Instant | null;
  /** When we last voted in a founding, or started. */
  boundAt: Instant;

  readonly booths: Booths;
  election: Election | null;
  /** The vote we said last, repeated until its mandate's controller shows that it has it. */
  lastVote: Vote | null;
  /** When we cast it. */
  votedAt: Instant;
  /** Terms given up in a row, for waiting longer each time. */
  givenUp: number;
  obeyed: Obeyed | null;
  /** Since when our term has no controller that we know. */
  termSince: Instant;
  pendingMandate: { readonly mandate: Mandate; readonly votes: readonly Vote[] } | null;
  office: Office | null;
  readonly yielding: Yielding;

  /** When the last block of our ledger was opened, by our own clock; the latest that it can be. */
  tipOpenedAt: Instant;
  /** The challenge to mine, of the highest term heard for our height. */
  challenge: {
    readonly message: Challenge;
    /** For us to search. */
    readonly work: Work;
    readonly heardAt: Instant;
  } | null;
  /** One that came before we could judge it: its mandate, network or parent is on the way. */
  pendingChallenge: Challenge | null;
  /** A valid proposal for our height, by which miners stop. */
  proposal: { readonly term: Term; readonly block: Block } | null;
  /** Our own solution, repeated until its block number is sealed. */
  solved: { readonly work: Work; readonly solution: string } | null;
  /** The first one that we heard while it was not ours to judge it. */
  heardSolution: HeardSolution | null;
  mining: Work | null;
  isExhausted: boolean;
  isPaused: boolean;
  hashRate: number;

  readonly mempool: Mempool;
  /** What had to go since people last heard of it. */
  evicted: { count: number; readonly last: Transaction } | null;
  /** Batches of blocks that are not final yet, the last one heard last; bounded. */
  batches: readonly { readonly root: Digest; readonly batch: Batch }[];
  /** The batch that we ask for. */
  wanted: { readonly root: Digest; asked: number } | null;
  /** Batches that others ask for, and when it is our turn to say them. */
  readonly owed: Record<Digest, Instant>;
  handedOut: { readonly root: Digest; readonly at: Instant } | null;
  /** A proposal of our controller whose batch we lack. */
  awaited: Proposal | null;

  /** In the order in which we heard of them; bounded. */
  quests: readonly HeardQuest[];
  held: Held | null;
  /** Searches of leased ranges that we began. */
  searches: number;
  /** When we last offered to search, and for what. */
  offered: { readonly quest: QuestID; readonly at: Instant } | null;
  /** Hashes a second, as we measured them in leases. */
  readonly paces: Partial<Record<Algorithm, number>>;
  /** Hashes a second of others, as their leases and reports show. */
  readonly measured: Measured;
  wishes: readonly Wish[];

  sourcing: Sourcing | null;
  /** Calls of a service so far. */
  calls: number;
  /** Finds that a service has taken or rejected for good; bounded. */
  submitted: readonly QuestID[];

  behind: CatchUp | null;
  /** Requests of our own so far. */
  asks: number;
  /** Requests of others that wait for an answer of ours, and those heard before. */
  readonly requests: Record<ClientID, HeardRequest>;
  /** The last request of each asker, its number as a beat; the one heard last stands last. */
  readonly lastAsked: Record<ClientID, Sign>;
  readonly budgets: Budgets;

  readonly refusals: Partial<Record<RefusalCode, number>>;
  readonly untold: Partial<Record<RefusalCode, Untold>>;
  /** Why we are idle, as people heard it last. */
  toldIdle: Idle | null;
};

/** Others have blocks that we don't have yet. */
export type CatchUp = {
  /** The highest height heard of. */
  target: TransactionID;
  /** How often in vain, since the last page. */
  asked: number;
  /** Our height when it began. */
  from: TransactionID;
  readonly since: Instant;
  /** When people last heard how it goes. */
  toldAt: Instant | null;
  /** Whether a page has brought us on. */
  isServed: boolean;
  /** Whose page was good, and whom we ask for the next one. */
  helper: ClientID | null;
  /** Whose pages were wrong. */
  shunned: readonly ClientID[];
};

export type HeardRequest = {
  readonly from: TransactionID;
  readonly at: Instant;
  readonly answerAt: Instant | null;
  /** Which of our budgets the answer comes from. */
  readonly budget: Budget;
};

export type Untold = { count: number; readonly from: ClientID | null; readonly refusal: Refusal };
