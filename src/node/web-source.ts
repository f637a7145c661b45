/** A web service that work comes from: GET gives a task, POST takes a find. */

import { isUtf8 } from 'node:buffer';
import type { WorkSource } from '../client/work-source.ts';
import { parseJSON } from '../domain/json.ts';
import {
  type Fetched,
  type Find,
  STAMP_DIGITS,
  type Submitted,
  type Trouble,
} from '../domain/task.ts';
import { prefixMost } from '../lease/quest.ts';
import { MOST_BITS } from '../ledger/difficulty.ts';
import { isWellFormed } from '../wire/values.ts';
import type { SourceUrl } from './source-url.ts';
import { systemCodeOf } from './world-error.ts';

/** An answer takes no longer than this, with all that belongs to it. */
const answerMs = 10_000;

/** Bytes of an answer; a task has some hundred. */
const answerMost = 65_536;

/** Characters of an answer that people are shown. */
const shownMost = 80;

const previousMost = prefixMost - STAMP_DIGITS;

/** With these, a find will never be taken, however often it is handed in. */
const forGood: ReadonlySet<number> = new Set([400, 409, 410, 412, 422]);

const elsewhere: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Nothing happens until it is called. */
export function createWebSource(place: SourceUrl): WorkSource {
  return new WebSource(place);
}

type InTrouble = { readonly kind: 'trouble'; readonly trouble: Trouble };

function inTrouble(trouble: Trouble): InTrouble {
  return { kind: 'trouble', trouble };
}

type Answer = {
  readonly status: number;
  readonly patienceMs: number | null;
  /** What is not UTF-8 in it is replaced. */
  readonly text: string;
  readonly isUtf8: boolean;
};

class WebSource implements WorkSource {
  readonly #place: SourceUrl;
  /** Calls under way. */
  readonly #calls = new Set<AbortController>();

  constructor(place: SourceUrl) {
    this.#place = place;
  }

  fetch(answer: (fetched: Fetched) => void): void {
    this.#call<Fetched>({ method: 'GET' }, (said) => readTask(said, this.#place), answer);
  }

  submit({ key, timestamp, nonce, digest }: Find, answer: (submitted: Submitted) => void): void {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ timestamp, nonce, digest }),
    };
    this.#call<Submitted>(init, readVerdict, answer);
  }

  close(): void {
    for (const call of this.#calls) call.abort();
    this.#calls.clear();
  }

  #call<Said>(
    init: { readonly method: string; readonly headers?: Record<string, string>; body?: string },
    read: (answer: Answer) => Said,
    say: (said: Said | InTrouble) => void,
  ): void {
    const { url, authorization } = this.#place;
    const headers = {
      accept: 'application/json',
      ...init.headers,
      ...(authorization !== null && { authorization }),
    };
    // One for each call: a signal that stays remembers all that were ever made from it.
    const call = new AbortController();
    this.#calls.add(call);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      call.abort();
    }, answerMs).unref();
    // Whoever is sent elsewhere by a POST may end up with a GET, and its answer says nothing.
    const { signal } = call;
    const asked = fetch(url, { ...init, headers, signal, redirect: 'manual' }).then(readAnswer);
    const understood = asked.then(read, (error: unknown) => inTrouble(troubleOf(error, isLate)));
    void understood.then((said) => {
      clearTimeout(timer);
      if (this.#calls.delete(call)) say(said);
    });
  }
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
  return {
    status: response.status,
    patienceMs: patienceIn(response.headers),
    // Leaves a byte order mark out (RFC 8259 section 8.1).
    text: new TextDecoder().decode(bytes),
    isUtf8: isUtf8(bytes),
  };
}

/** RFC 9110 section 10.2.3, in seconds; a date is as good as nothing. */
function patienceIn(headers: Headers): number | null {
  const [seconds] = /^\d{1,6}$/.exec(headers.get('retry-after') ?? '') ?? [];
  return seconds === undefined ? null : 1000 * Number(seconds);
}

function readTask(answer: Answer, { bitsPerZero }: SourceUrl): Fetched {
  const { status, text, patienceMs } = answer;
  if (status === 204) return failed('no-work', 'has no work', patienceMs);
  if (status !== 200) return failed('status', describeStatus(answer), patienceMs);
  // All would search for a text that the service does not mean.
  if (!answer.isUtf8) return nonsense(`what is not in UTF-8: ${shown(text)}`);
  const value = parseJSON(text);
  if (value === undefined) return nonsense(`no JSON: ${shown(text)}`);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return nonsense(`no object: ${shown(text)}`);
  const { previous, zeroes } = value as Readonly<Record<string, unknown>>;
  if (typeof previous !== 'string') return nonsense('no text as "previous"');
  if (previous.length > previousMost || !isWellFormed(previous))
    return nonsense(`a "previous" of more than ${previousMost} characters, or a broken one`);
  if (typeof zeroes !== 'number' || !Number.isInteger(zeroes) || zeroes < 0)
    return nonsense('no whole number as "zeroes"');
  const bits = Math.max(1, zeroes * bitsPerZero);
  if (bits > MOST_BITS) return nonsense(`"zeroes" of ${bits} bits; ${MOST_BITS} are the most`);
  return { kind: 'task', task: { previous, bits } };
}

function readVerdict(answer: Answer): Submitted {
  const { status, patienceMs } = answer;
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  const problem = describeStatus(answer);
  if (forGood.has(status)) return { kind: 'rejected', problem };
  return inTrouble({ code: 'status', problem, patienceMs });
}

/** `answers 503 (closed for today)`. */
function describeStatus({ status, text }: Answer): string {
  if (elsewhere.has(status)) return `answers ${status}: it is somewhere else, say where`;
  return `answers ${status}${text.trim() === '' ? '' : ` (${shown(text)})`}`;
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

function failed(code: Trouble['code'], problem: string, patienceMs: number | null): Fetched {
  return inTrouble({ code, problem, patienceMs });
}

function nonsense(problem: string): Fetched {
  return failed('nonsense', `gives us ${problem}`, null);
}

/** One line, and no more of it than people read; nothing in it moves a terminal's cursor. */
function shown(text: string): string {
  const line = text.replace(/[\s\p{C}]+/gu, ' ').trim();
  return line.length > shownMost ? `${line.slice(0, shownMost)}…` : line;
}
