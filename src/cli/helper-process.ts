/** Starts a program of ours beside us that ends when we do. */

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { WorldError } from '../node/world-error.ts';
import { bareEnvironment } from './bare-environment.ts';
import { startErrorOf } from './starved.ts';

export type Helper = 'flooder' | 'guard';

/** It has a channel to us, and ends with that. `onFailed`: it could not be started. */
export function startHelper(
  name: Helper,
  args: readonly string[],
  onFailed: (error: WorldError) => void,
): ChildProcess {
  const file = fileURLToPath(new URL(`./${name}-process.js`, import.meta.url));
  const child = spawn(process.execPath, [file, ...args], {
    env: bareEnvironment(),
    // A group of its own: Ctrl-C in the terminal reaches us alone.
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // Other errors are messages that could not be sent, as it has ended.
  child.on('error', (error) => {
    const unstarted = startErrorOf(error);
    if (unstarted !== null) onFailed(unstarted);
  });
  return child;
}
