/** Ports for brokers of our own: free, and not given to another program meanwhile. */

import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { BrokerProcess } from '../../src/cli/broker-process.ts';
import { freePort } from '../../src/cli/free-port.ts';

/** Where the ports begin that systems give to connections. */
const FIRST_GIVEN = 32_768;

it('a port can be listened on, and the system gives it to no connection', async () => {
  for (let time = 0; time < 20; time += 1) {
    const port = await freePort();
    expect(port).toBeLessThan(FIRST_GIVEN);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  }
});

it('a broker that ends before it listens is started again, on another port', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sortition-port-'));
  const own = fileURLToPath(new URL('./late-broker.mjs', import.meta.url));
  process.env['LATE_BROKER_LOG'] = join(folder, 'ports');
  try {
    const broker = await BrokerProcess.open('embedded', own);
    const ports = readFileSync(join(folder, 'ports'), 'utf8').trim().split('\n').map(Number);
    await broker?.end();
    expect(ports).toHaveLength(2);
    expect(ports[0]).not.toBe(ports[1]);
    expect(broker?.port).toBe(ports[1]);
  } finally {
    delete process.env['LATE_BROKER_LOG'];
    rmSync(folder, { recursive: true });
  }
});
