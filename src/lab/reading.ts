/** The ear of a lab dialect: a payload becomes a message, or a refusal that names what is wrong. */

import { openPayload } from '../wire/payload.ts';
import type { Dialect } from './dialect.ts';
import type { LabMessage, LabRefusal, Name, RawNumber, Spelling } from './message.ts';

export type Reading =
  | { readonly ok: true; readonly message: LabMessage; readonly text: string }
  | { readonly ok: false; readonly refusal: LabRefusal };

/** Keys that mean the same, the surest first: some clients have an `id` for something else, too. */
export const CLIENT_KEYS = ['ClientID', 'clientId', 'clientID', 'client_id', 'ID', 'id'] as const;
export const VOTE_KEYS = ['VoteID', 'voteId', 'voteID', 'vote', 'Vote'] as const;

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
    return { ok: true, message: messageOf(dialect, word, fields), text: opened.text };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

function messageOf(dialect: Dialect, word: string, fields: Fields): LabMessage {
  const spelling: Spelling = {
    client: keyIn(fields, CLIENT_KEYS),
    vote: keyIn(fields, VOTE_KEYS),
  };
  const client = (): Name => nameIn(dialect, fields, spelling.client, 'ClientID', word);
  switch (word) {
    case 'init':
      return { kind: 'introduction', spelling, clientID: client() };
    case 'voting':
    case 'election': {
      const clientID = client();
      const voteID = nameIn(dialect, fields, spelling.vote, 'VoteID', word);
      return { kind: 'vote', spelling, clientID, voteID, topic: word };
    }
    case 'challenge': {
      const challenge = numberIn(fields, 'Challenge');
      if (challenge < 0) throw malformed('Challenge', 'must not be negative');
      return { kind: 'challenge', spelling, ...aboutIn(fields), challenge };
    }
    case 'solution':
      return {
        kind: 'solution',
        spelling,
        clientID: client(),
        ...aboutIn(fields),
        solution: solutionIn(fields),
      };
    case 'result':
      return {
        kind: 'result',
        spelling,
        clientID: spelling.client === null || fields[spelling.client] === null ? null : client(),
        ...aboutIn(fields),
        solution: fields['Solution'] == null ? '' : solutionIn(fields),
        result: resultIn(fields),
      };
    default:
      return presenceIn(fields, spelling, client, word);
  }
}

function presenceIn(
  fields: Fields,
  spelling: Spelling,
  client: () => Name,
  word: string,
): LabMessage {
  if (!word.startsWith('peer/')) throw new Unreadable({ code: 'unknown-topic', topic: word });
  const state = fields['State'];
  if (state !== 'lost' && state !== 'disconnected') {
    throw malformed('State', 'must be lost or disconnected');
  }
  return { kind: 'presence', spelling, clientID: client(), state };
}

function keyIn(fields: Fields, keys: readonly string[]): string | null {
  return keys.find((key) => Object.hasOwn(fields, key)) ?? null;
}

function nameIn(
  dialect: Dialect,
  fields: Fields,
  key: string | null,
  field: string,
  topic: string,
): Name {
  const value = key === null ? undefined : fields[key];
  if (dialect.isName(value)) return value;
  // One of those clients really sends {"ClientID":null}.
  if (value === null && field === 'ClientID') throw new Unreadable({ code: 'nameless', topic });
  throw malformed(field, value === undefined ? 'is missing' : `must be ${dialect.namesAre}`);
}

function aboutIn(fields: Fields): { transactionID: number; raw: RawNumber } {
  const transactionID = numberIn(fields, 'TransactionID');
  return { transactionID, raw: fields['TransactionID'] as RawNumber };
}

function numberIn(fields: Fields, field: string): number {
  const value = fields[field];
  if (value === undefined) throw malformed(field, 'is missing');
  const number = typeof value === 'string' && DIGITS.test(value) ? Number(value) : value;
  if (!Number.isSafeInteger(number)) throw malformed(field, 'must be a whole number');
  return number as number;
}

/** Python's True and False become JSON's. */
function resultIn(fields: Fields): number {
  const value = fields['Result'];
  return typeof value === 'boolean' ? Number(value) : numberIn(fields, 'Result');
}

function solutionIn(fields: Fields): string | number {
  const value = fields['Solution'];
  if (typeof value === 'string' || Number.isSafeInteger(value)) return value as string | number;
  throw malformed('Solution', value === undefined ? 'is missing' : 'must be a text');
}

function malformed(field: string, problem: string): Unreadable {
  return new Unreadable({ code: 'malformed', field, problem });
}
