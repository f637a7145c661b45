/** Says what somebody else said, once and in order, and goes. */

import { randomBytes } from 'node:crypto';
import { MqttAttempt } from './mqtt-attempt.ts';
import { addressOf, type MqttConnection } from './mqtt-connection.ts';
import { explain } from './mqtt-reason.ts';
import { WorldError } from './world-error.ts';

export type Utterance = {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retained: boolean;
};

export interface MqttVoice {
  /** The broker, for people: without login. */
  readonly url: string;
  /** Resolves when the next may be said; so few wait for the broker's word at any time. */
  say(utterance: Utterance): Promise<void>;
  /** Resolves after a pause; throws as soon as the connection ends in it. */
  rest(ms: number): Promise<void>;
  /** Resolves once the broker has all of it, and the connection is closed. */
  close(): Promise<void>;
}

/** So many may be on their way at once. */
const MOST_UNDERWAY = 100;

/**
 * Connects once; no other attempt is made. Whatever ends the connection before `close` is thrown by
 * whatever is called next.
 *
 * @throws WorldError as for a link, and `broker-gone` for what another attempt might mend.
 */
export async function openMqttVoice(connection: MqttConnection): Promise<MqttVoice> {
  const clientId = `sortition-voice-${randomBytes(8).toString('hex')}`;
  const address = addressOf(connection, clientId);
  const { broker, options } = address;
  let underway = 0;
  let end: WorldError | null = null;
  let waiting: (() => void)[] = [];
  const look = (): void => {
    const all = waiting;
    waiting = [];
    for (const resolve of all) resolve();
  };
  const until = async (isDone: () => boolean): Promise<void> => {
    while (end === null && !isDone()) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    if (end !== null) throw end;
  };
  let isConnected = false;
  const attempt = new MqttAttempt(options, [], null, {
    onConnected: () => {
      isConnected = true;
      look();
    },
    onDelivery: () => undefined,
    onEnded: (ending, acceptedMs) => {
      const wasAccepted = acceptedMs !== null;
      const { reason, fatal } = explain(ending, { ...address, wasAccepted });
      end = fatal ?? new WorldError(reason, { code: 'broker-gone', facts: { url: broker.text } });
      look();
    },
  });
  await until(() => isConnected);
  return {
    url: broker.text,
    say: async ({ topic, payload, qos, retained }) => {
      await until(() => underway < MOST_UNDERWAY);
      underway += 1;
      attempt.publish(topic, Buffer.from(payload), { qos, retained }, () => {
        underway -= 1;
        look();
      });
    },
    rest: async (ms) => {
      let isOver = false;
      const timer = setTimeout(() => {
        isOver = true;
        look();
      }, ms);
      await until(() => isOver).finally(() => clearTimeout(timer));
    },
    close: async () => {
      await until(() => underway === 0);
      await attempt.close();
    },
  };
}
