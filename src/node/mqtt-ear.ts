/** Listens to a broker for as long as one likes, and never says a word: not even a will. */

import { randomBytes } from 'node:crypto';
import { type Arrived, MqttAttempt } from './mqtt-attempt.ts';
import { addressOf, type MqttConnection } from './mqtt-connection.ts';
import { explain } from './mqtt-reason.ts';
import type { WorldError } from './world-error.ts';

export type MqttEarOptions = MqttConnection & {
  /** Filters that don't overlap. */
  readonly subscriptions: readonly string[];
};

export type MqttEarEvents = {
  /** Every subscription is acknowledged; again after each reconnection. */
  readonly onConnected: () => void;
  /** We try again by ourselves; `attempts` in vain since we were connected. */
  readonly onDisconnected: (reason: string, attempts: number) => void;
  readonly onDelivery: (arrived: Arrived) => void;
  /** What no further attempt can mend, as for a link; none is made after it. */
  readonly onFatal: (error: WorldError) => void;
};

export interface MqttEar {
  /** The broker, for people: without login. */
  readonly url: string;
  /** Resolves in 2 s at most; nothing is heard after it. */
  close(): Promise<void>;
}

const SOON_MS = 250;
const SELDOM_MS = 5_000;

/** @throws WorldError `bad-url`, `bad-login` or `bad-certificate`. */
export function openMqttEar(options: MqttEarOptions, events: MqttEarEvents): MqttEar {
  const clientId = `sortition-ear-${randomBytes(8).toString('hex')}`;
  const { broker, username, options: client } = addressOf(options, clientId);
  let attempt: MqttAttempt | null = null;
  let timer: NodeJS.Timeout | undefined;
  let attempts = 0;
  let isClosed = false;
  const connect = (): void => {
    attempt = new MqttAttempt(client, options.subscriptions, null, {
      onConnected: () => {
        attempts = 0;
        events.onConnected();
      },
      onDelivery: events.onDelivery,
      onEnded: (ending, acceptedMs) => {
        const wasAccepted = acceptedMs !== null;
        const { reason, fatal } = explain(ending, { broker, username, wasAccepted });
        if (fatal !== null) {
          isClosed = true;
          events.onFatal(fatal);
          return;
        }
        events.onDisconnected(reason, attempts);
        if (isClosed) return;
        timer = setTimeout(connect, Math.min(SELDOM_MS, SOON_MS * 2 ** Math.min(attempts, 8)));
        attempts += 1;
      },
    });
  };
  connect();
  return {
    url: broker.text,
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await attempt?.close();
    },
  };
}
