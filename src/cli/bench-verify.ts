/** `ledger --verify` as `bench sync` runs it: how long it takes, and how large it grows. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { WorldError } from '../node/world-error.ts';
import { bareEnvironment } from './bare-environment.ts';
import type { Verdict } from './ledger-lines.ts';
import { peakResidentBytes } from './resident-size.ts';

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

/** A peak is kept by the system, but only as long as the process is there. */
const LOOK_MS = 20;

export type Verified = {
  /** From its first block to its last one, without the start of the process. */
  readonly ms: number;
  /** The largest resident size; null where the system does not tell. */
  readonly peak: number | null;
  readonly verdict: Verdict;
};

/** Of a data directory that no peer uses. Throws a `WorldError` where its ledger does not hold. */
export function verifyLedger(data: string): Promise<Verified> {
  const args = [PROGRAM, 'ledger', '--data', data, '--verify', '--json'];
  return new Promise((resolve, reject) => {
    let peak: number | null = null;
    const child = execFile(
      process.execPath,
      args,
      { env: bareEnvironment(), windowsHide: true },
      (error, stdout, stderr) => {
        clearInterval(timer);
        if (error !== null) {
          if (typeof error.code === 'string') reject(error);
          else reject(failed(`The ledger does not hold: ${stderr.trim()}`));
          return;
        }
        const verdict = JSON.parse(stdout) as Verdict;
        resolve({ ms: verdict.ms, peak, verdict });
      },
    );
    const timer = setInterval(() => {
      peak = peakResidentBytes(child.pid ?? 0) ?? peak;
    }, LOOK_MS);
  });
}

function failed(sentence: string): WorldError {
  return new WorldError(sentence, { code: 'bench-failed', facts: {} });
}
