/** Looks on at a network of the labs' clients: their ear, a few rules, and a picture of it all. */

import { DIALECTS, type Dialect, type DialectName } from '../lab/dialect.ts';
import type { LabMessage } from '../lab/message.ts';
import { readLab } from '../lab/reading.ts';
import { sha1 } from '../miner/sha1.ts';
import { leadingZeroBits } from '../miner/sha256.ts';
import { advanceLab, type LabPicture, newLabPicture } from './lab-picture.ts';
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
  readonly #encoder = new TextEncoder();

  constructor({ prefix, dialect, seats }: LabOnlookerOptions) {
    this.picture = newLabPicture(dialect, seats);
    this.#prefix = prefix;
    this.#dialect = DIALECTS[dialect];
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
      : this.#judge(message);
    return {
      recorded,
      kind: message.kind,
      from: 'clientID' in message ? message.clientID : null,
      message,
      evidence: [],
      fault: refusal === null ? null : faultOf(refusal),
    };
  }

  #judge(message: LabMessage): LabFault | null {
    switch (message.kind) {
      case 'challenge': {
        const { challenge } = message;
        const isPlayable = challenge * this.#dialect.bitsPerUnit <= BITS_MOST;
        return isPlayable ? null : { code: 'unplayable', challenge };
      }
      case 'solution':
        return this.#judgeSolution(message);
      case 'result':
        return this.#judgeResult(message);
      default:
        return null;
    }
  }

  #judgeSolution(message: LabMessage & { readonly kind: 'solution' }): LabFault | null {
    const { challenge } = this.picture;
    if (challenge?.transactionID !== message.transactionID) return null;
    const bits = leadingZeroBits(sha1(this.#encoder.encode(String(message.solution))));
    return bits >= challenge.bits ? null : { code: 'wrong-solution', bits, needed: challenge.bits };
  }

  /** A winner once. */
  #judgeResult(message: LabMessage & { readonly kind: 'result' }): LabFault | null {
    const { transactionID, clientID, result } = message;
    if (result === 0 || result === 2) return null;
    const known = this.picture.results.find((it) => it.transactionID === transactionID);
    return known === undefined || known.winner === clientID
      ? null
      : { code: 'already-solved', transactionID };
  }
}

function faultOf(refusal: LabFault): NonNullable<LabSighting['fault']> {
  return { check: checkOf(refusal), refusal };
}
