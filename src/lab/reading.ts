/** The ear of a lab dialect: a payload becomes a message, or a refusal that names what is wrong. */

import { openPayload } from '../wire/payload.ts';
import type { Dialect } from './dialect.ts';
import {
  FIELDS_OF,
  type LabMessage,
  type LabRefusal,
  type Name,
  type RawNumber,
} from './message.ts';
import { DEFAULT_KEYS, type Field, type Heard, spellingIn } from './spelling.ts';
import { OUR_MARK } from './writing.ts';

export type Reading =
  | { readonly ok: true; readonly message: LabMessage; readonly text: string }
  | { readonly ok: false; readonly refusal: LabRefusal };

/** A text of digits counts as a number: not every student's client has them apart. */
const DIGITS = /^-?\d{1,15}$/;

/** Thrown inside this file alone, and caught there. */
class Unreadable extends Error {
  readonly refusal: LabRefusal;

  constructor(refusal: LabRefusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads what was said on the topic that ends in `word` (`peer/<ClientID>` for a presence). */
export function readLab(dialect: Dialect, word: string, payload: Uint8Array): Reading {
  const opened = openPayload(payload);
  if (!opened.ok) return { ok: false, refusal: opened.refusal as LabRefusal };
  try {
    const fields = opened.value as Fields;
    const { text } = opened;
    return { ok: true, message: messageOf(dialect, word, fields, text), text };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

/** The kind of message on the topic that ends in `word`. */
function kindOf(word: string): LabMessage['kind'] {
  switch (word) {
    case 'init':
      return 'introduction';
    case 'voting':
    case 'election':
      return 'vote';
    case 'challenge':
    case 'solution':
    case 'result':
      return word;
    default:
      if (word.startsWith('peer/')) return 'presence';
      throw new Unreadable({ code: 'unknown-topic', topic: word });
  }
}

/** A payload, and by which keys it says what. */
type Page = { readonly fields: Fields; readonly spelling: Heard; readonly word: string };

function messageOf(dialect: Dialect, word: string, fields: Fields, text: string): LabMessage {
  const kind = kindOf(word);
  const spelling = spellingIn(fields, FIELDS_OF[kind]);
  const page: Page = { fields, spelling, word };
  const spelled = { spelling, isOurs: text.endsWith(OUR_MARK) };
  const client = (): Name => nameIn(dialect, page, 'client');
  switch (kind) {
    case 'introduction':
      return { kind, ...spelled, clientID: client() };
    case 'vote': {
      const clientID = client();
      const topic = word === 'voting' ? word : 'election';
      return { kind, ...spelled, clientID, voteID: nameIn(dialect, page, 'vote'), topic };
    }
    case 'challenge': {
      const challenge = numberIn(page, 'challenge');
      if (challenge < 0) throw malformed('challenge', 'must not be negative');
      return { kind, ...spelled, ...aboutIn(page), challenge };
    }
    case 'solution':
      return { kind, ...spelled, clientID: client(), ...aboutIn(page), solution: solutionIn(page) };
    case 'result':
      return {
        kind,
        ...spelled,
        clientID: valueIn(page, 'client') == null ? null : client(),
        ...aboutIn(page),
        solution: valueIn(page, 'solution') == null ? '' : solutionIn(page),
        result: resultIn(page),
      };
    case 'presence':
      return { kind, ...spelled, clientID: client(), state: stateIn(fields) };
  }
}

function stateIn(fields: Fields): 'lost' | 'disconnected' {
  const state = fields['State'];
  if (state === 'lost' || state === 'disconnected') return state;
  const problem = 'must be lost or disconnected';
  throw new Unreadable({ code: 'malformed', field: 'State', problem });
}

/** Undefined where no key means this. */
function valueIn({ fields, spelling }: Page, field: Field): unknown {
  const key = spelling[field]?.[0];
  return key === undefined ? undefined : fields[key];
}

function nameIn(dialect: Dialect, page: Page, field: Field): Name {
  const value = valueIn(page, field);
  if (dialect.isName(value)) return value;
  // One of those clients really sends {"ClientID":null}.
  if (value === null && field === 'client')
    throw new Unreadable({ code: 'nameless', topic: page.word });
  throw malformed(field, value === undefined ? 'is missing' : `must be ${dialect.namesAre}`);
}

function aboutIn(page: Page): { transactionID: number; raw: RawNumber } {
  const transactionID = numberIn(page, 'transaction');
  return { transactionID, raw: valueIn(page, 'transaction') as RawNumber };
}

function numberIn(page: Page, field: Field): number {
  const value = valueIn(page, field);
  if (value === undefined) throw malformed(field, 'is missing');
  const number = typeof value === 'string' && DIGITS.test(value) ? Number(value) : value;
  if (!Number.isSafeInteger(number)) throw malformed(field, 'must be a whole number');
  return number as number;
}

/** Python's True and False become JSON's. */
function resultIn(page: Page): number {
  const value = valueIn(page, 'result');
  return typeof value === 'boolean' ? Number(value) : numberIn(page, 'result');
}

function solutionIn(page: Page): string | number {
  const value = valueIn(page, 'solution');
  if (typeof value === 'string' || Number.isSafeInteger(value)) return value as string | number;
  throw malformed('solution', value === undefined ? 'is missing' : 'must be a text');
}

/** Faults are told in the labs' own spelling. */
function malformed(field: Field, problem: string): Unreadable {
  return new Unreadable({ code: 'malformed', field: DEFAULT_KEYS[field], problem });
}
