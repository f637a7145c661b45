/** Turns messages into signed payloads and back: the wire format of one dialect. */

import type { Event } from '../domain/contract.ts';
import type { Signer } from '../domain/crypto.ts';
import type { Answer, Message } from '../domain/message.ts';
import type { ClientID, Instant } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Door, DoorView } from '../wire/door.ts';
import { payloadOf } from '../wire/envelope.ts';
import { plainReader, type Reader } from '../wire/reader.ts';
import { presenceTopicOf, qosOf, readTopic, topicOf } from '../wire/topics.ts';
import { EchoFilter } from './echo-filter.ts';
import type { Delivery } from './link.ts';

export type Utterance = { readonly topic: string; readonly text: string; readonly qos: 0 | 1 };

export type Verdict<Said = Message, Fault = Refusal> = Extract<
  Event<Said, Fault>,
  { kind: 'heard' | 'refused' | 'cleared' }
>;

export interface Speech<Said = Message, Fault = Refusal, View = DoorView> {
  /** True where our own voice counts only when the broker brings it back, in its order. */
  readonly hearsItself?: boolean;
  utter(message: Said | Answer): Utterance;
  /** Our own voice as an event, without any check. */
  hearOwn(message: Said, text: string): Verdict<Said, Fault>;
  /** Where a peer's presence is said, in a dialect that has such topics. */
  readonly presenceTopic?: (peer: ClientID) => string;
  /**
   * Checks what came in against what the head holds at the moment; null for our own words, and for
   * what says nothing.
   */
  understand(delivery: Delivery, view: View, at: Instant): Verdict<Said, Fault> | null;
}

/** Our own protocol: JSON in an envelope signed with Ed25519, and the door in front. */
export function createSpeech(
  prefix: string,
  self: ClientID,
  signer: Signer,
  door: Door,
  reader: Reader = plainReader,
): Speech {
  const echoes = new EchoFilter();
  const own = presenceTopicOf(prefix, self);
  return {
    presenceTopic: (peer) => presenceTopicOf(prefix, peer),
    utter(message) {
      const topic = topicOf(prefix, message);
      return { topic, text: payloadOf(message, topic, signer), qos: qosOf(message.kind) };
    },
    hearOwn(message, text) {
      echoes.add(text);
      return door.hearOwn(message, text);
    },
    understand(delivery, view, at) {
      if (delivery.payload.length === 0) return whatIsCleared(prefix, own, delivery.topic);
      if (echoes.isEcho(reader.text(delivery.payload))) return null;
      return door.check(delivery, view, at).event;
    },
  };
}

/** An empty payload clears what a broker keeps on a topic. It is no message, and no fault. */
function whatIsCleared(prefix: string, own: string, topic: string): Verdict | null {
  if (topic === own) return { kind: 'cleared', what: 'presence' };
  return readTopic(prefix, topic)?.kind === 'mandate' ? { kind: 'cleared', what: 'mandate' } : null;
}
