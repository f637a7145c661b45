/** Ends what a run leaves behind when it is killed itself, and could not see to it. */

import { rmSync } from 'node:fs';

/** The pids of all that lives for the run; each list replaces the one before it. */
let pids: readonly number[] = [];
/** Of the run's files. */
const folders = process.argv.slice(2);

process.on('message', (message) => {
  if (Array.isArray(message)) pids = message.map(Number);
});

process.on('disconnect', () => {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has gone already.
    }
  }
  if (pids.length > 0)
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  process.exit();
});

// A run that is asked to end does so in order, and only then we follow.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
