/** A checker for each invariant of PROTOCOL 9, in order, and those of PROTOCOL 12 and 13. */

import type { Hasher } from '../../domain/crypto.ts';
import type { Checker, Fact, Watcher } from './fact.ts';
import { soundMoney } from './l1-sound-money.ts';
import { heldBatch } from './l2-held-batch.ts';
import { trueAnswer } from './l3-true-answer.ts';
import { keptSeats } from './l5-kept-seats.ts';
import { risingTime } from './l6-rising-time.ts';
import { oneMandate } from './s1-one-mandate.ts';
import { risingTerm } from './s2-rising-term.ts';
import { oneSeal } from './s3-one-seal.ts';
import { sameLedger } from './s4-same-ledger.ts';
import { keptSeals } from './s5-kept-seals.ts';
import { trueWork } from './s6-true-work.ts';
import { ownTerm } from './s7-own-term.ts';
import { fairDraw } from './s8-fair-draw.ts';
import { oneVote } from './s9-one-vote.ts';

export function checkersOf(hasher: Hasher): readonly Checker[] {
  return [
    oneMandate,
    risingTerm,
    oneSeal,
    sameLedger,
    keptSeals(hasher),
    trueWork(hasher),
    ownTerm,
    fairDraw(hasher),
    oneVote,
    soundMoney(hasher),
    heldBatch(hasher),
    trueAnswer(hasher),
    keptSeats,
    risingTime,
  ];
}

/** What did not hold: `S1`, and how. */
export type Violation = { readonly name: string; readonly sentence: string };

/** Shows each fact to all checkers; answers with the first violation that it is. */
export class Watch {
  readonly #watchers: readonly { readonly name: string; readonly watcher: Watcher }[];

  constructor(checkers: readonly Checker[]) {
    this.#watchers = checkers.map(({ name, begin }) => ({ name, watcher: begin() }));
  }

  see(fact: Fact): Violation | null {
    let first: Violation | null = null;
    for (const { name, watcher } of this.#watchers) {
      const sentence = watcher.see(fact);
      if (sentence !== null) first ??= { name, sentence };
    }
    return first;
  }
}
