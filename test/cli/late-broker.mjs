/** Ends at once when it is started for the first time, as where its port is taken; then listens. */

import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const log = process.env.LATE_BROKER_LOG;
const port = process.argv[process.argv.indexOf('--port') + 1];
appendFileSync(log, `${port}\n`);
if (readFileSync(log, 'utf8').trim().split('\n').length === 1) process.exit(4);
createServer((socket) => socket.resume()).listen(Number(port), '127.0.0.1');
