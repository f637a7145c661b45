/** Checks signatures, within a budget, and remembers those that held. */

import type { Verifier } from '../domain/crypto.ts';
import type { Instant, SignerKey } from '../domain/names.ts';
import { Allowance, type Limit } from './allowance.ts';
import { type Signed, signatureInput } from './envelope.ts';

/** All checks (PROTOCOL 3): about a quarter of a core, which checks 7,900 a second (measured). */
export const TOTAL_LIMIT: Limit = { perSecond: 2000, atOnce: 2000 };

/** What of them senders outside the roster may cause. */
export const OUTSIDERS_LIMIT: Limit = { perSecond: 500, atOnce: 500 };

/** What of them transactions may cause that are on their way, from senders with an account. */
export const TRANSACTIONS_LIMIT: Limit = { perSecond: 375, atOnce: 750 };

/** What of them those of fresh keys may cause, which cost nothing: a quarter as in a batch. */
export const FRESH_LIMIT: Limit = { perSecond: 125, atOnce: 250 };

/** Repeats come within seconds: every peer says its commitment, reveal and vote twice a second. */
const TEXTS_KEPT = 2000;

/** Longer texts are rare, and would make the memory of 2,000 of them too large. */
const TEXT_KEPT_MOST = 4096;

/** Whose a text is, and where it was said: under another key, or elsewhere, it is another one. */
export type Claim = {
  readonly publicKey: SignerKey;
  /** Null for a transaction. */
  readonly topic: string | null;
};

/** A text, whole and taken apart. */
export type Words = Signed & { readonly text: string };

/**
 * On whose account a check is made: besides the total, outsiders, transactions and those of fresh
 * keys each have a common one. `allowance` is the sender's own, null for a sender heard for the
 * first time.
 */
export type Payer = {
  readonly from: 'member' | 'outsider' | 'transaction' | 'fresh';
  readonly allowance: Allowance | null;
};

export type Outcome = 'held' | 'forged' | 'too-many';

/** One for each door. */
export class Checker {
  readonly #verifier: Verifier;
  readonly #total = new Allowance(TOTAL_LIMIT);
  readonly #common = {
    member: null,
    outsider: new Allowance(OUTSIDERS_LIMIT),
    transaction: new Allowance(TRANSACTIONS_LIMIT),
    fresh: new Allowance(FRESH_LIMIT),
  };
  /** Texts with whose and where they were; in order of insertion: the oldest is forgotten first. */
  readonly #held = new Map<string, Claim>();

  constructor(verifier: Verifier) {
    this.#verifier = verifier;
  }

  /**
   * Only a check that succeeds is charged to its payer: anyone can forge in somebody's name, and
   * must not use up what that somebody may say. What held before costs nothing; without a payer,
   * nothing is charged at all.
   */
  check(claim: Claim, words: Words, payer: Payer | null, at: Instant): Outcome {
    const { publicKey, topic } = claim;
    const { text, signed, signature } = words;
    const known = this.#held.get(text);
    if (known?.publicKey === publicKey && known.topic === topic) return 'held';
    if (payer !== null && !this.#charge(payer, at)) return 'too-many';
    if (!this.#verifier.verify(publicKey, signatureInput(topic, signed), signature)) {
      return 'forged';
    }
    payer?.allowance?.take();
    this.remember(claim, text);
    return 'held';
  }

  /** Takes from what is everybody's; false where nothing is left, there or of the sender's own. */
  #charge({ from, allowance }: Payer, at: Instant): boolean {
    const common = this.#common[from];
    const isPaid = this.#total.has(at) && common?.has(at) !== false;
    if (!isPaid || allowance?.has(at) === false) return false;
    this.#total.take();
    common?.take();
    return true;
  }

  /** Takes it that `text` is what it claims to be. */
  remember(claim: Claim, text: string): void {
    if (text.length > TEXT_KEPT_MOST) return;
    if (this.#held.size >= TEXTS_KEPT) {
      const [oldest] = this.#held.keys();
      if (oldest !== undefined) this.#held.delete(oldest);
    }
    this.#held.set(text, claim);
  }
}
