/** Lets one process at a time read a file and replace it, so that no change is lost to another. */

import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeIn } from '../src/files/error-code.ts';
import { targetOf } from '../src/files/replace-file.ts';

/** A lock this old was left by a process that died: `work` takes milliseconds. */
const STALE_MS = 10_000;
const PAUSE_MS = 20;

/**
 * Does `work`, which must not wait for anything, while no other process does any for this file. The
 * lock is a file beside it. Where none can be made there (the file is mounted by itself, the folder
 * is not ours), `work` is done without; whatever is wrong with the folder, `work` meets and tells.
 */
export async function withLock<Made>(path: string, work: () => Made): Promise<Made> {
  let lock = takeLock(path);
  while (lock === 'busy') {
    await sleep(PAUSE_MS);
    lock = takeLock(path);
  }
  try {
    return work();
  } finally {
    if (lock !== 'none') rmSync(lock.path, { force: true });
  }
}

function takeLock(path: string): { readonly path: string } | 'busy' | 'none' {
  try {
    const lock = `${targetOf(path)}.lock`;
    if (isTaken(lock)) return { path: lock };
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
    if (Date.now() - since > STALE_MS) rmSync(lock, { force: true, recursive: true });
    return 'busy';
  } catch {
    return 'none';
  }
}

/** Whether it is ours now; throws where none can be made. */
function isTaken(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx', 0o600));
    return true;
  } catch (error) {
    if (codeIn(error) === 'EEXIST') return false;
    throw error;
  }
}
