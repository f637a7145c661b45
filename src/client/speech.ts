/** Turns messages into signed payloads and back: the wire format of one dialect. */

import type { Event } from '../domain/contract.ts';
import type { Signer } from '../domain/crypto.ts';
import type { Message } from '../domain/message.ts';
import type { Instant } from '../domain/names.ts';
import type { Door, DoorView } from '../wire/door.ts';
import { signMessage } from '../wire/envelope.ts';
import { qosOf, topicOf } from '../wire/topics.ts';
import type { Delivery } from './link.ts';

export type Utterance = { readonly topic: string; readonly text: string; readonly qos: 0 | 1 };

export type Verdict = Extract<Event, { kind: 'heard' | 'refused' }>;

export interface Speech {
  utter(message: Message): Utterance;
  /** Our own voice as an event, without any check. */
  hearOwn(message: Message, text: string): Verdict;
  /** Checks what came in against what the head holds at the moment. */
  understand(delivery: Delivery, view: DoorView, at: Instant): Verdict;
}

/** Our own protocol: JSON in an envelope signed with Ed25519, and the door in front. */
export function createSpeech(prefix: string, signer: Signer, door: Door): Speech {
  return {
    utter(message) {
      const topic = topicOf(prefix, message);
      return { topic, text: signMessage(message, topic, signer), qos: qosOf(message.kind) };
    },
    hearOwn(message, text) {
      return door.hearOwn(message, text);
    },
    understand(delivery, view, at) {
      return door.check(delivery, view, at).event;
    },
  };
}
