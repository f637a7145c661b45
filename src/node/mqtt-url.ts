/** Where a broker is, read from a URL: mqtt, mqtts, ws or wss. */

import { inUrl, readHost } from './host.ts';
import { WorldError } from './world-error.ts';

export type BrokerProtocol = 'mqtt' | 'mqtts' | 'ws' | 'wss';

export type BrokerUrl = {
  readonly protocol: BrokerProtocol;
  /** A name or an address; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** With its query, for WebSocket; empty for the others. */
  readonly path: string;
  readonly isSecure: boolean;
  /** From the URL, percent-decoded; null where it names none. */
  readonly username: string | null;
  readonly password: string | null;
  /** For people: the URL with its port, and without user and password. */
  readonly text: string;
};

const DEFAULT_PORTS: Readonly<Record<BrokerProtocol, number>> = {
  mqtt: 1883,
  mqtts: 8883,
  ws: 80,
  wss: 443,
};

/** The port is matched loosely, so that a wrong one can be named. */
const FORM =
  /^([a-z][a-z\d+.-]*):\/\/(?:([^@/?#]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::([^/?#]*))?([/?][^\s#]*)?$/i;

/**
 * Reads `protocol://[user[:password]@]host[:port][/path]`. Only WebSocket has a path.
 *
 * @throws WorldError `bad-url`, which says what is wrong, and never repeats a password.
 */
export function parseBrokerUrl(text: string): BrokerUrl {
  const shown = withoutLogin(text);
  const [, scheme, login = '', authority = '', portText, rest = ''] = FORM.exec(text) ?? [];
  // First, since with a slash in it a password would be taken for a port or a path.
  if (login === '' && text.includes('@')) {
    throw badUrl(shown, 'in its user, password and path, write / ? # @ as %2F %3F %23 %40');
  }
  if (scheme === undefined) throw badUrl(shown, 'write it like mqtt://127.0.0.1:1883');
  const protocol = protocolOf(scheme);
  if (protocol === null) throw badUrl(shown, `${scheme} is none of mqtt, mqtts, ws and wss`);
  const host = hostOf(authority);
  if (host === null) throw badUrl(shown, 'it has no host, or a wrong one');

  const port = portText === undefined ? DEFAULT_PORTS[protocol] : portOf(portText, shown);
  const isSecure = protocol === 'mqtts' || protocol === 'wss';
  const path = pathOf(protocol, rest, shown);
  return {
    protocol,
    host,
    port,
    path,
    isSecure,
    ...loginOf(login, shown),
    text: `${protocol}://${inUrl(host)}:${port}${path === '/' ? '' : path}`,
  };
}

/** The URLs of Node know no interfaces. */
function hostOf(authority: string): string | null {
  if (authority.startsWith('[')) return readHost(authority);
  return URL.canParse(`http://${authority}`) ? authority : null;
}

function portOf(text: string, shown: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw badUrl(shown, `its port must be a number from 1 to 65535, not "${text}"`);
}

function pathOf(protocol: BrokerProtocol, rest: string, shown: string): string {
  if (protocol === 'ws' || protocol === 'wss') return rest.startsWith('/') ? rest : `/${rest}`;
  if (rest === '' || rest === '/') return '';
  throw badUrl(shown, `${protocol} has no path; only ws and wss have`);
}

function protocolOf(scheme: string): BrokerProtocol | null {
  const protocol = scheme.toLowerCase();
  return Object.hasOwn(DEFAULT_PORTS, protocol) ? (protocol as BrokerProtocol) : null;
}

function loginOf(
  login: string,
  shown: string,
): { readonly username: string | null; readonly password: string | null } {
  const [, user = '', password = ''] = /^([^:]*):?(.*)$/.exec(login) ?? [];
  try {
    const [username, secret] = [decodeURIComponent(user), decodeURIComponent(password)];
    return { username: username || null, password: secret || null };
  } catch {
    throw badUrl(shown, 'a % in its user or password must be written as %25');
  }
}

function withoutLogin(text: string): string {
  return text.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/i, '$1');
}

function badUrl(shown: string, problem: string): WorldError {
  const facts = { url: shown };
  return new WorldError(`"${shown}" names no broker: ${problem}.`, { code: 'bad-url', facts });
}
