/** Where a broker is and what it wants to see, checked, as MQTT.js wants it. */

import { X509Certificate } from 'node:crypto';
import { connect, type NetConnectOpts } from 'node:net';
import { connect as connectSecurely, createSecureContext } from 'node:tls';
import type { IClientOptions } from 'mqtt';
import { inUrl, withoutInterface } from './host.ts';
import { type BrokerUrl, parseBrokerUrl } from './mqtt-url.ts';
import { WorldError } from './world-error.ts';

export type MqttConnection = {
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
  /**
   * How long a broker that has never let us in may refuse us before we give up; 0, which is at
   * once, by default. A broker that has let us in once is never given up.
   */
  readonly patienceMs?: number;
};

export type Address = {
  readonly broker: BrokerUrl;
  /** As sent to the broker; null for none. */
  readonly username: string | null;
  readonly keepaliveSeconds: number;
  /** As in `MqttConnection`. */
  readonly patienceMs: number;
  readonly options: IClientOptions;
};

/** @throws WorldError `bad-url`, `bad-login` or `bad-certificate`. */
export function addressOf(connection: MqttConnection, clientId: string): Address {
  const broker = parseBrokerUrl(connection.url);
  const login = loginOf(connection, broker);
  checkCertificates(connection, broker);
  const { keepaliveSeconds = 10, patienceMs = 0 } = connection;
  const client = clientOptions(connection, broker, login, clientId);
  const options = { ...client, keepalive: keepaliveSeconds };
  return { broker, username: login.username, keepaliveSeconds, patienceMs, options };
}

function clientOptions(
  options: MqttConnection,
  broker: BrokerUrl,
  { username, password }: { readonly username: string | null; readonly password: string | null },
  clientId: string,
): IClientOptions {
  const { ca, cert, key, insecure = false } = options;
  const isWeb = broker.path !== '';
  return {
    protocol: broker.protocol,
    // MQTT.js pastes it into a URL for WebSocket, where IPv6 wants its brackets back.
    host: isWeb ? inUrl(withoutInterface(broker.host)) : broker.host,
    port: broker.port,
    ...(isWeb && { path: broker.path, wsOptions: webOptions(broker) }),
    clientId,
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    ...(broker.isSecure && { rejectUnauthorized: !insecure }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

/** No URL of Node can name an interface, so where there is one, the socket is told of it. */
function webOptions({ host, isSecure }: BrokerUrl): NonNullable<IClientOptions['wsOptions']> {
  const plain = { perMessageDeflate: false };
  if (!host.includes('%')) return plain;
  return {
    ...plain,
    createConnection: (options: object) => {
      const told: object = { ...options, path: undefined, host };
      return isSecure ? connectSecurely(told) : connect(told as NetConnectOpts);
    },
  };
}

function loginOf(
  { username, password }: MqttConnection,
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
function checkCertificates(options: MqttConnection, broker: BrokerUrl): void {
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
