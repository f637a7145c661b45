/** A trace: what one head was told and what it decided, so that it can be driven again. */

import type { Effect, Event, Moment, Settings } from '../domain/contract.ts';
import { parseJSON } from '../domain/json.ts';
import { DIALECTS, type DialectName } from '../lab/dialect.ts';
import type { LabMessage, LabRefusal } from '../lab/message.ts';
import type { LabNote } from '../lab/note.ts';
import type { LabSettings } from '../lab/state.ts';
import { type Line, LineCutter } from './lines.ts';
import type { BadLine } from './recording.ts';

/** The first line of a trace: which head it is of. */
export type TraceHead = {
  /** Of this format. */
  readonly trace: 1;
  /** Of the program that wrote it; another one may decide otherwise. */
  readonly version: string;
} & (
  | { readonly dialect: null; readonly settings: Settings }
  | { readonly dialect: DialectName; readonly settings: LabSettings }
);

export type AnyEvent = Event | Event<LabMessage, LabRefusal>;
export type AnyEffect = Effect | Effect<LabMessage, LabNote>;

/** Every other line: one turn. */
export type TracedTurn = Moment & {
  readonly event: AnyEvent;
  readonly effects: readonly AnyEffect[];
};

/** A line of a trace by its number from 1; `text` is the whole of it, without its end. */
export type TraceLine =
  | { readonly kind: 'head'; readonly number: number; readonly head: TraceHead }
  | {
      readonly kind: 'turn';
      readonly number: number;
      readonly turn: TracedTurn;
      readonly text: string;
    }
  | { readonly kind: 'bad'; readonly number: number; readonly fault: BadLine };

/** A peer that starts again tells its head all of its journal in one event. */
const LINE_MOST = 256 * 1024 * 1024;

/** One line, with its end. */
export function formatHead(head: TraceHead): string {
  return `${JSON.stringify(head)}\n`;
}

/** One line, without its end: equal texts are equal turns. */
export function formatTurn(
  event: AnyEvent,
  { at, unix }: Moment,
  effects: readonly AnyEffect[],
): string {
  return JSON.stringify({ at, unix, event, effects });
}

/** Whether the first line of a file says that it is a trace. */
export function isTraceHead(line: string): boolean {
  const value = parseJSON(line);
  return isObject(value) && 'trace' in value;
}

/** Reads a trace that comes in pieces. Nothing comes after a bad line: a turn would be missing. */
export class TraceReader {
  readonly #cutter = new LineCutter(LINE_MOST);
  #hasHead = false;
  #isBroken = false;

  *push(piece: Uint8Array): Generator<TraceLine> {
    for (const line of this.#cutter.push(piece)) yield* this.#read(line);
  }

  *end(): Generator<TraceLine> {
    for (const line of this.#cutter.end()) yield* this.#read(line);
  }

  *#read(line: Line): Generator<TraceLine> {
    if (this.#isBroken) return;
    const read = line.ok ? this.#understand(line) : { kind: 'bad' as const, ...line };
    this.#isBroken = read.kind === 'bad';
    yield read;
  }

  #understand({ number, text, isTorn }: Line & { readonly ok: true }): TraceLine {
    const value = parseJSON(text);
    if (value === undefined) return bad(number, { code: isTorn ? 'torn' : 'not-json' });
    if (!isObject(value)) return bad(number, { code: 'not-an-object', found: typeof value });
    if (this.#hasHead) {
      const wrong = TURN.find(([field, isRight]) => !isRight(value[field]));
      if (wrong !== undefined) return bad(number, malformed(wrong, value));
      return { kind: 'turn', number, turn: value as unknown as TracedTurn, text };
    }
    this.#hasHead = true;
    const wrong = HEAD.find(([field, isRight]) => !isRight(value[field]));
    if (wrong !== undefined) return bad(number, malformed(wrong, value));
    return { kind: 'head', number, head: value as unknown as TraceHead };
  }
}

type Fields = Readonly<Record<string, unknown>>;

type Rule = readonly [field: string, isRight: (value: unknown) => boolean, problem: string];

const isNumber = (value: unknown): boolean => typeof value === 'number';

const HEAD: readonly Rule[] = [
  ['trace', (value) => value === 1, 'must be 1'],
  ['version', (value) => typeof value === 'string', 'must be a text'],
  ['dialect', isDialect, 'must be null, ufes or statement'],
  ['settings', isObject, 'must be an object'],
];

const TURN: readonly Rule[] = [
  ['at', isNumber, 'must be a number'],
  ['unix', isNumber, 'must be a number'],
  ['event', (value) => isObject(value) && 'kind' in value, 'must be an event'],
  ['effects', Array.isArray, 'must be a list'],
];

function isDialect(value: unknown): boolean {
  return value === null || (typeof value === 'string' && Object.hasOwn(DIALECTS, value));
}

function malformed([field, , problem]: Rule, value: Fields): BadLine {
  return { code: 'malformed', field, problem: field in value ? problem : 'is missing' };
}

function bad(number: number, fault: BadLine): TraceLine {
  return { kind: 'bad', number, fault };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
