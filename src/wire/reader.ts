/** Reads what is said, in payloads and inside other messages: shape alone, nobody's state. */

import type {
  Acknowledgement,
  Enveloped,
  EnvelopedKind,
  PassedTransaction,
  Vote,
} from '../domain/message.ts';
import type { ClientID } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { readTransaction } from '../domain/transaction.ts';
import { cutSignature, type Signed } from './envelope.ts';
import { isClientID } from './identity.ts';
import { openPayload, openText } from './payload.ts';
import { readMessage } from './schema.ts';
import type { Place } from './topics.ts';

/** A well-formed message, taken out of its envelope; its signature is still to be checked. */
export type Letter = Signed & {
  readonly topic: string;
  readonly text: string;
  readonly message: Enveloped;
};

/** `from` is whom a refused payload says it is from. */
export type LetterReading =
  | { readonly ok: true; readonly letter: Letter }
  | { readonly ok: false; readonly from: ClientID | null; readonly refusal: Refusal };

/** A transaction in any spelling of JSON. */
export type PassedReading =
  | { readonly ok: true; readonly message: PassedTransaction }
  | { readonly ok: false; readonly refusal: Refusal };

/** What a vote or an acknowledgement inside another message says, or what is wrong with it. */
export type ExhibitReading =
  | ({ readonly ok: true; readonly message: Vote | Acknowledgement } & Signed)
  | { readonly ok: false; readonly problem: string };

/** What it answers depends on its arguments alone: one may serve many doors, and may remember. */
export interface Reader {
  /** Bytes that are no UTF-8 come out as other characters. */
  text(payload: Uint8Array): string;
  letter(place: Place<EnvelopedKind>, topic: string, payload: Uint8Array): LetterReading;
  passed(payload: Uint8Array): PassedReading;
  exhibit(kind: 'vote' | 'acknowledgement', text: string): ExhibitReading;
}

/** Reads everything as often as it is asked to. */
export const plainReader: Reader = {
  text: (payload) => decoder.decode(payload),
  letter: readLetter,
  passed: readPassed,
  exhibit: readExhibit,
};

const decoder = new TextDecoder();

function readLetter(
  { kind, owner }: Place<EnvelopedKind>,
  topic: string,
  payload: Uint8Array,
): LetterReading {
  const opened = openPayload(payload);
  if (!opened.ok) return { ok: false, from: null, refusal: opened.refusal };
  const { text, value } = opened;
  const refuse = (refusal: Refusal): LetterReading => ({
    ok: false,
    from: claimedSender(kind, value),
    refusal,
  });
  const read = readMessage(kind, owner, value);
  if (!read.ok) return refuse(read.refusal);
  const { message } = read;
  const cut = cutSignature(text);
  if (cut === null) {
    return refuse({ code: 'malformed', field: 'Signature', problem: 'must be the last field' });
  }
  if (kind === 'presence' && message.clientID !== owner) {
    return refuse({ code: 'wrong-topic', topic });
  }
  return { ok: true, letter: { topic, text, message, ...cut } };
}

function readPassed(payload: Uint8Array): PassedReading {
  const opened = openPayload(payload);
  if (!opened.ok) return opened;
  const read = readTransaction(opened.text);
  if (read.ok) return { ok: true, message: { kind: 'transaction', transaction: read.transaction } };
  const { code, problem } = read.fault;
  const refusal = { code: 'malformed', field: code, problem: `as ${problem}` } as const;
  return { ok: false, refusal };
}

function readExhibit(kind: 'vote' | 'acknowledgement', text: string): ExhibitReading {
  const opened = openText(text);
  if (!opened.ok) return { ok: false, problem: `cannot be read (${describe(opened.refusal)})` };
  const read = readMessage(kind, null, opened.value);
  if (!read.ok) return { ok: false, problem: `cannot be read (${describe(read.refusal)})` };
  const cut = cutSignature(text);
  if (cut === null) return { ok: false, problem: 'is not signed' };
  return { ok: true, message: read.message, ...cut };
}

/** Whom a message says it is from, before anything about it is checked. */
function claimedSender(kind: EnvelopedKind, value: object): ClientID | null {
  const fields: { readonly ClientID?: unknown; readonly ControllerID?: unknown } = value;
  const sender = kind === 'result' ? fields.ControllerID : fields.ClientID;
  return isClientID(sender) ? sender : null;
}

function describe(refusal: Refusal): string {
  return refusal.code === 'malformed' ? `${refusal.field} ${refusal.problem}` : refusal.code;
}
