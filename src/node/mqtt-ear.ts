/** Listens to a broker for as long as one likes, and never says a word: not even a will. */

import { randomBytes } from 'node:crypto';
import { type Arrived, MqttAttempt } from './mqtt-attempt.ts';
import { addressOf, type MqttConnection } from './mqtt-connection.ts';
import { Patience } from './mqtt-patience.ts';
import type { WorldError } from './world-error.ts';

export type MqttEarOptions = MqttConnection & {
  /** Filters that don't overlap. */
  readonly subscriptions: readonly string[];
};

export type MqttEarEvents = {
  /** Every subscription is acknowledged; again after each reconnection. */
  readonly onConnected: () => void;
  /** We try again by ourselves. Said once for each reason, until another one comes. */
  readonly onDisconnected: (reason: string) => void;
  readonly onDelivery: (arrived: Arrived) => void;
  /** What no further attempt is likely to mend, as for a link; none is made after it. */
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
  const address = addressOf(options, clientId);
  const patience = new Patience(address, clientId);
  let attempt: MqttAttempt | null = null;
  let timer: NodeJS.Timeout | undefined;
  let attempts = 0;
  let told: string | null = null;
  let isClosed = false;
  const connect = (): void => {
    attempt = new MqttAttempt(address.options, options.subscriptions, null, {
      onConnected: () => {
        attempts = 0;
        told = null;
        patience.letIn();
        events.onConnected();
      },
      onDelivery: events.onDelivery,
      onEnded: (ending, acceptedMs) => {
        const { reason, refusal, isFinal } = patience.judge(ending, acceptedMs);
        if (refusal !== null && isFinal) {
          isClosed = true;
          events.onFatal(refusal);
          return;
        }
        if (reason !== told) events.onDisconnected(reason);
        told = reason;
        if (isClosed) return;
        const pauseMs = Math.min(SELDOM_MS, SOON_MS * 2 ** Math.min(attempts, 8));
        timer = setTimeout(connect, Math.max(pauseMs, patience.waitMs));
        attempts += 1;
      },
    });
  };
  connect();
  return {
    url: address.broker.text,
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await attempt?.close();
    },
  };
}
