/** What a Worker answers: texts without an end of their own, so that a reader has to guess it. */

/** A nonce that was found, as its finder tells it: it is not checked yet. */
export type Success = {
  readonly worker: number;
  readonly nonce: number;
  /** Seconds, as they came. */
  readonly seconds: string;
};

/** What an answer says so far. */
export type Answer =
  | ({ readonly kind: 'success' } & Success)
  | { readonly kind: 'shutting-down' }
  | { readonly kind: 'refused'; readonly problem: string }
  /** How many workers say that their ranges have no nonce; others may follow. */
  | { readonly kind: 'not-found'; readonly workers: number }
  /** Nothing that a Worker says, unless more follows. */
  | { readonly kind: 'nonsense' };

/** The answer to 0 workers. */
export const SHUTTING_DOWN = 'Shutting down server';

const NOT_FOUND = /^\s*Worker (\d{1,15}) did not find nonce/;
const SUCCESS = /^\s*success (\d{1,15}) (\d{1,15}) (\d+(?:\.\d*)?(?:e[-+]?\d+)?)\s*$/;
const REFUSED = /^\s*error (.*\S)\s*$/s;

/** The answer to a request that a nonce was found for. */
export function successText(worker: number, nonce: number, elapsedMs: number): string {
  return `success ${worker} ${nonce} ${(elapsedMs / 1_000).toFixed(3)}`;
}

/** The answer to a request without a nonce: a line for each worker. */
export function notFoundText(workers: number): string {
  return Array.from(
    { length: workers },
    (_, index) => `Worker ${index + 1} did not find nonce`,
  ).join('\n');
}

/** The answer to what cannot be served. */
export function errorText(sentence: string): string {
  return `error ${sentence}`;
}

/** Reads what has come of an answer; a later piece may say more. */
export function readAnswer(text: string): Answer {
  const exhausted = new Set<string>();
  let rest = text;
  for (let found = NOT_FOUND.exec(rest); found !== null; found = NOT_FOUND.exec(rest)) {
    exhausted.add(found[1] ?? '');
    rest = rest.slice(found[0].length);
  }
  const [, worker, nonce, seconds] = SUCCESS.exec(rest) ?? [];
  if (seconds !== undefined)
    return { kind: 'success', worker: Number(worker), nonce: Number(nonce), seconds };
  const word = rest.trim();
  if (word === SHUTTING_DOWN) return { kind: 'shutting-down' };
  const [, problem] = REFUSED.exec(rest) ?? [];
  if (problem !== undefined) return { kind: 'refused', problem };
  const isNotFound = word === '' && exhausted.size > 0;
  return isNotFound ? { kind: 'not-found', workers: exhausted.size } : { kind: 'nonsense' };
}
