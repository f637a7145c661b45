/** Words without a wire: a text is only a number, and everybody knows what it says. */

import type { Speech, Utterance } from '../../client/speech.ts';
import { assert } from '../../domain/assert.ts';
import type { Event } from '../../domain/contract.ts';
import type { Message } from '../../domain/message.ts';

type Heard = Extract<Event, { kind: 'heard' }>;

/** For peers of one world, none of whom lies, so that no door has to check anything. */
export class Words implements Pick<Speech, 'utter' | 'hearOwn'> {
  readonly #said = new Map<string, Heard>();

  utter(message: Message): Utterance {
    const text = `${this.#said.size}`;
    const evidence = evidenceIn(message).flatMap((each) => this.#said.get(each)?.message ?? []);
    this.#said.set(text, { kind: 'heard', message, text, retained: false, evidence });
    return { topic: '', text, qos: 1 };
  }

  hearOwn(_message: Message, text: string): Heard {
    return this.hear(text);
  }

  /** What was said as `text`, as anybody hears it. */
  hear(text: string): Heard {
    const heard = this.#said.get(text);
    assert(heard !== undefined, 'Nobody hears what was not said.');
    return heard;
  }
}

function evidenceIn(message: Message): readonly string[] {
  if (message.kind === 'mandate') return message.votes;
  return message.kind === 'result' && message.result === 1 ? message.seal : [];
}
