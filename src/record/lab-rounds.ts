/** The labs' challenges by their numbers, and what each solution is worth; numbers come again. */

import type { Dialect } from '../lab/dialect.ts';
import type { Name } from '../lab/message.ts';
import { sha1 } from '../miner/sha1.ts';
import { leadingZeroBits } from '../miner/sha256.ts';

/** A solution that meets its challenge. */
export type LabFound = {
  readonly clientID: Name;
  readonly solution: string;
  readonly at: number;
};

/** Where in a recording it was refused: by which message, from 1, and when. */
export type LabRefused = LabFound & {
  readonly refusal: { readonly number: number; readonly at: number };
};

export type LabWinner = {
  readonly clientID: Name | null;
  /** Empty where the result does not repeat it. */
  readonly solution: string;
  readonly at: number;
};

/** From one opening of a number to the next. */
export type LabRound = {
  readonly challenge: number;
  readonly bits: number;
  readonly openedAt: number;
  winner: LabWinner | null;
  /** In the order in which they came. */
  readonly right: LabFound[];
  /** Those of them that were refused while there was no winner. */
  readonly refused: LabRefused[];
  /** Who has said a solution that counts. */
  readonly miners: Set<Name>;
};

/** What a solution is worth: by the challenge that it names, be that open, over, or opened anew. */
export type LabWorth =
  | { readonly kind: 'unknown' | 'right' | 'repeated' }
  /** Right, but somebody else's came before it, and no winner is named yet. */
  | { readonly kind: 'second' }
  /** Right for a challenge whose winner is named. */
  | { readonly kind: 'late'; readonly sinceMs: number }
  | { readonly kind: 'wrong'; readonly bits: number; readonly round: LabRound };

/** A day of a challenge each ten seconds. */
const NUMBERS_KEPT = 10_000;
const ROUNDS_KEPT = 4;
/** In a round: more are a flood. */
const SOLUTIONS_KEPT = 1_000;
/** So long after a number was opened anew its solutions may be for the round before. */
const STALE_MS = 60_000;

export class LabRounds {
  readonly #dialect: Dialect;
  readonly #rounds = new Map<number, readonly LabRound[]>();
  readonly #encoder = new TextEncoder();
  /** The last text that was hashed: it is asked about more than once. */
  #hashed: { readonly text: string | null; readonly bits: number } = { text: null, bits: 0 };

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** All that are remembered of a number, the newest first. */
  of(transactionID: number): readonly LabRound[] {
    return this.#rounds.get(transactionID) ?? [];
  }

  /** A challenge was opened; one that is open already is only repeated. */
  open(transactionID: number, challenge: number, at: number): void {
    const known = this.#rounds.get(transactionID) ?? [];
    const [newest] = known;
    if (newest?.winner === null && newest.challenge === challenge) return;
    const bits = challenge * this.#dialect.bitsPerUnit;
    const round: LabRound = {
      ...{ challenge, bits, openedAt: at, winner: null },
      ...{ right: [], refused: [], miners: new Set<Name>() },
    };
    // What is set again counts as new: the oldest are the first.
    this.#rounds.delete(transactionID);
    this.#rounds.set(transactionID, [round, ...known].slice(0, ROUNDS_KEPT));
    const [oldest] = this.#rounds.keys();
    if (this.#rounds.size > NUMBERS_KEPT && oldest !== undefined) this.#rounds.delete(oldest);
  }

  /** The newest round that this text solves. */
  solvedBy(transactionID: number, solution: string): LabRound | null {
    const bits = this.bitsOf(solution);
    return this.of(transactionID).find((round) => bits >= round.bits) ?? null;
  }

  /** Zero bits at the beginning of its SHA-1. */
  bitsOf(solution: string): number {
    if (this.#hashed.text !== solution) {
      const bits = leadingZeroBits(sha1(this.#encoder.encode(solution)));
      this.#hashed = { text: solution, bits };
    }
    return this.#hashed.bits;
  }

  worth(transactionID: number, clientID: Name, solution: string, at: number): LabWorth {
    const rounds = this.of(transactionID);
    const [newest] = rounds;
    if (newest === undefined) return { kind: 'unknown' };
    const round = this.solvedBy(transactionID, solution);
    if (round === null) return { kind: 'wrong', bits: this.bitsOf(solution), round: newest };
    const { right, winner } = round;
    const isOwn = (it: LabFound): boolean => it.clientID === clientID && it.solution === solution;
    if (right.some(isOwn)) return { kind: 'repeated' };
    if (round !== newest && at - newest.openedAt > STALE_MS && newest.winner === null) {
      return { kind: 'wrong', bits: this.bitsOf(solution), round: newest };
    }
    if (winner !== null) return { kind: 'late', sinceMs: at - winner.at };
    return { kind: right.some((it) => it.clientID !== clientID) ? 'second' : 'right' };
  }

  /** Keeps a solution that meets the challenge it is for. */
  take(transactionID: number, found: LabFound): void {
    const round = this.solvedBy(transactionID, found.solution);
    if (round === null || round.right.length >= SOLUTIONS_KEPT) return;
    round.right.push(found);
    round.miners.add(found.clientID);
  }

  /** The round that a result is about: the one that its text solves, else the newest. */
  wonBy(transactionID: number, solution: string): LabRound | null {
    const solved = solution === '' ? null : this.solvedBy(transactionID, solution);
    return solved ?? this.of(transactionID)[0] ?? null;
  }

  /** A winner is named; the round that this ends, or null where it ends none. */
  win(transactionID: number, winner: LabWinner): LabRound | null {
    const round = this.wonBy(transactionID, winner.solution);
    if (round === null || round.winner !== null) return null;
    // A broker's repetition ends no newer round.
    const winners = this.of(transactionID).map((it) => it.winner);
    if (winners.some((it) => it !== null && !isOtherWinner(it, winner))) return null;
    round.winner = winner;
    return round;
  }
}

/** Whether two results can't be about the same winner; what is not said is held against nobody. */
export function isOtherWinner(
  known: Pick<LabWinner, 'clientID' | 'solution'>,
  other: Pick<LabWinner, 'clientID' | 'solution'>,
): boolean {
  if (known.clientID !== null && other.clientID !== null) return known.clientID !== other.clientID;
  return known.solution !== '' && other.solution !== '' && known.solution !== other.solution;
}

/** 0 refuses, 2 says that somebody was first; anything else is a win. */
export function isWin({ result }: { readonly result: number }): boolean {
  return result !== 0 && result !== 2;
}
