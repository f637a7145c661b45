/** Writes down what a head is told and decides, turn by turn, for as long as the disk takes it. */

import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Witness } from '../client/hands.ts';
import { LineFile } from '../node/line-file.ts';
import { systemCodeOf, WorldError } from '../node/world-error.ts';
import {
  type AnyEffect,
  type AnyEvent,
  formatHead,
  formatTurn,
  type TraceHead,
} from '../record/trace.ts';
import { EXIT } from './exit.ts';

export type TraceFile<Said, Fault, Told> = {
  readonly witness: Witness<Said, Fault, Told>;
  close(): void;
};

/**
 * Opens a new file that its owner alone may read: the seed of all dice is in it. A disk that fails
 * later ends the trace and not the peer, which has failed by its end; `onLost` is told once.
 *
 * @throws WorldError `file-exists` or `file-unwritable`.
 */
export function openTraceFile<Said, Fault, Told>(
  path: string,
  head: TraceHead,
  onLost: (sentence: string) => void,
): TraceFile<Said, Fault, Told> {
  const file = new LineFile(path, { isSecret: true });
  const append = (line: string): void => {
    try {
      file.append(line);
    } catch (error) {
      if (!(error instanceof WorldError)) throw error;
      file.close();
      process.exitCode = EXIT.badFile;
      onLost(`${error.message} The trace ends here.`);
    }
  };
  append(formatHead(head));
  return {
    witness: {
      onTurn: (event, moment, effects) =>
        append(`${formatTurn(event as AnyEvent, moment, effects as readonly AnyEffect[])}\n`),
      onSaid: () => undefined,
    },
    close: () => file.close(),
  };
}

/** Where the peer at this place of a run writes its trace. */
export function traceFileIn(directory: string, place: number): string {
  return join(directory, `peer-${place}.ndjson`);
}

/**
 * Makes a directory for the traces of a run, if there is none.
 *
 * @throws WorldError `file-exists` where a trace is in it already, or `file-unwritable`.
 */
export function makeTraceDirectory(directory: string): void {
  let names: readonly string[];
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    names = readdirSync(directory);
  } catch (cause) {
    const reason = systemCodeOf(cause);
    throw new WorldError(`Cannot write traces into ${directory} (${reason}): name a directory.`, {
      code: 'file-unwritable',
      facts: { path: directory, reason },
      cause,
    });
  }
  const first = names.find((name) => /^peer-\d+\.ndjson$/.test(name));
  if (first === undefined) return;
  const path = join(directory, first);
  throw new WorldError(`${path} is there already: name another directory for these traces.`, {
    code: 'file-exists',
    facts: { path },
  });
}
