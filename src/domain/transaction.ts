/** Transactions: what one looks like, the bytes that its sender signs, and why one is no good. */

import type { AccountKey } from './names.ts';

type Signed = {
  readonly sender: AccountKey;
  /** Counts the transactions of one sender, whatever their kind, from 0. */
  readonly nonce: number;
  /** Ed25519 (RFC 8032) in 128 lower-case hex digits, over `signedText`. */
  readonly signature: string;
};

/** Something said in public for good. */
export type PublicMessage = Signed & { readonly message: string };

/** Integer units from the sender's account to another one. */
export type Transfer = Signed & { readonly to: AccountKey; readonly amount: number };

export type Transaction = PublicMessage | Transfer;

/** What a sender signs. */
export type Unsigned = Omit<PublicMessage, 'signature'> | Omit<Transfer, 'signature'>;

/** Exact texts (`textOf`) of the transactions that a block carries, in their order. */
export type Batch = readonly string[];

/** Of a block without transactions. */
export const emptyBatch: Batch = [];

/** Names that clients of any language can rely on; in order of the checks. */
export type FaultCode =
  | 'INVALID_JSON'
  | 'INVALID_SENDER'
  | 'INVALID_MESSAGE'
  | 'INVALID_RECIPIENT'
  | 'INVALID_AMOUNT'
  | 'INVALID_NONCE'
  | 'INVALID_BALANCE'
  | 'TOO_MANY'
  /** Not its fault: what waits already goes before it, and fills all the room there is. */
  | 'NO_ROOM'
  /** Not the transaction's fault: the peer cannot judge or pass on anything now. */
  | 'NOT_READY'
  | 'INVALID_SIGNATURE';

/** `problem` ends a sentence about the transaction: "its nonce is 3 where 5 comes next". */
export type Fault = { readonly code: FaultCode; readonly problem: string };

export type TransactionReading =
  | { readonly ok: true; readonly transaction: Transaction }
  | { readonly ok: false; readonly fault: Fault };

/** Longer JSON is not read: a transaction in its one text has some 360 characters. */
const JSON_MOST = 2_048;

const KEY = /^[0-9a-f]{64}$/;
const SIGNATURE = /^[0-9a-f]{128}$/;
const MESSAGE = /^[A-Za-z0-9]{1,70}$/;

export function isAccountKey(value: unknown): value is AccountKey {
  return typeof value === 'string' && KEY.test(value);
}

/** Whether it can be said in public: 1 to 70 letters and digits. */
export function isMessage(value: unknown): value is string {
  return typeof value === 'string' && MESSAGE.test(value);
}

/**
 * What Python's `json.dumps(…, sort_keys=True)` makes of these fields: as all texts in them are of
 * ASCII letters and digits, nothing in them is ever escaped.
 */
export function signedText(transaction: Unsigned): string {
  const { nonce, sender } = transaction;
  return 'message' in transaction
    ? `{"message": "${transaction.message}", "nonce": ${nonce}, "sender": "${sender}"}`
    : `{"amount": ${transaction.amount}, "nonce": ${nonce}, "sender": "${sender}", ` +
        `"to": "${transaction.to}"}`;
}

/** The one text of a transaction, made likewise with its signature in its place. */
export function textOf(transaction: Transaction): string {
  const { nonce, sender, signature } = transaction;
  const signed = `"nonce": ${nonce}, "sender": "${sender}", "signature": "${signature}"`;
  return 'message' in transaction
    ? `{"message": "${transaction.message}", ${signed}}`
    : `{"amount": ${transaction.amount}, ${signed}, "to": "${transaction.to}"}`;
}

/** Reads JSON in any spelling. Whether the signature holds is not asked here. */
export function readTransaction(text: string): TransactionReading {
  let value: unknown;
  if (text.length > JSON_MOST) return refuse('INVALID_JSON', 'it is too long');
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('INVALID_JSON', 'it is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('INVALID_JSON', 'it is no JSON object');
  return readFields(value as Readonly<Record<string, unknown>>);
}

/** Reads the one text of a transaction; null for anything else. */
export function readText(text: string): Transaction | null {
  const read = readTransaction(text);
  return read.ok && textOf(read.transaction) === text ? read.transaction : null;
}

function readFields(fields: Readonly<Record<string, unknown>>): TransactionReading {
  const sender = own(fields, 'sender');
  if (!isAccountKey(sender))
    return refuse('INVALID_SENDER', 'its sender is not 64 lower-case hex digits');
  const body = readBody(fields);
  if ('code' in body) return { ok: false, fault: body };
  const nonce = own(fields, 'nonce');
  if (!isWhole(nonce)) return refuse('INVALID_NONCE', 'its nonce is no whole number from 0 on');
  const signature = own(fields, 'signature');
  if (typeof signature !== 'string' || !SIGNATURE.test(signature))
    return refuse('INVALID_SIGNATURE', 'its signature is not 128 lower-case hex digits');
  return { ok: true, transaction: { sender, nonce, signature, ...body } };
}

type Body = Pick<PublicMessage, 'message'> | Pick<Transfer, 'to' | 'amount'>;

function readBody(fields: Readonly<Record<string, unknown>>): Body | Fault {
  const to = own(fields, 'to');
  const amount = own(fields, 'amount');
  if (to === undefined && amount === undefined) {
    const message = own(fields, 'message');
    if (isMessage(message)) return { message };
    return { code: 'INVALID_MESSAGE', problem: 'its message is not 1 to 70 letters and digits' };
  }
  if (own(fields, 'message') !== undefined)
    return { code: 'INVALID_MESSAGE', problem: 'it is a transfer, and has a message' };
  if (!isAccountKey(to))
    return { code: 'INVALID_RECIPIENT', problem: 'its "to" is not 64 lower-case hex digits' };
  if (!isWhole(amount) || amount === 0)
    return { code: 'INVALID_AMOUNT', problem: 'its amount is no whole number from 1 on' };
  return { to, amount };
}

/** Minus zero is one number with zero, and must not become two texts. */
function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
}

/** What JSON said, and not what every object inherits. */
function own(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function refuse(code: FaultCode, problem: string): TransactionReading {
  return { ok: false, fault: { code, problem } };
}
