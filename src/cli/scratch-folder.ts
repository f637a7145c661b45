/** A folder for the files of one run. */

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemCodeOf, WorldError } from '../node/world-error.ts';

/** Makes `sortition-NAME-…` among the temporary files. Throws a `WorldError`: `file-unwritable`. */
export function makeScratchFolder(name: string): string {
  const place = tmpdir();
  try {
    return mkdtempSync(join(place, `sortition-${name}-`));
  } catch (cause) {
    const reason = systemCodeOf(cause);
    throw new WorldError(
      `Cannot make a folder in ${place} (${reason}): set TMPDIR to one that you may write to.`,
      { code: 'file-unwritable', facts: { path: place, reason }, cause },
    );
  }
}
