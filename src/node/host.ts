/** Hosts as people write them, as Node wants them, and as they stand in URLs. */

import { isIP } from 'node:net';

/**
 * Reads a name or an address, IPv6 with or without brackets; null for anything else. An address
 * that means something on one link alone has the interface behind it: `fe80::1%eth0`, in URLs
 * `fe80::1%25eth0` (RFC 6874). The result has no brackets, and `%` alone.
 */
export function readHost(text: string): string | null {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  // With nothing behind it, 25 is the number of an interface.
  const address = bare.replace(/%25(?=.)/, '%');
  if (isIP(address) === 6) return address;
  return /^[^\s:/?#@[\]\\%]{1,253}$/.test(text) ? text : null;
}

/** As it stands in a URL; `host` as `readHost` returns it. */
export function inUrl(host: string): string {
  return isIP(host) === 6 ? `[${host.replace('%', '%25')}]` : host;
}

/** For people, who may hand the host to a program of their own. */
export function withPort(host: string, port: number): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** Without its interface, as certificates and the headers of HTTP have it. */
export function withoutInterface(host: string): string {
  return isIP(host) === 6 ? host.replace(/%.*/, '') : host;
}
