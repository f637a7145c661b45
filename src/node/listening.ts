/** Has a server listen at a place, or says in a sentence why it cannot. */

import type { Server } from 'node:net';
import { withPort } from './host.ts';
import { systemCodeOf, WorldError } from './world-error.ts';

/**
 * Resolves with the port; 0 takes any that is free. Throws a `WorldError`: `port-taken`,
 * `port-forbidden`, `bad-host` or `cannot-listen`.
 */
export function listenAt(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(explain(error, host, port)));
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function explain(cause: unknown, host: string, port: number): WorldError {
  const reason = systemCodeOf(cause);
  const facts = { host, port, reason };
  const [code, sentence] = complaints[reason] ?? [
    'cannot-listen',
    `Cannot listen on ${withPort(host, port)} (${reason}): name another port.`,
  ];
  const said = sentence.replace('HOST', host).replace('PORT', String(port));
  return new WorldError(said, { code, facts, cause });
}

type Complaint = readonly [code: string, sentence: string];

const nowhere: Complaint = [
  'bad-host',
  'Cannot listen on HOST: name an address of this machine, such as 127.0.0.1.',
];

const complaints: Readonly<Record<string, Complaint>> = {
  EADDRINUSE: [
    'port-taken',
    'Port PORT on HOST is taken: name another one, or 0 for any that is free.',
  ],
  EACCES: ['port-forbidden', 'Port PORT is not for everybody: name one above 1023.'],
  EADDRNOTAVAIL: nowhere,
  ENOTFOUND: nowhere,
};
