/** How much processor time a process of this machine has taken so far. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { WorldError } from '../node/world-error.ts';

/** Linux counts in hundredths of a second, whatever its timer does (proc(5), USER_HZ). */
const TICK_MS = 10;

/** User and system time in milliseconds. Throws a `WorldError` where the system doesn't tell. */
export function processorMs(pid: number): number {
  const ms = process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
  if (Number.isFinite(ms)) return ms;
  throw new WorldError('This system does not tell how much time a process takes.', {
    code: 'bench-failed',
    facts: { pid },
  });
}

/** Fields 14 and 15, counted behind the name, which may contain anything (proc(5)). */
function fromProc(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return Number.NaN;
  }
}

function fromPs(pid: number): number {
  const { stdout } = spawnSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' });
  return timeOf(stdout ?? '');
}

/** `1:02.34`, `01:02:03` or `1-02:03:04` in milliseconds; NaN for anything else. */
export function timeOf(text: string): number {
  const [, days = '0', clock = ''] = /^\s*(?:(\d+)-)?([\d:.]+)\s*$/.exec(text) ?? [];
  const parts = clock.split(':').map(Number);
  if (parts.length < 2) return Number.NaN;
  const seconds = parts.reduce((sum, part) => sum * 60 + part, 0);
  return (Number(days) * 86_400 + seconds) * 1_000;
}
