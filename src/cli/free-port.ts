/** Finds a port of this machine that is free, and that the system gives to no other program. */

import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { systemCodeOf } from '../node/world-error.ts';

/**
 * Systems give ports from 32768 on to programs that connect or ask for any port (macOS and Windows:
 * from 49152 on). Any program may get one from there before ours listens on it.
 */
const LOWEST = 20_000;
const COUNT = 12_768;

/** Another program must ask for this very port to take it. */
export async function freePort(): Promise<number> {
  const first = randomInt(COUNT);
  for (let tried = 0; tried < COUNT; tried += 1) {
    const port = LOWEST + ((first + tried) % COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error(`Every port from ${LOWEST} to ${LOWEST + COUNT - 1} is taken.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    // Windows keeps some ports for itself.
    if (['EADDRINUSE', 'EACCES'].includes(systemCodeOf(error))) return false;
    throw error;
  }
  server.close();
  await once(server, 'close');
  return true;
}
