/** A link over MQTT 3.1.1: plain TCP, TLS or WebSocket, one connection for each attempt. */

import { randomBytes } from 'node:crypto';
import type { Link, LinkEvents, Quality, Will } from '../client/link.ts';
import type { ClientID } from '../domain/names.ts';
import { type Address, addressOf, type MqttConnection } from './mqtt-connection.ts';
import { OwnEcho } from './mqtt-echo.ts';
import { MqttEntrance } from './mqtt-entrance.ts';
import { FULL, firstManner, type Manner } from './mqtt-manner.ts';
import { Patience } from './mqtt-patience.ts';
import type { Ending } from './mqtt-reason.ts';
import type { WorldError } from './world-error.ts';

export type MqttLinkOptions = MqttConnection & {
  readonly clientID: ClientID;
  /** Filters that don't overlap, so that each message comes once on every broker. */
  readonly subscriptions: readonly string[];
  /** The broker refuses us, and we try again. */
  readonly onRefused?: ((error: WorldError) => void) | undefined;
  /** What we say on these topics has not come back: the broker seems to forbid it. Said once. */
  readonly onUnheard?: ((topics: readonly string[]) => void) | undefined;
};

/** Our part of the MQTT client id: two processes with one identity must not fight for it. */
const PROCESS = randomBytes(4).toString('hex');

/**
 * `onFatal` is told of what no further attempt is likely to mend: `bad-password`, `not-authorized`,
 * `refused-by-broker`, `bad-certificate`, `tls-failed`, `subscription-denied` and `taken-over`,
 * where the broker has never let us in and has said so for `patienceMs`. It comes before that
 * attempt's `onDisconnected`, which stays away if the link is closed upon it.
 *
 * Messages published while there is no connection are lost, as any message may be.
 *
 * @throws WorldError `bad-url`, `bad-login` or `bad-certificate`: at once, before any attempt.
 */
export function createMqttLink(
  options: MqttLinkOptions,
  onFatal: (error: WorldError) => void,
): Link {
  const { clientID, subscriptions, onRefused, onUnheard } = options;
  const clientId = `sortition-${clientID}-${PROCESS}`;
  const hooks = { onFatal, onRefused, onUnheard };
  return new MqttLink(addressOf(options, clientId), clientId, subscriptions, hooks);
}

export type MqttLinkHooks = Pick<MqttLinkOptions, 'onRefused' | 'onUnheard'> & {
  readonly onFatal: (error: WorldError) => void;
};

export class MqttLink implements Link {
  readonly #address: Address;
  readonly #subscriptions: readonly string[];
  readonly #hooks: MqttLinkHooks;
  readonly #echo: OwnEcho;
  readonly #patience: Patience;
  #entrance: MqttEntrance | null = null;
  #manner: Manner = FULL;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    address: Address,
    clientId: string,
    subscriptions: readonly string[],
    hooks: MqttLinkHooks,
  ) {
    this.#address = address;
    this.#subscriptions = subscriptions;
    this.#hooks = hooks;
    this.#echo = new OwnEcho(subscriptions, (topics) => hooks.onUnheard?.(topics));
    this.#patience = new Patience(address, clientId);
  }

  /** What the broker takes of us, as far as we know. */
  get manner(): Manner {
    return this.#entrance?.manner ?? this.#manner;
  }

  connect(will: Will, events: LinkEvents): void {
    this.#drop();
    const { waitMs } = this.#patience;
    if (waitMs === 0) this.#enter(will, events);
    else this.#timer = setTimeout(() => this.#enter(will, events), waitMs);
  }

  publish(topic: string, text: string, quality: Quality): void {
    if (this.#entrance === null) return;
    this.#entrance.publish(topic, text, quality);
    this.#echo.say(topic, text);
  }

  attend(topics: readonly string[]): void {
    this.#entrance?.attend(topics);
  }

  async close(): Promise<void> {
    const entrance = this.#entrance;
    this.#entrance = null;
    clearTimeout(this.#timer);
    await entrance?.close();
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#entrance?.drop();
    this.#entrance = null;
  }

  #enter(will: Will, events: LinkEvents): void {
    const entrance = new MqttEntrance(
      this.#address.options,
      this.#subscriptions,
      will,
      {
        onConnected: () => {
          this.#patience.letIn();
          this.#echo.begin();
          events.onConnected();
        },
        onDelivery: (delivery) => {
          this.#echo.hear(delivery.topic, delivery.payload);
          events.onDelivery(delivery);
        },
        onEnded: (ending, acceptedMs) => this.#ended(entrance, events, ending, acceptedMs),
      },
      firstManner(this.#patience.shortlived),
    );
    this.#entrance = entrance;
  }

  #ended(
    entrance: MqttEntrance,
    events: LinkEvents,
    ending: Ending,
    acceptedMs: number | null,
  ): void {
    this.#manner = entrance.manner;
    const { reason, refusal, isFinal } = this.#patience.judge(ending, acceptedMs);
    if (refusal !== null && isFinal) this.#hooks.onFatal(refusal);
    if (refusal !== null && !isFinal) this.#hooks.onRefused?.(refusal);
    // It may have closed the link, or even connected it anew.
    if (this.#entrance !== entrance) return;
    this.#entrance = null;
    events.onDisconnected(reason);
  }
}
