/** What may be wrong with a data directory, each in one sentence. */

import { Damage } from './journal-records.ts';
import { systemCodeOf, WorldError } from './world-error.ts';

/** Whatever opening, reading or writing one threw, as a `WorldError`; a bug of ours stays one. */
export function explainDataError(path: string, error: unknown): unknown {
  if (error instanceof WorldError) return error;
  const reason = systemCodeOf(error);
  if (reason === 'LEVEL_LOCKED')
    return new WorldError(
      `The data directory ${path} is in use by another process: end that one first, or name ` +
        'another directory; two peers with one name would contradict one another.',
      { code: 'data-in-use', facts: { path }, cause: error },
    );
  if (error instanceof Damage)
    return new WorldError(
      `The data directory ${path} is damaged: ${error.problem}. What this peer promised may be ` +
        'lost, so it must not go on: --new-identity begins as another peer and keeps these files.',
      { code: 'data-damaged', facts: { path, problem: error.problem }, cause: error },
    );
  if (!(error instanceof Error && 'code' in error)) return error;
  return new WorldError(
    `Cannot use the data directory ${path} (${reason}): ` +
      'name a directory that you may write to, on a disk with room.',
    { code: 'data-unusable', facts: { path, reason }, cause: error },
  );
}
