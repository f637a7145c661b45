/** What peers say to one another (PROTOCOL 4), as plain data without envelope or topic. */

import type { Genesis } from './genesis.ts';
import type {
  AccountKey,
  ClientID,
  Digest,
  Nonce,
  PublicKey,
  QuestID,
  Term,
  TransactionID,
  UnixMs,
  VoteID,
} from './names.ts';
import type { Quest, QuestFault, Range } from './quest.ts';
import type { Batch, Transaction } from './transaction.ts';

/** A peer's name and the key that proves it. */
export type Member = { readonly clientID: ClientID; readonly publicKey: PublicKey };

/** An entry of the ledger. No term and no controller are in it: its digest outlives both. */
export type Block = {
  readonly transactionID: TransactionID;
  /** Digest of the block before; for block 0, of the first roster, which names the network. */
  readonly parent: Digest;
  /** Merkle root of its batch; where it changes the roster, the SHA-256 of the change. */
  readonly root: Digest;
  /** When its challenge was opened, by the clock of the controller that opened it. */
  readonly time: UnixMs;
  /** Leading zero bits that its digest must have; 0 where it changes the roster. */
  readonly challenge: number;
  /** The miner, whose name is hashed with the solution so that nobody else can use it. */
  readonly clientID: ClientID;
  /** Digits of `[0-9a-f]`; none where the block changes the roster. */
  readonly solution: string;
  /** Whose account the reward goes to, where it is not the miner's own; hashed likewise. */
  readonly reward?: AccountKey;
  /** `remove <ClientID>` or `admit <ClientID> <PublicKey>`, instead of a solution. */
  readonly change?: string;
};

/** Exact payload texts of Q acknowledgements of one term, block number and digest. */
export type Seal = readonly string[];

/** The first roster, and the exact texts of the N votes that founded it. */
export type Founding = { readonly members: readonly Member[]; readonly votes: readonly string[] };

type From<Kind extends string> = { readonly kind: Kind; readonly clientID: ClientID };

type About = {
  readonly publicKey: PublicKey;
  readonly incarnation: number;
  /** N, the seats. */
  readonly peers: number;
  /** How many peers it knows, itself included. */
  readonly known: number;
  /** Digest of the roster it stands for. */
  readonly roster: Digest | null;
  readonly network: Digest | null;
  readonly rules: string;
  /** The small number by which people call it. */
  readonly name?: number;
};

export type Introduction = From<'introduction'> & About;

export type Presence = From<'presence'> &
  About & { readonly state: 'ready' | 'lost' | 'disconnected' };

/** One connection of a peer: names something that this peer said since it connected. */
export type Greeted = { readonly clientID: ClientID; readonly incarnation: number };

export type Heartbeat = From<'heartbeat'> & {
  readonly incarnation: number;
  readonly beat: number;
  readonly term: Term;
  /** Whom it obeys in `term`. */
  readonly controllerID: ClientID | null;
  /** Its height. */
  readonly transactionID: TransactionID;
  readonly network: Digest | null;
  readonly state: 'ready' | 'leaving';
  /** Hashes a second. */
  readonly hashRate: number;
  /** Of a controller: connections that it has heard of lately, so that they know that it lives. */
  readonly answers?: readonly Greeted[];
};

export type Commitment = From<'commitment'> & {
  readonly term: Term;
  readonly roster: Digest;
  readonly commit: Digest;
  /** There in a founding. */
  readonly publicKey?: PublicKey;
  /** In a founding: those of its roster, said by who commits under it first. */
  readonly members?: readonly Member[];
  /** There where the lowest one governs: the sender's Name, by which it is ordered. */
  readonly name?: number;
};

export type Reveal = From<'reveal'> & { readonly term: Term; readonly nonce: Nonce };

/** The block that a voter last acknowledged at its height, and in which term. */
export type Accepted = { readonly term: Term; readonly block: Block };

export type Vote = From<'vote'> & {
  readonly term: Term;
  readonly voteID: VoteID;
  /** Whom it votes for: the highest drawn number. */
  readonly controllerID: ClientID;
  /** The seed, as hex. */
  readonly draw: Digest;
  /** Whose reveals it counted: a bit for each member in order of ClientID, first one highest. */
  readonly drawn: string;
  readonly roster: Digest;
  /** Its height. */
  readonly transactionID: TransactionID;
  readonly accepted?: Accepted;
};

export type Mandate = From<'mandate'> & {
  readonly term: Term;
  /** Exact texts of Q votes for the sender. */
  readonly votes: readonly string[];
  /** Members of the roster that the votes name. */
  readonly members: readonly Member[];
};

export type Challenge = From<'challenge'> & {
  readonly term: Term;
  readonly transactionID: TransactionID;
  readonly challenge: number;
  readonly algorithm: 'sha256';
  readonly parent: Digest;
  readonly root: Digest;
  readonly time: UnixMs;
  /** Of its sender's last heartbeat, as a sign of life where that one was lost. */
  readonly incarnation?: number;
  readonly beat?: number;
};

export type Solution = From<'solution'> & {
  readonly transactionID: TransactionID;
  readonly solution: string;
  /** There where the sender is an observer. */
  readonly publicKey?: PublicKey;
  /** As its block will have it. */
  readonly reward?: AccountKey;
};

export type Proposal = From<'proposal'> & { readonly term: Term; readonly block: Block };

export type Acknowledgement = From<'acknowledgement'> & {
  readonly term: Term;
  readonly transactionID: TransactionID;
  readonly digest: Digest;
};

/** Why a solution was not accepted. */
export type Reason = 'invalid' | 'late' | 'unknown-transaction' | 'not-open';

/** `clientID` is the miner here, and `controllerID` the sender, as the labs have it. */
export type Result = From<'result'> & {
  readonly controllerID: ClientID;
  readonly transactionID: TransactionID;
  readonly solution: string;
} & (
    | { readonly result: 1; readonly block: Block; readonly seal: Seal }
    | { readonly result: 0; readonly reason: Reason }
  );

/** Asks for blocks from a height on; from -1 for the founding. */
export type Request = From<'request'> & {
  readonly from: TransactionID;
  /** Only ever grows in one incarnation; older peers say neither. */
  readonly incarnation?: number;
  readonly number?: number;
  /** Who sent the last page, and is to send the next one; nobody else need answer. */
  readonly helper?: ClientID;
  /** A number drawn by lot: another process with the sender's name is asked to show itself. */
  readonly probe?: number;
  /** The Probe of another process with the sender's name, which is answered. */
  readonly echo?: number;
  /** There where the sender introduces itself to nobody. */
  readonly publicKey?: PublicKey;
};

/**
 * Answers a request, on a topic of the asker's own: a page of blocks, or the founding, and before
 * that the list that accounts begin with, where the Rules name one.
 */
export type Answer = From<'answer'> & { readonly to: ClientID } & (
    | {
        readonly blocks: readonly Block[];
        readonly seals: readonly Seal[];
        /** Of those blocks that carry one, in order; absent where none does. */
        readonly batches?: readonly Batch[];
      }
    | { readonly founding: Founding }
    | { readonly genesis: Genesis }
  );

/** A transaction on its way into a block: with a key and a signature of its own, and no sender. */
export type PassedTransaction = { readonly kind: 'transaction'; readonly transaction: Transaction };

/** What goes with a block or a challenge of this Root. */
export type SaidBatch = From<'batch'> & { readonly root: Digest; readonly transactions: Batch };

/** Asks everybody for the batch of this Root. */
export type BatchRequest = From<'fetch'> & { readonly root: Digest };

/** Anybody asks the network for a search, again and again until it is answered. */
export type AskedQuest = From<'quest'> &
  Quest & {
    /** There where the sender introduces itself to nobody. */
    readonly publicKey?: PublicKey;
  };

/** Has nothing of this quest to search, and would. */
export type Offer = From<'offer'> & {
  readonly quest: QuestID;
  /** Hashes a second of its kind, as last measured; 0 if they never were. */
  readonly rate: number;
};

/** All that one peer is to search, what was leased to it before among it. */
export type Lease = From<'lease'> & {
  readonly term: Term;
  readonly quest: Quest;
  readonly holder: ClientID;
  readonly ranges: readonly Range[];
  /** After so many milliseconds others may be given these ranges. */
  readonly expiry: number;
};

/** A leased range is searched: to its end, or to its lowest find. */
export type Report = From<'report'> &
  Range & {
    readonly quest: QuestID;
    readonly found: number | null;
    /** Nonces that missed by a little, rising: nobody could guess them. */
    readonly near: readonly number[];
    /** Hashes a second. */
    readonly rate: number;
  };

/** The controller's answer to a quest: a nonce, or a reason to refuse it, or neither of them. */
export type SaidOutcome = From<'outcome'> & {
  readonly term: Term;
  readonly quest: QuestID;
  readonly found: number | null;
  readonly reason: QuestFault | null;
};

/** A message in an envelope: with a sender, who signs it. */
export type Enveloped =
  | Introduction
  | Presence
  | Heartbeat
  | Commitment
  | Reveal
  | Vote
  | Mandate
  | Challenge
  | Solution
  | Proposal
  | Acknowledgement
  | Result
  | Request
  | Answer
  | SaidBatch
  | BatchRequest
  | AskedQuest
  | Offer
  | Lease
  | Report
  | SaidOutcome;

export type EnvelopedKind = Enveloped['kind'];

export type Message = Enveloped | PassedTransaction;

export type MessageKind = Message['kind'];

/** Whose signature a message carries. */
export function senderOf(message: Enveloped): ClientID {
  return message.kind === 'result' ? message.controllerID : message.clientID;
}
