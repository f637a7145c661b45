/** What it means where the system starts no further process, or no thread of one. */

import { explainCode } from '../client/describe-trouble.ts';
import { systemCodeOf, WorldError } from '../node/world-error.ts';

/** The error of a process that the system did not start, as Node tells it; null for any other. */
export function startErrorOf(error: unknown): WorldError | null {
  if (!(error instanceof Error) || !('syscall' in error)) return null;
  const program = /^spawn(?:Sync)? ?(.*)$/.exec(String(error.syscall))?.[1];
  if (program === undefined) return null;
  const code = systemCodeOf(error);
  const what = program === '' ? 'another process' : program;
  return new WorldError(`The system does not start ${what} (${explainCode(code)}).`, {
    code: 'cannot-start',
    facts: { program: what, reason: code },
    cause: error,
  });
}

/** What Node, its libraries or LevelDB print, if anything, when a process gets no thread. */
const NO_THREAD = /thread|Resource temporarily unavailable/;

type End = { readonly code: number | null; readonly signal: string | null };

/** Whether the system refused it, or a thread of its beginning. */
export function wasStarved({ code, signal }: End): boolean {
  return signal === 'SIGABRT' || (code === null && signal === null);
}

/** The last words of a process, or, in place of a trace of addresses, what they amount to. */
export function lastWordsOf(signal: string | null, words: string): string {
  const isStarved = signal === 'SIGABRT' && (words === '' || NO_THREAD.test(words));
  return isStarved
    ? 'this is how a process ends that gets no thread: look at its limits (ulimit -u)'
    : words;
}
