/** Judges heartbeats: nothing in them is taken back, and one process at a time gives them. */

import type { Heartbeat } from '../../domain/message.ts';
import type { ClientID } from '../../domain/names.ts';
import { Latest, PEERS_KEPT } from './latest.ts';
import type { Society } from './society.ts';
import { type Charge, charge, type Judge, type Said } from './testimony.ts';

/** What an older connection said may still be on its way when the next one speaks. */
const OLD_WORDS_MS = 10_000;

type Beat = { readonly heartbeat: Heartbeat; readonly text: string };

export class BeatJudge implements Judge {
  readonly #society: Society;
  readonly #latest = new Latest<ClientID, Beat>(PEERS_KEPT);

  constructor(society: Society) {
    this.#society = society;
  }

  judge(said: Said): Charge | null {
    const { message, retained, isRepeat } = said;
    if (isRepeat || retained) return null;
    if (message.kind !== 'heartbeat' && message.kind !== 'introduction') return null;
    const { clientID, incarnation } = message;
    const person = this.#society.person(clientID);
    const isOlder = incarnation < person.incarnation;
    if (isOlder && said.at > person.incarnationAt + OLD_WORDS_MS) {
      const what = 'goes on with an older connection while a newer one speaks';
      return charge('oneProcess', clientID, what);
    }
    return message.kind === 'heartbeat' ? this.#judgeBeat(message, said) : null;
  }

  #judgeBeat(heartbeat: Heartbeat, { text }: Said): Charge | null {
    const { clientID } = heartbeat;
    const last = this.#latest.get(clientID);
    if (last === undefined) return null;
    const order = compareBeats(heartbeat, last.heartbeat);
    if (order === 0 && text !== last.text) {
      const what = `gives two different heartbeats with the number ${heartbeat.beat}`;
      return charge('oneProcess', clientID, what);
    }
    if (order <= 0) return null;
    const { term, transactionID } = last.heartbeat;
    if (heartbeat.term < term)
      return charge('noFall', clientID, `fell from term ${term} to term ${heartbeat.term}`);
    if (heartbeat.transactionID < transactionID) {
      const what = `fell from height ${transactionID} to height ${heartbeat.transactionID}`;
      return charge('noFall', clientID, what);
    }
    return null;
  }

  learn({ message, text, retained }: Said): void {
    if (message.kind !== 'heartbeat' || retained) return;
    const last = this.#latest.get(message.clientID);
    if (last !== undefined && compareBeats(message, last.heartbeat) <= 0) return;
    this.#latest.set(message.clientID, { heartbeat: message, text });
  }
}

function compareBeats(a: Heartbeat, b: Heartbeat): number {
  return a.incarnation - b.incarnation || a.beat - b.beat;
}
