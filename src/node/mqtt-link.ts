/** A link over MQTT 3.1.1: plain TCP, TLS or WebSocket, one connection for each attempt. */

import { randomBytes, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { IClientOptions } from 'mqtt';
import type { Link, LinkEvents, Quality, Will } from '../client/link.ts';
import type { ClientID } from '../domain/names.ts';
import { MqttAttempt } from './mqtt-attempt.ts';
import { type Ending, explain, explainTakenOver } from './mqtt-reason.ts';
import { type BrokerUrl, parseBrokerUrl } from './mqtt-url.ts';
import { WorldError } from './world-error.ts';

export type MqttLinkOptions = {
  /** As in `parseBrokerUrl`. */
  readonly url: string;
  /** Before those in the URL. */
  readonly username?: string;
  readonly password?: string;
  /** PEM texts. Without `ca`, the certificate authorities that Node knows. */
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** Takes any certificate of the broker; for tests. */
  readonly insecure?: boolean;
  /** Half-open connections are noticed at 1.5 times this; 10 by default. */
  readonly keepaliveSeconds?: number;
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
  readonly #broker: BrokerUrl;
  readonly #login: { readonly username: string | null; readonly password: string | null };
  readonly #clientId: string;
  readonly #options: IClientOptions;
  readonly #subscriptions: readonly string[];
  readonly #onFatal: (error: WorldError) => void;
  #attempt: MqttAttempt | null = null;
  /** When connections ended right after they were accepted. */
  #shortlived: readonly number[] = [];

  constructor(options: MqttLinkOptions, onFatal: (error: WorldError) => void) {
    this.#broker = parseBrokerUrl(options.url);
    this.#login = loginOf(options, this.#broker);
    checkCertificates(options, this.#broker);
    this.#clientId = `sortition-${options.clientID}-${PROCESS}`;
    this.#options = clientOptions(options, this.#broker, this.#login, this.#clientId);
    this.#subscriptions = options.subscriptions;
    this.#onFatal = onFatal;
  }

  connect(will: Will, events: LinkEvents): void {
    this.#attempt?.drop();
    const attempt = new MqttAttempt(this.#options, this.#subscriptions, will, {
      onConnected: events.onConnected,
      onDelivery: events.onDelivery,
      onEnded: (ending, acceptedMs) => this.#ended(attempt, events, ending, acceptedMs),
    });
    this.#attempt = attempt;
  }

  publish(topic: string, text: string, quality: Quality): void {
    this.#attempt?.publish(topic, text, quality);
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
    const { username } = this.#login;
    const circumstances = { broker: this.#broker, username, wasAccepted: acceptedMs !== null };
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
    return explainTakenOver(this.#broker, this.#clientId, this.#shortlived.length);
  }
}

function clientOptions(
  options: MqttLinkOptions,
  broker: BrokerUrl,
  { username, password }: { readonly username: string | null; readonly password: string | null },
  clientId: string,
): IClientOptions {
  const { ca, cert, key, insecure = false, keepaliveSeconds = 10 } = options;
  const isWeb = broker.path !== '';
  return {
    protocol: broker.protocol,
    // MQTT.js pastes it into a URL for WebSocket, where IPv6 wants its brackets back.
    host: isWeb && broker.host.includes(':') ? `[${broker.host}]` : broker.host,
    port: broker.port,
    ...(isWeb && { path: broker.path, wsOptions: { perMessageDeflate: false } }),
    clientId,
    keepalive: keepaliveSeconds,
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    ...(broker.isSecure && { rejectUnauthorized: !insecure }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

function loginOf(
  { username, password }: MqttLinkOptions,
  broker: BrokerUrl,
): { readonly username: string | null; readonly password: string | null } {
  const login =
    username === undefined && password === undefined
      ? { username: broker.username, password: broker.password }
      : { username: username ?? broker.username, password: password ?? broker.password };
  if (login.password === null || login.username !== null) return login;
  // MQTT-3.1.2-22
  throw new WorldError('A password was given without a user name; give both, or neither.', {
    code: 'bad-login',
    facts: { url: broker.text },
  });
}

/** Otherwise MQTT.js would throw at each attempt, or quietly do without what was asked for. */
function checkCertificates(options: MqttLinkOptions, broker: BrokerUrl): void {
  const { ca, cert, key, insecure = false } = options;
  const facts = { url: broker.text };
  const isAsked = ca !== undefined || cert !== undefined || key !== undefined || insecure;
  if (!isAsked) return;
  if (!broker.isSecure) {
    throw new WorldError(
      `Certificates serve mqtts:// and wss:// alone, and ${broker.text} would not be encrypted.`,
      { code: 'bad-url', facts },
    );
  }
  try {
    if (ca !== undefined) new X509Certificate(ca);
    createSecureContext({
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    });
    if ((cert === undefined) !== (key === undefined)) throw new Error('one of the two is missing');
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new WorldError(
      'The certificate authority, our certificate or its key is not the PEM text that it should ' +
        `be (${problem}).`,
      { code: 'bad-certificate', facts, cause },
    );
  }
}
