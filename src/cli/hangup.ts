/** Whether a closed terminal is of no concern to us: nohup says so, and Node forgets it. */

import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Says it to programs of ours that this one starts. */
export const NO_HANGUP: Readonly<Record<string, string>> = { SORTITION_NOHUP: '1' };

/**
 * Node makes each signal what it usually is, also one that its starter wanted ignored. So it is
 * concluded: what nohup starts writes into files, and has neither a terminal nor a reader that
 * could hang up. `SORTITION_NOHUP` says it of any other, or that it is not so.
 */
export function ignoresHangup(): boolean {
  const said = process.env['SORTITION_NOHUP'];
  return said ? said !== '0' : !isatty(0) && [1, 2].every(isFile);
}

/** A file, or what swallows everything. */
function isFile(output: number): boolean {
  try {
    const status = fstatSync(output);
    return status.isFile() || (status.isCharacterDevice() && status.rdev === NULL_DEVICE);
  } catch {
    return false;
  }
}

/** /dev/null by its numbers on Linux: 1 and 3. Elsewhere it counts as a terminal. */
const NULL_DEVICE = (1 << 8) | 3;
