/** What a peer of a lab dialect tells about itself; no logic reads it. */

import type { LabRefusal, LabRefusalCode, Name } from './message.ts';

export type LabNote =
  | { readonly kind: 'connected' }
  | { readonly kind: 'disconnected'; readonly reason: string; readonly attempts: number }
  /** What we said on these topics has not come back: the broker seems to forbid it. Said once. */
  | { readonly kind: 'unheard'; readonly topics: readonly string[] }
  | {
      readonly kind: 'joined';
      readonly peer: Name;
      readonly known: number;
      readonly wanted: number;
    }
  /** Why nobody is elected: at first when it changes, then every 10 s. */
  | {
      readonly kind: 'waiting';
      readonly lack: 'peers' | 'votes' | 'own-vote';
      readonly known: number;
      readonly votes: number;
      readonly wanted: number;
      /** Who is here, and has not been heard to vote. */
      readonly silent: readonly Name[];
    }
  | { readonly kind: 'voted'; readonly vote: Name }
  | {
      readonly kind: 'elected';
      readonly controller: Name;
      readonly vote: Name;
      readonly votes: number;
      readonly isSelf: boolean;
    }
  | {
      readonly kind: 'challenge';
      readonly transactionID: number;
      readonly bits: number;
      readonly expected: number;
      readonly isOwn: boolean;
    }
  /** More bits than anybody will find in this challenge of another controller. */
  | {
      readonly kind: 'hopeless';
      readonly transactionID: number;
      readonly bits: number;
      readonly giveUpMs: number;
    }
  | {
      readonly kind: 'progress';
      readonly transactionID: number;
      readonly tried: number;
      readonly perSecond: number;
      readonly expected: number;
      readonly elapsedMs: number;
    }
  | { readonly kind: 'found'; readonly transactionID: number; readonly solution: string }
  | {
      readonly kind: 'result';
      readonly transactionID: number;
      /** Null where the controller does not say who. */
      readonly miner: Name | null;
      readonly solution: string;
      readonly elapsedMs: number | null;
      readonly isOwn: boolean;
    }
  | {
      readonly kind: 'solution-refused';
      readonly transactionID: number;
      readonly miner: Name | null;
      readonly solution: string;
      readonly reason: 'invalid' | 'late' | 'unknown-transaction' | 'unsaid';
      readonly isOwn: boolean;
    }
  /** Nobody solved it in time: neither we nor, where we are the controller, anybody. */
  | { readonly kind: 'gave-up'; readonly transactionID: number; readonly afterMs: number }
  /** There is no other election in this dialect: all have to start again. */
  | {
      readonly kind: 'controller-gone';
      readonly controller: Name | null;
      readonly how: 'lost' | 'disconnected' | 'silent' | 'unanswered';
      readonly sinceMs: number;
    }
  | { readonly kind: 'other-controller'; readonly transactionID: number }
  | {
      readonly kind: 'refused';
      readonly code: LabRefusalCode;
      readonly count: number;
      readonly refusal: LabRefusal;
    }
  | { readonly kind: 'finished'; readonly solved: number }
  | { readonly kind: 'paused' | 'resumed' | 'leaving' };
