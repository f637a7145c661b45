/** Judges how much a client of the labs says, besides what a controller asks of it. */

import type { Instant } from '../../domain/names.ts';
import type { Name } from '../../lab/message.ts';
import { Allowance, type Limit } from '../../wire/allowance.ts';
import { type LabCharge, type LabSaid, labCharge } from './lab-charge.ts';
import { nameOf } from './lab-witness.ts';
import type { LabWorkJudge } from './lab-work.ts';
import { Latest, PEERS_KEPT } from './latest.ts';

const LIMIT: Limit = { perSecond: 20, atOnce: 100 };
/** By so much a solution may overtake its challenge, which comes on another topic. */
const OVERTAKE_MS = 2_000;

type Waiting = { readonly who: Name; readonly transactionID: number; readonly at: number };

export class LabFloodJudge {
  readonly #work: LabWorkJudge;
  readonly #allowances = new Latest<Name, Allowance>(PEERS_KEPT);
  /** Solutions whose challenge was not heard yet. */
  #waiting: Waiting[] = [];

  constructor(work: LabWorkJudge) {
    this.#work = work;
  }

  /** How many names were heard. */
  get names(): number {
    return this.#allowances.size;
  }

  /** Before the others learn of the message. */
  judge({ message, at }: LabSaid): readonly LabCharge[] {
    const found = this.#judgeWaiting(at);
    const who = nameOf(message);
    if (who === null) return found;
    // A controller that opens many challenges is answered as often.
    const isAnswer =
      message.kind === 'solution' ? this.#work.isAnswer(message.transactionID, who) : false;
    if (message.kind === 'solution' && isAnswer === null) {
      this.#waiting.push({ who, transactionID: message.transactionID, at });
    }
    const allowance = this.#allowances.get(who) ?? new Allowance(LIMIT);
    this.#allowances.set(who, allowance);
    return isAnswer === false ? [...found, ...count(who, allowance, at)] : found;
  }

  #judgeWaiting(at: number): readonly LabCharge[] {
    const over = this.#waiting.findIndex((it) => it.at + OVERTAKE_MS > at);
    const due = this.#waiting.splice(0, over < 0 ? this.#waiting.length : over);
    return due.flatMap(({ who, transactionID }) => {
      const allowance = this.#allowances.get(who);
      const isAnswer = this.#work.isAnswer(transactionID, who) !== null;
      return isAnswer || allowance === undefined ? [] : count(who, allowance, at);
    });
  }
}

function count(who: Name, allowance: Allowance, at: number): readonly LabCharge[] {
  if (!allowance.has(at as Instant)) return [labCharge('noFlood', who, 'floods the network')];
  allowance.take();
  return [];
}
