/** Poor machines for peers of chaos: one whose log has no room, and one without threads to mine. */

import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import type { Confines } from './fleet-process.ts';

/** `full-log`: what it prints finds no room. `few-threads`: none is left for mining. */
export type Machine = 'sound' | 'full-log' | 'few-threads';

/** A device of Linux and BSD on which there is never room. */
const FULL = '/dev/full';

/** How many threads Node has as soon as the file system was asked for something. */
const COUNT =
  "require('node:fs').promises.readdir('/proc/self/task').then((all) => console.log(all.length))";

/** Above what systems give to people; ten for each run. */
const FIRST_UID = 100_000;
const UIDS_PER_RUN = 10;

let threads: number | null = null;
let users = 0;

/** The poor machines that this system lets us make for `program`, a script for Node. */
export function poorMachines(program: string): readonly Machine[] {
  return [
    ...(canWrite(FULL) ? (['full-log'] as const) : []),
    ...(canStarve(program) ? (['few-threads'] as const) : []),
  ];
}

/** Those of a new process on such a machine. */
export function confinesOf(machine: Machine): Confines {
  switch (machine) {
    case 'sound':
      return {};
    case 'full-log':
      return { output: FULL };
    case 'few-threads':
      users += 1;
      return { user: { uid: uidOf(users), threads: threadsOfNode() } };
  }
}

/** Only root starts processes as another user, and root itself has no limit. */
function canStarve(program: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const asUser = { uid: uidOf(0), gid: uidOf(0), cwd: '/' } as const;
  return spawnSync('bash', ['-c', 'test -r "$0"', program], asUser).status === 0;
}

function threadsOfNode(): number {
  threads ??= Number(execFileSync(process.execPath, ['-e', COUNT], { cwd: '/' }));
  return threads;
}

function uidOf(user: number): number {
  return FIRST_UID + UIDS_PER_RUN * process.pid + (user % UIDS_PER_RUN);
}

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
