/** How much memory a process holds, as the system counts it. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Resident bytes; null where there is no such process, or the system does not tell (Windows). */
export function residentBytes(pid: number): number | null {
  const kilobytes = Number(readKilobytes(pid)?.trim() || Number.NaN);
  return kilobytes > 0 ? kilobytes * 1024 : null;
}

/** The most that it ever held, in bytes; null where the system does not tell (Linux alone does). */
export function peakResidentBytes(pid: number): number | null {
  const kilobytes = Number(readStatus(pid, 'VmHWM') ?? Number.NaN);
  return kilobytes > 0 ? kilobytes * 1024 : null;
}

function readKilobytes(pid: number): string | undefined {
  if (process.platform !== 'linux')
    return spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  return readStatus(pid, 'VmRSS');
}

function readStatus(pid: number, field: string): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return new RegExp(`^${field}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1];
  } catch {
    return undefined;
  }
}

export function inMB(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
