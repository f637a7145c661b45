/** Judges the labs' challenges, solutions and results. */

import type { Dialect, DialectName } from '../../lab/dialect.ts';
import type { LabChallenge, LabResult, LabSolution, Name } from '../../lab/message.ts';
import { isOtherWinner, isWin, type LabRound, LabRounds } from '../lab-rounds.ts';
import {
  type LabCharge,
  type LabJudge,
  type LabSaid,
  labCharge,
  labRemark,
  shortLab,
} from './lab-charge.ts';
import type { LabRoll } from './lab-roll.ts';

/** The hardest that the labs' own texts allow, whether it can be solved or not. */
const ALLOWED: Readonly<Record<DialectName, number>> = { ufes: 25, statement: 20 };
/** What is on its way while a winner is named, and by how much topics overtake one another. */
const OVERTAKE_MS = 2_000;
const RESULT_MS = 5_000;
/** In so short a time nobody starts all clients again without being heard. */
const RESTART_MS = 20_000;
/** What was opened again later than this the recorder may have missed. */
const KNOWN_MS = 60_000;

export class LabWorkJudge implements LabJudge {
  readonly #dialect: Dialect;
  readonly #roll: LabRoll;
  readonly #rounds: LabRounds;
  #late: LabCharge[] = [];
  /** Whether a challenge was heard whose number is a text. */
  #areTexts = false;
  /** How many winners were named whose work could be checked. */
  results = 0;

  constructor(dialect: Dialect, roll: LabRoll) {
    this.#dialect = dialect;
    this.#roll = roll;
    this.#rounds = new LabRounds(dialect);
  }

  /** Whether this is somebody's first answer to a challenge; null where that was not heard. */
  isAnswer(transactionID: number, clientID: Name): boolean | null {
    const [newest] = this.#rounds.of(transactionID);
    return newest === undefined ? null : !newest.miners.has(clientID);
  }

  judge(said: LabSaid): LabCharge | null {
    const { message, at } = said;
    if (message.kind === 'challenge') return this.#judgeChallenge(message, at);
    if (message.kind === 'solution') return this.#judgeSolution(message, at);
    if (message.kind !== 'result' || !isWin(message)) return null;
    return this.#judgeWinner(message, at);
  }

  #judgeChallenge({ transactionID, challenge }: LabChallenge, at: number): LabCharge | null {
    const { name, hardest, bitsPerUnit } = this.#dialect;
    if (challenge < 1 || challenge > hardest) {
      const unit = bitsPerUnit === 1 ? 'bits' : 'hex digits';
      const what = `opens ${transactionID} with ${challenge} zero ${unit}`;
      if (challenge < 1 || challenge > ALLOWED[name]) {
        return { ...labCharge('playable', null, what), isHeeded: true };
      }
      return labRemark('playable', null, `${what}, which will hardly be solved`, 'too hard');
    }
    const [newest] = this.#rounds.of(transactionID);
    if (newest === undefined || newest.challenge === challenge) return null;
    // Whoever starts all clients again begins anew, with another election.
    if (this.#roll.newVoteAt > newest.openedAt) return null;
    if (newest.winner !== null && at > newest.openedAt + RESTART_MS) return null;
    const what = `opens ${transactionID} again with ${challenge}, which was ${newest.challenge}`;
    return { ...labCharge('oneChallenge', null, what), isHeeded: true };
  }

  #judgeSolution(message: LabSolution, at: number): LabCharge | null {
    const { clientID, transactionID } = message;
    const worth = this.#rounds.worth(transactionID, clientID, String(message.solution), at);
    if (worth.kind === 'wrong') {
      const { winner } = worth.round;
      const isReused = this.#rounds.of(transactionID).length > 1;
      if (winner !== null && (isReused || at > winner.at + KNOWN_MS)) return null;
      const what = `says a solution for ${transactionID} that does not meet its challenge`;
      return labCharge('trueSolution', clientID, what);
    }
    if (worth.kind !== 'late' || worth.sinceMs <= OVERTAKE_MS) {
      // As it was asked it may be answered.
      if (worth.kind === 'unknown' || this.#areTexts || typeof message.raw === 'number')
        return null;
      return labRemark('integers', clientID, 'says TransactionID of a solution as a string');
    }
    // Many do their work where messages come in, and hear of the winner only afterwards.
    const seconds = (worth.sinceMs / 1_000).toFixed(1);
    const what = `answers ${transactionID} ${seconds} s after its winner was named`;
    return labRemark('timelySolution', clientID, what, 'late');
  }

  #judgeWinner(message: LabResult, at: number): LabCharge | null {
    const { transactionID } = message;
    const said = { clientID: message.clientID, solution: String(message.solution) };
    const rounds = this.#rounds.of(transactionID);
    const [newest] = rounds;
    const isRepeated = rounds.some(({ winner }) => winner !== null && !isOtherWinner(winner, said));
    if (newest === undefined || isRepeated) return null;
    if (newest.winner !== null) {
      // The challenge of a number that is given away again may come after its result.
      if (rounds.length > 1 || this.#roll.newVoteAt > newest.winner.at) return null;
      return labCharge('oneWinner', null, `announces two winners of ${transactionID}`);
    }
    if (said.solution === '') return null;
    const round = this.#rounds.solvedBy(transactionID, said.solution);
    if (round === null) {
      const what = `names a winner of ${transactionID} whose solution does not meet its challenge`;
      return labCharge('trueWinner', null, what);
    }
    const first = round.right.find((it) => it.solution === said.solution);
    if (first === undefined || at <= first.at + RESULT_MS) return null;
    const seconds = Math.round((at - first.at) / 1_000);
    const what = `names the winner of ${transactionID} after ${seconds} s`;
    return labRemark('timelyResult', null, what, 'slow');
  }

  learn(said: LabSaid): void {
    const { message, number, at } = said;
    if (message.kind === 'challenge') {
      this.#rounds.open(message.transactionID, message.challenge, at);
      this.#areTexts ||= typeof message.raw !== 'number';
    }
    if (message.kind === 'solution') {
      const { clientID, transactionID } = message;
      const solution = String(message.solution);
      this.#rounds.take(transactionID, { clientID, solution, at });
    }
    if (message.kind === 'result') this.#learnResult(message, number, at);
  }

  #learnResult(message: LabResult, number: number, at: number): void {
    const { transactionID, clientID } = message;
    const solution = String(message.solution);
    if (isWin(message)) {
      const won = this.#rounds.win(transactionID, { clientID, solution, at });
      if (won === null) return;
      this.results += 1;
      this.#complain(won, transactionID);
      return;
    }
    const round = this.#rounds.wonBy(transactionID, solution);
    if (round === null || round.winner !== null) return;
    const found = round.right.find((it) => it.solution === solution && it.clientID === clientID);
    if (found !== undefined) round.refused.push({ ...found, refusal: { number, at } });
  }

  /**
   * Only once somebody else has won is it sure that the challenge was still open; and only where
   * the winner's came much later: a controller may hear solutions in another order than we do.
   */
  #complain({ refused, right, winner }: LabRound, transactionID: number): void {
    const best = right.find((it) => winner !== null && !isOtherWinner(winner, it));
    for (const { clientID, solution, at, refusal } of refused.splice(0)) {
      const isWinner = winner !== null && !isOtherWinner(winner, { clientID, solution });
      if (isWinner || best === undefined || best.at <= at + OVERTAKE_MS) continue;
      const owner = shortLab(clientID);
      const what = `refuses the solution of ${owner} for ${transactionID}, which was first`;
      this.#late.push({ ...labCharge('fairRefusal', null, what), place: refusal });
    }
  }

  settle(): readonly LabCharge[] {
    const late = this.#late;
    this.#late = [];
    return late;
  }
}
