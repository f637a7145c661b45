/** A task as a web service gives it: what is read of its answer, and each fault in it. */

import { parseJSON } from '../domain/json.ts';
import { STAMP_DIGITS, type Task, type Trouble } from '../domain/task.ts';
import { prefixMost } from '../lease/quest.ts';
import { MOST_BITS } from '../ledger/difficulty.ts';
import { isWellFormed } from '../wire/values.ts';
import { type Answer, describeStatus, shown } from './source-call.ts';
import type { SourceFields } from './source-fields.ts';
import type { SourceUrl } from './source-url.ts';

/** A field of a task. */
export type FieldReading<Value> =
  | { readonly value: Value; readonly problem: null }
  /** Goes on behind "gives us". */
  | { readonly value: null; readonly problem: string };

/** What an answer is. */
export type TaskReading =
  /** No task at all. */
  | { readonly kind: 'trouble'; readonly trouble: Trouble }
  | {
      readonly kind: 'fields';
      readonly object: Readonly<Record<string, unknown>>;
      readonly previous: FieldReading<string>;
      /** Zero bits. */
      readonly zeroes: FieldReading<number>;
    };

/** How long a `previous` may be. */
export const previousMost: number = prefixMost - STAMP_DIGITS;

/** The most zeroes, by how many bits one of them is. */
export function zeroesMost(bitsPerZero: SourceUrl['bitsPerZero']): number {
  return MOST_BITS / bitsPerZero;
}

/** Reads an answer to a GET. */
export function readTask(
  answer: Answer,
  { bitsPerZero }: Pick<SourceUrl, 'bitsPerZero'>,
  fields: SourceFields,
): TaskReading {
  const { status, text, patienceMs } = answer;
  if (status === 204) return trouble('no-work', 'has no work', patienceMs);
  if (status !== 200) return trouble('status', describeStatus(answer), patienceMs);
  // All would search for a text that the service does not mean.
  if (!answer.isUtf8) return nonsense(`what is not in UTF-8: ${shown(text)}`);
  const value = parseJSON(text);
  if (value === undefined) return nonsense(`no JSON: ${shown(text)}`);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return nonsense(`no object: ${shown(text)}`);
  const object = value as Readonly<Record<string, unknown>>;
  return {
    kind: 'fields',
    object,
    previous: readPrevious(fieldOf(object, fields.previous), fields.previous),
    zeroes: readZeroes(fieldOf(object, fields.zeroes), fields.zeroes, bitsPerZero),
  };
}

/** The task of an answer that has one; the first fault otherwise. */
export function taskOf(reading: TaskReading): Task | Trouble {
  if (reading.kind === 'trouble') return reading.trouble;
  const { previous, zeroes } = reading;
  if (previous.problem !== null) return nonsense(previous.problem).trouble;
  if (zeroes.problem !== null) return nonsense(zeroes.problem).trouble;
  return { previous: previous.value, bits: zeroes.value };
}

/** What every object inherits is no field of it. */
function fieldOf(object: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function readPrevious(value: unknown, name: string): FieldReading<string> {
  if (typeof value !== 'string') return fault(`no text as "${name}"`);
  if (value.length > previousMost || !isWellFormed(value))
    return fault(`a "${name}" of more than ${previousMost} characters, or a broken one`);
  return { value, problem: null };
}

function readZeroes(
  value: unknown,
  name: string,
  bitsPerZero: SourceUrl['bitsPerZero'],
): FieldReading<number> {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    return fault(`no whole number as "${name}"`);
  const bits = Math.max(1, value * bitsPerZero);
  if (bits > MOST_BITS) return fault(`"${name}" of ${bits} bits; ${MOST_BITS} are the most`);
  return { value: bits, problem: null };
}

function fault(problem: string): { readonly value: null; readonly problem: string } {
  return { value: null, problem };
}

type InTrouble = { readonly kind: 'trouble'; readonly trouble: Trouble };

function trouble(code: Trouble['code'], problem: string, patienceMs: number | null): InTrouble {
  return { kind: 'trouble', trouble: { code, problem, patienceMs } };
}

function nonsense(problem: string): InTrouble {
  return trouble('nonsense', `gives us ${problem}`, null);
}
