/** Judges the labs' challenges, solutions and results. */

import type { Dialect } from '../../lab/dialect.ts';
import type { LabChallenge, LabResult, LabSolution, Name } from '../../lab/message.ts';
import { sha1 } from '../../miner/sha1.ts';
import { leadingZeroBits } from '../../miner/sha256.ts';
import { type LabCharge, type LabJudge, type LabSaid, labCharge, shortLab } from './lab-charge.ts';
import { Latest } from './latest.ts';
import type { Place } from './testimony.ts';

/** A solution may be on its way while the winner is named. */
const OVERTAKE_MS = 2_000;
const RESULT_MS = 5_000;
/** A day of a challenge each ten seconds. */
const TRANSACTIONS_KEPT = 10_000;

type Found = { readonly clientID: Name; readonly solution: string; readonly place: Place };

/** One TransactionID. */
type Transaction = {
  challenge: number | null;
  winner: { readonly clientID: Name | null; readonly solution: string; at: number } | null;
  /** Solutions that meet the challenge, in the order in which they came. */
  readonly right: Found[];
  /** Those of them that were refused while there was no winner. */
  readonly refused: Found[];
  readonly solutions: Set<string>;
};

export class LabWorkJudge implements LabJudge {
  readonly #dialect: Dialect;
  #transactions = new Latest<number, Transaction>(TRANSACTIONS_KEPT);
  #hasVoteSince = false;
  #late: LabCharge[] = [];
  /** How many winners were named whose work could be checked. */
  results = 0;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  judge(said: LabSaid): LabCharge | null {
    const { message } = said;
    if (message.kind === 'challenge') return this.#judgeChallenge(message);
    if (message.kind === 'solution') return this.#judgeSolution(message, said.at);
    if (message.kind !== 'result' || !isWin(message)) return null;
    return this.#judgeWinner(message, said.at);
  }

  #judgeChallenge({ transactionID, challenge }: LabChallenge): LabCharge | null {
    const { hardest, bitsPerUnit } = this.#dialect;
    if (challenge < 1 || challenge > hardest) {
      const unit = bitsPerUnit === 1 ? 'bits' : 'hex digits';
      const what = `opens ${transactionID} with ${challenge} zero ${unit}`;
      return labCharge('playable', null, what);
    }
    const known = this.#transactions.get(transactionID)?.challenge ?? null;
    // Whoever starts all clients again begins anew, with another election.
    if (known === null || known === challenge || this.#hasVoteSince) return null;
    const what = `opens ${transactionID} again with ${challenge}, which was ${known}`;
    return labCharge('oneChallenge', null, what);
  }

  #judgeSolution(message: LabSolution, at: number): LabCharge | null {
    const { clientID, transactionID } = message;
    const solution = String(message.solution);
    const transaction = this.#transactions.get(transactionID);
    if (transaction === undefined) return null;
    if (this.#meets(solution, transaction) === false) {
      const what = `says a solution for ${transactionID} that does not meet its challenge`;
      return labCharge('trueSolution', clientID, what);
    }
    const { winner, solutions } = transaction;
    const isLate = winner !== null && at > winner.at + OVERTAKE_MS;
    if (!isLate || solutions.has(`${clientID} ${solution}`)) return null;
    const seconds = ((at - winner.at) / 1_000).toFixed(1);
    const what = `answers ${transactionID} late, ${seconds} s after its winner was named`;
    return labCharge('timelySolution', clientID, what, `late ${transactionID}`);
  }

  #judgeWinner(message: LabResult, at: number): LabCharge | null {
    const { transactionID, clientID } = message;
    const solution = String(message.solution);
    const transaction = this.#transactions.get(transactionID);
    if (transaction === undefined) return null;
    const { winner, right } = transaction;
    const isOther =
      winner !== null && (winner.clientID !== clientID || winner.solution !== solution);
    if (isOther) return labCharge('oneWinner', null, `announces two winners of ${transactionID}`);
    if (this.#meets(solution, transaction) === false) {
      const what = `names a winner of ${transactionID} whose solution does not meet its challenge`;
      return labCharge('trueWinner', null, what);
    }
    const first = right.find((it) => it.solution === solution);
    if (winner !== null || first === undefined || at <= first.place.at + RESULT_MS) return null;
    const seconds = Math.round((at - first.place.at) / 1_000);
    return labCharge(
      'timelyResult',
      null,
      `names the winner of ${transactionID} after ${seconds} s`,
    );
  }

  learn(said: LabSaid): void {
    const { message } = said;
    if (message.kind === 'vote') this.#hasVoteSince = true;
    if (message.kind === 'challenge') this.#learnChallenge(message);
    if (message.kind === 'solution') this.#learnSolution(message, said);
    if (message.kind === 'result') this.#learnResult(message, said);
  }

  #learnChallenge({ transactionID, challenge }: LabChallenge): void {
    const known = this.#transactions.get(transactionID)?.challenge ?? null;
    if (this.#hasVoteSince && known !== null && known !== challenge)
      this.#transactions = new Latest(TRANSACTIONS_KEPT);
    this.#hasVoteSince = false;
    this.#of(transactionID).challenge = challenge;
  }

  #learnSolution(message: LabSolution, { number, at }: LabSaid): void {
    const { clientID, transactionID } = message;
    const solution = String(message.solution);
    const transaction = this.#of(transactionID);
    transaction.solutions.add(`${clientID} ${solution}`);
    if (this.#meets(solution, transaction))
      transaction.right.push({ clientID, solution, place: { number, at } });
  }

  #learnResult(message: LabResult, { number, at }: LabSaid): void {
    const { transactionID, clientID } = message;
    const solution = String(message.solution);
    const transaction = this.#of(transactionID);
    if (isWin(message)) {
      if (transaction.winner === null && transaction.challenge !== null) this.results += 1;
      transaction.winner ??= { clientID, solution, at };
      this.#complain(transaction, transactionID);
      return;
    }
    const isRight = transaction.right.some((it) => it.solution === solution);
    if (clientID === null || !isRight || transaction.winner !== null) return;
    transaction.refused.push({ clientID, solution, place: { number, at } });
  }

  /** Only once somebody else has won is it sure that the challenge was still open. */
  #complain({ refused, winner }: Transaction, transactionID: number): void {
    for (const { clientID, solution, place } of refused.splice(0)) {
      if (clientID === winner?.clientID && solution === winner.solution) continue;
      const owner = shortLab(clientID);
      const what = `refuses the solution of ${owner} for ${transactionID}, which was first`;
      this.#late.push({ ...labCharge('fairRefusal', null, what), place });
    }
  }

  settle(): readonly LabCharge[] {
    const late = this.#late;
    this.#late = [];
    return late;
  }

  /** Null where the challenge was not heard. */
  #meets(solution: string, { challenge }: Transaction): boolean | null {
    if (challenge === null) return null;
    const bits = challenge * this.#dialect.bitsPerUnit;
    return leadingZeroBits(sha1(new TextEncoder().encode(solution))) >= bits;
  }

  #of(transactionID: number): Transaction {
    const known = this.#transactions.get(transactionID);
    if (known !== undefined) return known;
    const transaction: Transaction = {
      challenge: null,
      winner: null,
      right: [],
      refused: [],
      solutions: new Set(),
    };
    this.#transactions.set(transactionID, transaction);
    return transaction;
  }
}

/** 2 says that somebody was first. */
function isWin({ result }: LabResult): boolean {
  return result !== 0 && result !== 2;
}
