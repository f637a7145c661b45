/** Where work comes from, read from a URL: http or https. */

import type { ServicePlace } from './source-call.ts';
import { WorldError } from './world-error.ts';

export type SourceUrl = ServicePlace & {
  /** Zero bits that one of its zeroes stands for. */
  readonly bitsPerZero: 1 | 4;
  /** For people: without user, password and query, which may be secrets. */
  readonly text: string;
};

/** Where finds go. */
export type SubmitUrl = Omit<SourceUrl, 'bitsPerZero'>;

/**
 * Reads `http://[user[:password]@]host[:port][/path][?query]`; with `unit=hex` in the query its
 * zeroes are hex digits, else (or with `unit=bits`) bits.
 *
 * @throws WorldError `bad-source`, which says what is wrong, and never repeats a password.
 */
export function parseSourceUrl(text: string): SourceUrl {
  const url = readUrl(text);
  const units = url.searchParams.getAll('unit');
  const [unit = 'bits'] = units;
  if (units.length > 1 || (unit !== 'bits' && unit !== 'hex'))
    throw badSource('its unit must be bits or hex, once');
  const { url: href, authorization, text: shown } = placeOf(url);
  return { url: href, authorization, bitsPerZero: unit === 'hex' ? 4 : 1, text: shown };
}

/** Reads the URL that finds are handed in at, likewise; its query is left as it is. */
export function parseSubmitUrl(text: string): SubmitUrl {
  return placeOf(readUrl(text));
}

/** Without a login of its own it gets that of the source, but never at another server. */
export function submitPlaceOf(submit: SubmitUrl, source: SourceUrl): SubmitUrl {
  const isSameServer = new URL(submit.url).origin === new URL(source.url).origin;
  if (submit.authorization !== null || !isSameServer) return submit;
  return { ...submit, authorization: source.authorization };
}

function readUrl(text: string): URL {
  if (/^https?:\/\/(?:[^/?#]*@)?\[[^\]]*%/i.test(text))
    throw badSource('an address with its interface, such as fe80::1%eth0, cannot be asked by HTTP');
  if (!URL.canParse(text)) throw badSource('write it like http://127.0.0.1:8080/work');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw badSource(`${url.protocol.slice(0, -1)} is neither http nor https`);
  return url;
}

function placeOf(url: URL): SubmitUrl {
  const { username, password } = url;
  const authorization = username === '' && password === '' ? null : loginOf(username, password);
  url.username = '';
  url.password = '';
  url.hash = '';
  return { url: url.href, authorization, text: `${url.origin}${url.pathname}` };
}

/** RFC 7617. */
function loginOf(username: string, password: string): string {
  try {
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(login, 'utf8').toString('base64')}`;
  } catch {
    throw badSource('a % in its user or password must be written as %25');
  }
}

function badSource(problem: string): WorldError {
  return new WorldError(`The URL of the service is wrong: ${problem}.`, {
    code: 'bad-source',
    facts: { problem },
  });
}
