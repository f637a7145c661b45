/** What a head tells people and machines about itself: the single tap; no logic reads it. */

import type { StepDown, Suspicion } from './cause.ts';
import type { Given } from './genesis.ts';
import type { Idle } from './idle.ts';
import type { Block, Reason } from './message.ts';
import type {
  AccountKey,
  ClientID,
  Digest,
  QuestID,
  Term,
  TransactionID,
  UnixMs,
  VoteID,
} from './names.ts';
import type { Algorithm, QuestFault } from './quest.ts';
import type { Refusal, RefusalCode } from './refusal.ts';
import type { Part } from './roster.ts';
import type { Trouble } from './task.ts';
import type { FaultCode } from './transaction.ts';

export type Note =
  | { readonly kind: 'connected' }
  /** `attempts` in vain since the last connection; said for each reason, and then every 10 s. */
  | { readonly kind: 'disconnected'; readonly reason: string; readonly attempts: number }
  /** What we said on these topics has not come back: the broker seems to forbid it. Said once. */
  | { readonly kind: 'unheard'; readonly topics: readonly string[] }
  | {
      readonly kind: 'joined' | 'left';
      readonly peer: ClientID;
      readonly known: number;
      readonly wanted: number;
    }
  /** A peer says its Name, the small number by which people call it; null: it has none now. */
  | { readonly kind: 'called'; readonly who: ClientID; readonly name: number | null }
  /** Another peer has our Name, and keeps it: without a seat we get none under it. */
  | { readonly kind: 'same-name'; readonly name: number; readonly by: ClientID }
  | { readonly kind: 'idle'; readonly idle: Idle }
  | { readonly kind: 'dead-mandate'; readonly controller: ClientID; readonly term: Term }
  /** A network answers that has other Rules than ours; said by those who only look on. */
  | { readonly kind: 'network-found'; readonly network: Digest; readonly rules: string }
  | ({
      readonly kind: 'founded';
      readonly network: Digest;
      readonly members: readonly ClientID[];
      readonly genesis?: Given;
    } & Part)
  /** What this peer knows from its journal as it starts; said if there is anything in it. */
  | ({
      readonly kind: 'recalled';
      readonly network: Digest | null;
      readonly term: Term;
      readonly height: TransactionID;
    } & Part)
  /** The journal has a term that was only claimed by a peer, far above all that we took part in. */
  | { readonly kind: 'term-forgotten'; readonly claimed: Term; readonly term: Term }
  /** A member was sealed out of the roster, or an observer into it. */
  | {
      readonly kind: 'roster';
      readonly change: 'remove' | 'admit';
      /** Of the block that says so; it counts from the next one on. */
      readonly transactionID: TransactionID;
      readonly member: ClientID;
      readonly members: readonly ClientID[];
      /** There where it is we who were removed. */
      readonly shutOut?: Part['shutOut'];
    }
  | { readonly kind: 'election'; readonly term: Term; readonly suspicion: Suspicion }
  | {
      readonly kind: 'gave-up';
      readonly term: Term;
      readonly heard: number;
      readonly needed: number;
    }
  | {
      readonly kind: 'drawn';
      readonly term: Term;
      readonly seed: Digest;
      readonly numbers: readonly { readonly peer: ClientID; readonly number: VoteID }[];
      readonly highest: ClientID;
      /** Whom our vote goes to instead, where the Rules say `election=lowest`. */
      readonly named?: { readonly peer: ClientID; readonly why: 'governs' | 'lowest' };
    }
  | {
      readonly kind: 'mandate';
      readonly term: Term;
      readonly controller: ClientID;
      readonly votes: number;
      readonly isSelf: boolean;
    }
  | { readonly kind: 'stepped-down'; readonly term: Term; readonly why: StepDown }
  /** Said when a controller loses its quorum: who named it lately, and how many would have to. */
  | {
      readonly kind: 'no-quorum';
      readonly present: number;
      readonly needed: number;
      readonly of: number;
    }
  | {
      readonly kind: 'challenge';
      readonly term: Term;
      readonly transactionID: TransactionID;
      readonly bits: number;
      /** Tries that a solution takes on average: 2 to the power of `bits`. */
      readonly expected: number;
      /** The preimage up to the ClientID: the same under every controller that continues it. */
      readonly preimage: string;
    }
  | {
      readonly kind: 'progress';
      readonly transactionID: TransactionID;
      readonly tried: number;
      readonly perSecond: number;
      readonly expected: number;
      readonly elapsedMs: number;
    }
  | {
      readonly kind: 'found';
      readonly transactionID: TransactionID;
      readonly solution: string;
      readonly digest: Digest;
    }
  | { readonly kind: 'near'; readonly transactionID: TransactionID; readonly solution: string }
  | {
      readonly kind: 'proposed';
      readonly transactionID: TransactionID;
      readonly miner: ClientID;
      readonly term: Term;
    }
  | {
      readonly kind: 'result';
      readonly block: Block;
      readonly digest: Digest;
      readonly preimage: string;
      /** How many transactions it carries. */
      readonly transactions: number;
      /** Since its challenge was opened, by the wall clocks of its controller and of this peer. */
      readonly elapsedMs: number;
      readonly isOwn: boolean;
    }
  /** A solution that the controller refused: ours, or as controller, somebody else's. */
  | {
      readonly kind: 'solution-refused';
      readonly transactionID: TransactionID;
      readonly miner: ClientID;
      readonly solution: string;
      readonly reason: Reason;
      readonly isOwn: boolean;
    }
  /** The mempool is full: some had to go for others, last of all this. At most once a second. */
  | {
      readonly kind: 'evicted';
      /** Since the last such note. */
      readonly count: number;
      readonly sender: AccountKey;
      /** Null of a message without. */
      readonly nonce: number | null;
      /** So many wait. */
      readonly waiting: number;
    }
  /** After a block, transactions that waited can be in none any more: this one first of all. */
  | {
      readonly kind: 'dropped';
      readonly count: number;
      /** How many of them were handed to this very peer; then the one that is named is, too. */
      readonly ours: number;
      readonly sender: AccountKey;
      /** Null of a message without. */
      readonly nonce: number | null;
      readonly fault: FaultCode;
    }
  /** Somebody asks the network for a bounded search that we had not heard of. */
  | {
      readonly kind: 'quest';
      readonly quest: QuestID;
      readonly algorithm: Algorithm;
      readonly bits: number;
      readonly from: number;
      readonly to: number;
    }
  /** We begin to search a range that is leased to us. */
  | { readonly kind: 'lease'; readonly quest: QuestID; readonly from: number; readonly to: number }
  /** Somebody has searched a leased range, as far as that can be checked. */
  | {
      readonly kind: 'covered';
      readonly quest: QuestID;
      readonly by: ClientID;
      readonly from: number;
      readonly to: number;
      readonly found: number | null;
      /** Near misses that it showed, and how many chance gives on average. */
      readonly near: number;
      readonly expected: number;
      /** So many nonces are covered in all, of so many that have to be. */
      readonly covered: number;
      readonly of: number;
    }
  /** It claimed what it had not searched: too few near misses, or wrong ones. */
  | {
      readonly kind: 'named';
      readonly quest: QuestID;
      readonly who: ClientID;
      readonly why: 'too-few' | 'wrong-near' | 'wrong-find';
      readonly near: number;
      readonly expected: number;
    }
  /** The controller answers a quest; with neither a find nor a reason: there is no such nonce. */
  | {
      readonly kind: 'answered';
      readonly quest: QuestID;
      readonly found: number | null;
      readonly reason: QuestFault | null;
    }
  /** As controller, has a task of its service searched: behind `previous` and this time. */
  | {
      readonly kind: 'task';
      readonly quest: QuestID;
      readonly previous: string;
      readonly bits: number;
      readonly timestamp: UnixMs;
    }
  /** The service has taken a find, or never will: then `rejected` says why. */
  | {
      readonly kind: 'submitted';
      readonly quest: QuestID;
      readonly timestamp: UnixMs;
      readonly nonce: number;
      readonly digest: Digest;
      readonly rejected: string | null;
    }
  /** The service gives no answer that helps; said for the first time and then every 10 s. */
  | {
      readonly kind: 'source-failed';
      readonly doing: 'fetch' | 'submit';
      readonly code: Trouble['code'];
      readonly problem: string;
      /** In vain, one after another. */
      readonly attempts: number;
    }
  /** How a long catching up goes, from one height to another: at most once a second. */
  | {
      readonly kind: 'syncing';
      readonly from: TransactionID;
      readonly height: TransactionID;
      /** The highest height that anybody says it has. */
      readonly of: TransactionID;
      readonly elapsedMs: number;
    }
  /** Catching up is over. */
  | { readonly kind: 'synced'; readonly from: TransactionID; readonly to: TransactionID }
  /** Refused messages of one code since its last note, at most one note a second for each code. */
  | {
      readonly kind: 'refused';
      readonly code: RefusalCode;
      readonly count: number;
      readonly from: ClientID | null;
      readonly refusal: Refusal;
    }
  /** A mining thread died; another goes on behind the nonces of its lane that were counted. */
  | { readonly kind: 'thread-replaced'; readonly lane: number; readonly tried: number }
  /**
   * Mining threads died again and again (`died`), or the system refused them with the code
   * `reason`: `running` of the `wanted` ones run now. With none, mining is paused.
   */
  | {
      readonly kind: 'threads-missing';
      readonly running: number;
      readonly wanted: number;
      readonly reason: string;
    }
  | { readonly kind: 'paused' | 'resumed' | 'leaving' }
  /** We take no part until it works; said for the first time and then every 10 s. */
  | { readonly kind: 'failed'; readonly effect: 'record'; readonly code: string }
  /** Everything is written down again, and we take part again. */
  | { readonly kind: 'recorded'; readonly afterMs: number };
