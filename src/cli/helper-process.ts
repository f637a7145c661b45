/** Starts a program of ours beside us that ends when we do. */

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bareEnvironment } from './bare-environment.ts';

export type Helper = 'flooder' | 'guard';

/** It has a channel to us, and ends with that. */
export function startHelper(name: Helper, args: readonly string[]): ChildProcess {
  const file = fileURLToPath(new URL(`./${name}-process.js`, import.meta.url));
  const child = spawn(process.execPath, [file, ...args], {
    env: bareEnvironment(),
    // A group of its own: Ctrl-C in the terminal reaches us alone.
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  child.on('error', () => {});
  return child;
}
