/** Opens ports: says in a sentence why one cannot be had, or takes the next that is free. */

import { BlockList, isIP, type Server } from 'node:net';
import { BrokerError } from './broker-error.ts';

/** Where to listen; port 0 is any that is free. */
export type Place = {
  readonly host: string;
  readonly port: number;
  /** Where the port is taken, try the ones after it. */
  readonly orNext: boolean;
};

/** How many ports `orNext` tries in all. */
const MAX_PORTS = 50;
const HIGHEST_PORT = 65_535;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether only this machine can reach a listener there (RFC 6761 section 6.3 for the name). */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  const version = isIP(address);
  if (version === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/** Throws `bad-port` for anything but a whole number from 0 to 65535. */
export function checkPort(port: number): void {
  if (Number.isInteger(port) && port >= 0 && port <= HIGHEST_PORT) return;
  throw new BrokerError('bad-port', `${port} is no port: take 1 to 65535, or 0 for any.`, { port });
}

/**
 * Makes `server` listen and resolves to its port.
 *
 * @throws BrokerError `port-taken`, `port-forbidden`, `bad-host` or `cannot-listen`.
 */
export async function listen(server: Server, place: Place): Promise<number> {
  const tries = place.orNext && place.port > 0 ? MAX_PORTS : 1;
  const last = Math.min(place.port + tries - 1, HIGHEST_PORT);
  for (let port = place.port; ; port += 1) {
    try {
      return await listenOnce(server, place.host, port);
    } catch (cause) {
      if (codeOf(cause) !== 'EADDRINUSE' || port >= last) throw explain(cause, place, last);
    }
  }
}

function listenOnce(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      server.off('error', settle);
      server.off('listening', settle);
      const address = server.address();
      if (error) reject(error);
      else resolve(typeof address === 'object' && address !== null ? address.port : port);
    };
    server.on('error', settle);
    server.on('listening', settle);
    server.listen({ host, port });
  });
}

function explain(cause: unknown, { host, port }: Place, last: number): BrokerError {
  const facts = { host, port };
  const where = port === last ? `Port ${port}` : `Every port from ${port} to ${last}`;
  switch (codeOf(cause)) {
    case 'EADDRINUSE':
      return new BrokerError(
        'port-taken',
        `${where} of ${host} is taken, maybe by another broker: use that one, stop it, or ` +
          'choose another port.',
        facts,
        cause,
      );
    case 'EACCES':
    case 'EPERM':
      return new BrokerError(
        'port-forbidden',
        `This user may not listen on port ${port} of ${host}: choose another one` +
          (port < 1024 ? ' from 1024 on, such as 1883.' : '.'),
        facts,
        cause,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return new BrokerError(
        'bad-host',
        `${host} is no address of this machine: listen on 127.0.0.1, or on 0.0.0.0 for all ` +
          'of them.',
        facts,
        cause,
      );
    default:
      return new BrokerError(
        'cannot-listen',
        `Cannot listen on port ${port} of ${host} (${codeOf(cause)}).`,
        facts,
        cause,
      );
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}
