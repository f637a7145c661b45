/** One call of a web service that work comes from, and what came back. */

import { isUtf8 } from 'node:buffer';
import type { Trouble } from '../domain/task.ts';
import { systemCodeOf } from './world-error.ts';

/** Where something is asked for, and as whom. */
export type ServicePlace = {
  /** Without user and password. */
  readonly url: string;
  /** The header that carries user and password; null without a login. */
  readonly authorization: string | null;
};

export type Answer = {
  readonly status: number;
  readonly patienceMs: number | null;
  /** What is not UTF-8 in it is replaced. */
  readonly text: string;
  readonly isUtf8: boolean;
  /** The methods that it says it knows, in capitals; null where it says nothing of that. */
  readonly allowed: readonly string[] | null;
};

export type Called =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

export type CallOptions = {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** An answer takes no longer than this, with all that belongs to it. */
const answerMs = 10_000;

/** Bytes of an answer; a task has some hundred. */
const answerMost = 65_536;

/** Characters of an answer that people are shown. */
const shownMost = 80;

const elsewhere: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Calls until it is answered, or `call` is aborted, which is trouble, too. */
export async function callService(
  { url, authorization }: ServicePlace,
  options: CallOptions,
  call: AbortController,
): Promise<Called> {
  const headers = {
    accept: 'application/json',
    ...options.headers,
    ...(authorization !== null && { authorization }),
  };
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    call.abort();
  }, answerMs).unref();
  try {
    // Whoever is sent elsewhere by a POST may end up with a GET, and its answer says nothing.
    const init: RequestInit = { ...options, headers, signal: call.signal, redirect: 'manual' };
    return { kind: 'answer', answer: await readAnswer(await fetch(url, init)) };
  } catch (error) {
    return { kind: 'trouble', trouble: troubleOf(error, isLate) };
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a status says that what was asked for is somewhere else. */
export function isElsewhere(status: number): boolean {
  return elsewhere.has(status);
}

/** `answers 503 (closed for today)`. */
export function describeStatus({ status, text }: Answer): string {
  if (isElsewhere(status)) return `answers ${status}: it is somewhere else, say where`;
  return `answers ${status}${text.trim() === '' ? '' : ` (${shown(text)})`}`;
}

/** One line, and no more of it than people read; nothing in it moves a terminal's cursor. */
export function shown(text: string): string {
  const line = text.replace(/[\s\p{C}]+/gu, ' ').trim();
  return line.length > shownMost ? `${line.slice(0, shownMost)}…` : line;
}

/** Thrown by the reader of an answer. */
class TooLong extends Error {}

async function readAnswer(response: Response): Promise<Answer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early closes the connection.
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > answerMost) throw new TooLong();
    pieces.push(piece);
  }
  const bytes = Buffer.concat(pieces);
  const allow = response.headers.get('allow');
  return {
    status: response.status,
    patienceMs: patienceIn(response.headers),
    // Leaves a byte order mark out (RFC 8259 section 8.1).
    text: new TextDecoder().decode(bytes),
    isUtf8: isUtf8(bytes),
    allowed: allow === null ? null : allow.split(',').map((it) => it.trim().toUpperCase()),
  };
}

/** RFC 9110 section 10.2.3, in seconds; a date is as good as nothing. */
function patienceIn(headers: Headers): number | null {
  const [seconds] = /^\d{1,6}$/.exec(headers.get('retry-after') ?? '') ?? [];
  return seconds === undefined ? null : 1000 * Number(seconds);
}

function troubleOf(error: unknown, isLate: boolean): Trouble {
  const patienceMs = null;
  if (isLate)
    return { code: 'slow', problem: `does not answer within ${answerMs / 1000} s`, patienceMs };
  if (error instanceof TooLong)
    return { code: 'too-long', problem: `answers more than ${answerMost} bytes`, patienceMs };
  // What went wrong stands behind "fetch failed".
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return { code: 'unreachable', problem: `cannot be reached (${systemCodeOf(cause)})`, patienceMs };
}
