/** A link over MQTT 3.1.1: plain TCP, TLS or WebSocket, one connection for each attempt. */

import { randomBytes } from 'node:crypto';
import type { Link, LinkEvents, Quality, Will } from '../client/link.ts';
import type { ClientID } from '../domain/names.ts';
import { MqttAttempt } from './mqtt-attempt.ts';
import { type Address, addressOf, type MqttConnection } from './mqtt-connection.ts';
import { type Ending, explain, explainTakenOver } from './mqtt-reason.ts';
import type { WorldError } from './world-error.ts';

export type MqttLinkOptions = MqttConnection & {
  readonly clientID: ClientID;
  /** Filters that don't overlap, so that each message comes once on every broker. */
  readonly subscriptions: readonly string[];
};

/** Our part of the MQTT client id: two processes with one identity must not fight for it. */
const PROCESS = randomBytes(4).toString('hex');

/** So many connections that ended so soon after they were accepted, within this time. */
const SHORT_MS = 1_000;
const TAKEN_OVER_TIMES = 3;
const TAKEN_OVER_MS = 10_000;

/**
 * `onFatal` is told of what no further attempt can mend: `bad-password`, `not-authorized`,
 * `refused-by-broker`, `bad-certificate`, `tls-failed`, `subscription-denied` and `taken-over`. It
 * comes before that attempt's `onDisconnected`, which stays away if the link is closed upon it.
 *
 * Messages published while there is no connection are lost, as any message may be.
 *
 * @throws WorldError `bad-url`, `bad-login` or `bad-certificate`: at once, before any attempt.
 */
export function createMqttLink(
  options: MqttLinkOptions,
  onFatal: (error: WorldError) => void,
): Link {
  return new MqttLink(options, onFatal);
}

class MqttLink implements Link {
  readonly #address: Address;
  readonly #clientId: string;
  readonly #subscriptions: readonly string[];
  readonly #onFatal: (error: WorldError) => void;
  #attempt: MqttAttempt | null = null;
  /** When connections ended right after they were accepted. */
  #shortlived: readonly number[] = [];

  constructor(options: MqttLinkOptions, onFatal: (error: WorldError) => void) {
    this.#clientId = `sortition-${options.clientID}-${PROCESS}`;
    this.#address = addressOf(options, this.#clientId);
    this.#subscriptions = options.subscriptions;
    this.#onFatal = onFatal;
  }

  connect(will: Will, events: LinkEvents): void {
    this.#attempt?.drop();
    const attempt = new MqttAttempt(this.#address.options, this.#subscriptions, will, {
      onConnected: events.onConnected,
      onDelivery: events.onDelivery,
      onEnded: (ending, acceptedMs) => this.#ended(attempt, events, ending, acceptedMs),
    });
    this.#attempt = attempt;
  }

  publish(topic: string, text: string, quality: Quality): void {
    this.#attempt?.publish(topic, text, quality);
  }

  attend(topics: readonly string[]): void {
    this.#attempt?.attend(topics);
  }

  async close(): Promise<void> {
    const attempt = this.#attempt;
    this.#attempt = null;
    await attempt?.close();
  }

  #ended(
    attempt: MqttAttempt,
    events: LinkEvents,
    ending: Ending,
    acceptedMs: number | null,
  ): void {
    const { broker, username } = this.#address;
    const circumstances = { broker, username, wasAccepted: acceptedMs !== null };
    const explanation = explain(ending, circumstances);
    const fatal = explanation.fatal ?? this.#suspectTakeover(acceptedMs);
    if (fatal) this.#onFatal(fatal);
    // It may have closed the link, or even connected it anew.
    if (this.#attempt !== attempt) return;
    this.#attempt = null;
    events.onDisconnected(explanation.reason);
  }

  #suspectTakeover(acceptedMs: number | null): WorldError | null {
    if (acceptedMs === null || acceptedMs > SHORT_MS) return null;
    const now = performance.now();
    const recent = this.#shortlived.filter((at) => now - at < TAKEN_OVER_MS);
    this.#shortlived = [...recent, now];
    if (this.#shortlived.length < TAKEN_OVER_TIMES) return null;
    return explainTakenOver(this.#address.broker, this.#clientId, this.#shortlived.length);
  }
}
