/** Quests: bounded searches that anybody may ask a network for (PROTOCOL 13). */

/** What a digest is; `sha256d` is the SHA-256 of a SHA-256's 32 bytes. */
export type Algorithm = 'sha256' | 'sha256d' | 'sha1';

/** Nonces from `from` on, up to and without `to`. */
export type Range = { readonly from: number; readonly to: number };

/** Wanted is the lowest nonce of the range whose digest begins with so many zero bits. */
export type Quest = Range & {
  readonly algorithm: Algorithm;
  /** What the nonce, in plain decimal, is put behind. */
  readonly prefix: string;
  /** 1 to 60. */
  readonly bits: number;
};

/** Why a network does not take a quest up. */
export type QuestFault = 'prefix-too-long' | 'range-empty' | 'range-too-big' | 'too-many-quests';

export type Outcome =
  /** There is none below it. */
  | { readonly kind: 'found'; readonly nonce: number }
  /** No nonce of the range has such a digest. */
  | { readonly kind: 'exhausted' }
  | { readonly kind: 'refused'; readonly reason: QuestFault };

/** What somebody has seen of a search with its own eyes: the reports that it took for true. */
export type Proof = {
  /** Reports, and the peers that they are by. */
  readonly reports: number;
  readonly peers: number;
  /** Nonces of the range that they cover, up to the find if there is one. */
  readonly covered: number;
  /** Near misses in them, each checked, and how many chance gives on average. */
  readonly near: number;
  readonly expected: number;
  /** Peers that claimed what they had not searched; none of their reports counts. */
  readonly named: number;
};

/** As an outcome stands in messages and notes. */
export function outcomeOf(found: number | null, reason: QuestFault | null): Outcome {
  if (reason !== null) return { kind: 'refused', reason };
  return found === null ? { kind: 'exhausted' } : { kind: 'found', nonce: found };
}
