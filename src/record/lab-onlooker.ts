/** Looks on at a network of the labs' clients: their ear, a few rules, and a picture of it all. */

import { DIALECTS, type Dialect, type DialectName } from '../lab/dialect.ts';
import type { LabMessage, LabResult, LabSolution } from '../lab/message.ts';
import { readLab } from '../lab/reading.ts';
import { advanceLab, type LabPicture, newLabPicture } from './lab-picture.ts';
import { isOtherWinner, isWin, LabRounds } from './lab-rounds.ts';
import type { Recorded } from './recording.ts';
import { checkOf, type LabFault, type LabSighting, type Onlooker } from './sighting.ts';

export type LabOnlookerOptions = {
  readonly prefix: string;
  readonly dialect: DialectName;
  /** N: so many votes elect. */
  readonly seats: number;
};

/** No challenge of more bits was ever solved by those clients, or will be. */
const BITS_MOST = 60;

export class LabOnlooker implements Onlooker<LabSighting, LabPicture> {
  readonly picture: LabPicture;
  readonly #prefix: string;
  readonly #dialect: Dialect;
  readonly #rounds: LabRounds;

  constructor({ prefix, dialect, seats }: LabOnlookerOptions) {
    this.picture = newLabPicture(dialect, seats);
    this.#prefix = prefix;
    this.#dialect = DIALECTS[dialect];
    this.#rounds = new LabRounds(this.#dialect);
  }

  hear(recorded: Recorded): LabSighting {
    const sighting = this.#look(recorded);
    advanceLab(this.picture, sighting);
    return sighting;
  }

  #look(recorded: Recorded): LabSighting {
    const { topic, payload, retained } = recorded;
    const isUnder = topic.startsWith(`${this.#prefix}/`);
    const word = isUnder ? topic.slice(this.#prefix.length + 1) : topic;
    const nothing = { recorded, kind: null, from: null, message: null, evidence: [], fault: null };
    // It clears what a broker keeps, and is no message of a peer.
    if (payload.length === 0) return nothing;
    const reading = readLab(this.#dialect, word, payload);
    if (!reading.ok) {
      return { ...nothing, fault: faultOf(reading.refusal) };
    }
    const { message } = reading;
    const refusal: LabFault | null = retained
      ? { code: 'retained', topic: word }
      : this.#judge(message, recorded.time);
    if (!retained) this.#learn(message, recorded.time);
    return {
      recorded,
      kind: message.kind,
      from: 'clientID' in message ? message.clientID : null,
      message,
      evidence: [],
      fault: refusal === null ? null : faultOf(refusal),
    };
  }

  #judge(message: LabMessage, at: number): LabFault | null {
    switch (message.kind) {
      case 'challenge': {
        const { challenge } = message;
        const isPlayable = challenge * this.#dialect.bitsPerUnit <= BITS_MOST;
        return isPlayable ? null : { code: 'unplayable', challenge };
      }
      case 'solution':
        return this.#judgeSolution(message, at);
      case 'result':
        return this.#judgeResult(message);
      default:
        return null;
    }
  }

  /** By the challenge that it names, be that open or over. */
  #judgeSolution(message: LabSolution, at: number): LabFault | null {
    const { transactionID, clientID } = message;
    const worth = this.#rounds.worth(transactionID, clientID, String(message.solution), at);
    switch (worth.kind) {
      case 'wrong':
        return { code: 'wrong-solution', bits: worth.bits, needed: worth.round.bits };
      case 'late':
      case 'second':
        return { code: `${worth.kind}-solution`, transactionID };
      default:
        return null;
    }
  }

  /** A winner once, until the number is given away again. */
  #judgeResult(message: LabResult): LabFault | null {
    if (!isWin(message)) return null;
    const { transactionID, clientID } = message;
    const said = { clientID, solution: String(message.solution) };
    const winners = this.#rounds.of(transactionID).map(({ winner }) => winner);
    const isRepeated = winners.some((it) => it !== null && !isOtherWinner(it, said));
    const isSolved = winners[0] !== undefined && winners[0] !== null;
    return isSolved && !isRepeated ? { code: 'already-solved', transactionID } : null;
  }

  #learn(message: LabMessage, at: number): void {
    if (message.kind === 'challenge') {
      this.#rounds.open(message.transactionID, message.challenge, at);
    } else if (message.kind === 'solution') {
      const { clientID, transactionID } = message;
      this.#rounds.take(transactionID, { clientID, solution: String(message.solution), at });
    } else if (message.kind === 'result' && isWin(message)) {
      const { clientID, transactionID } = message;
      this.#rounds.win(transactionID, { clientID, solution: String(message.solution), at });
    }
  }
}

function faultOf(refusal: LabFault): NonNullable<LabSighting['fault']> {
  return { check: checkOf(refusal), refusal };
}
