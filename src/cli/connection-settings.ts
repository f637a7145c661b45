/** Where the broker is, and what it wants to see: the settings that mosquitto's tools have. */

import type { Command } from 'commander';
import { readText } from '../files/named-file.ts';
import { inUrl } from '../node/host.ts';
import type { MqttConnection } from '../node/mqtt-connection.ts';
import { parseBrokerUrl } from '../node/mqtt-url.ts';
import { systemCodeOf, WorldError } from '../node/world-error.ts';
import { labelOf, type Settings, sourceOf, usageError } from './setting.ts';
import { hasReader } from './terminal.ts';
import { duration, host, keepalive, text, whole } from './values.ts';

export type ConnectionValues = {
  readonly host: string;
  readonly port: number | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly url: string | null;
  readonly cafile: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  readonly insecure: boolean;
  /** Seconds. */
  readonly keepalive: number;
  /** Milliseconds. */
  readonly patience: number | null;
};

/** What a link needs to know of the broker and of us there. */
export type Connection = MqttConnection;

export const connectionSettings: Settings<ConnectionValues> = {
  host: {
    flags: '-h, --host <host>',
    help: 'where the broker is',
    fallback: '127.0.0.1',
    ...host,
  },
  port: {
    flags: '-p, --port <port>',
    help: 'its port (default: 1883, or 8883 with TLS)',
    fallback: null,
    ...whole(1, 65_535),
  },
  username: {
    flags: '-u, --username <name>',
    help: 'user name for the broker',
    fallback: null,
    ...text,
  },
  password: {
    flags: '-P, --password <password>',
    help: 'its password; set the variable instead, since process lists show arguments to everybody',
    fallback: null,
    ...text,
  },
  url: {
    flags: '--url <url>',
    help: 'the broker as mqtt://, mqtts://, ws:// or wss://host:port, in place of host and port',
    fallback: null,
    allowed: 'the URL of a broker',
    read: completeUrl,
  },
  cafile: {
    flags: '--ca, --cafile <file>',
    help: 'certificate authority (PEM) that signed the certificate of the broker; means TLS',
    fallback: null,
    ...text,
  },
  cert: {
    flags: '--cert <file>',
    help: 'our own certificate (PEM), where the broker wants one; means TLS',
    fallback: null,
    ...text,
  },
  key: {
    flags: '--key <file>',
    help: 'its private key (PEM)',
    fallback: null,
    ...text,
  },
  insecure: {
    flags: '--insecure',
    help: 'TLS with whatever certificate the broker has; for tests',
  },
  keepalive: {
    flags: '-k, --keepalive <seconds>',
    help: 'the most seconds between two signs of life to the broker',
    fallback: '10',
    ...keepalive,
  },
  patience: {
    flags: '--patience <time>',
    help: 'how long a broker may refuse us from the start (default: 0 on a terminal, else 60s)',
    fallback: null,
    allowed: '0 or a time up to 1h, such as 10s or 2m',
    read: (typed) => (typed === '0' ? 0 : duration.read(typed)),
  },
};

/** A login back end may take this long to start, and no person is there to correct a login. */
const PATIENCE_MS = 60_000;

/**
 * Puts together what a link needs, and reads the files. Throws a `usage` error where settings
 * contradict one another, and `file-unreadable`.
 */
export function connectionOf(command: Command, values: ConnectionValues): Connection {
  const { username, cafile, cert, key, insecure } = values;
  const url = urlOf(command, values);
  const isNameless = username === null && parseBrokerUrl(url).username === null;
  // It is also the one that `broker --add-user` reads: in the environment it waits for a name.
  const isIdle = isNameless && sourceOf(command, 'password') === 'environment';
  const password = isIdle ? null : values.password;
  return {
    url,
    keepaliveSeconds: values.keepalive,
    patienceMs: values.patience ?? (hasReader() ? 0 : PATIENCE_MS),
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    ...(cafile !== null && { ca: readPem('certificate authority', cafile) }),
    ...(cert !== null && { cert: readPem('certificate', cert) }),
    ...(key !== null && { key: readPem('private key', key) }),
    ...(insecure && { insecure }),
  };
}

/** Reads a PEM file that somebody named; `what` says what it should hold. */
export function readPem(what: string, path: string): Buffer {
  try {
    return Buffer.from(readText(path));
  } catch (cause) {
    const reason = systemCodeOf(cause);
    throw new WorldError(
      `Cannot read the ${what} ${path} (${reason}): check its name and its permissions.`,
      { code: 'file-unreadable', facts: { path, reason }, cause },
    );
  }
}

function urlOf(command: Command, values: ConnectionValues): string {
  const chosen = chooseUrl(command, values);
  if (chosen !== null) return chosen;
  const { cafile, cert, key, insecure, port } = values;
  const isSecure = cafile !== null || cert !== null || key !== null || insecure;
  const authority = port === null ? inUrl(values.host) : `${inUrl(values.host)}:${port}`;
  return `${isSecure ? 'mqtts' : 'mqtt'}://${authority}`;
}

/** The URL, unless somebody typed a host or port and the URL only stands in the environment. */
function chooseUrl(command: Command, values: ConnectionValues): string | null {
  const source = sourceOf(command, 'url');
  if (source === 'fallback') return null;
  for (const name of ['host', 'port'] as const) {
    const other = sourceOf(command, name);
    if (other === source) {
      const labels = [
        labelOf(command, 'url', connectionSettings.url),
        labelOf(command, name, connectionSettings[name]),
      ];
      throw usageError(
        `${labels[0]} and ${labels[1]} both say where the broker is: leave one of them out.`,
        { settings: labels.join(' ') },
      );
    }
    if (other === 'argument') return null;
  }
  return values.url;
}

/** Most brokers serve WebSocket at /mqtt alone, and ours at any path. */
function completeUrl(typed: string): string {
  const url = /^wss?:\/\/[^/?#]+$/i.test(typed) ? `${typed}/mqtt` : typed;
  parseBrokerUrl(url);
  return url;
}
