/** Transactions: what one looks like, the bytes that its sender signs, and why one is no good. */

import type { AccountKey } from './names.ts';
import { isP256Key, problemOfP256Signature } from './p256.ts';

type Signed = {
  readonly sender: AccountKey;
  /** Over `signedText`, in 128 lower-case hex digits: Ed25519, or r and s of ECDSA on P-256. */
  readonly signature: string;
  /** The keys as they were signed, where that is not in lower case. Only texts need it. */
  readonly spelling?: { readonly sender: string; readonly to?: string };
};

type Numbered = Signed & {
  /** Counts the numbered transactions of one sender, whatever their kind, from 0. */
  readonly nonce: number;
};

/** Something said in public for good. */
export type PublicMessage = Numbered & { readonly message: string };

/** The same without a nonce: once in so many blocks, and outside its sender's count. */
export type PlainMessage = Signed & { readonly message: string; readonly nonce?: never };

/** Integer units from the sender's account to another one. */
export type Transfer = Numbered & { readonly to: AccountKey; readonly amount: number };

export type Transaction = PublicMessage | PlainMessage | Transfer;

/** What a sender signs. */
export type Unsigned =
  | Omit<PublicMessage, 'signature'>
  | Omit<PlainMessage, 'signature'>
  | Omit<Transfer, 'signature'>;

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
  /** A message without a nonce that its sender has said already, not long ago. */
  | 'REPEATED'
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

/** Longer JSON is not read: a transaction in its one text has at most some 600 characters. */
const JSON_MOST = 2_048;

const ED25519_KEY = /^[0-9a-f]{64}$/;
const P256_DIGITS = /^[0-9a-f]{182}$/i;
const SIGNATURE = /^[0-9a-f]{128}$/;
const MESSAGE = /^[A-Za-z0-9]{1,70}$/;

/** Whether money can be sent to it, and somebody can sign with it. */
export function isAccountKey(value: unknown): value is AccountKey {
  return typeof value === 'string' && (ED25519_KEY.test(value) || isP256Key(value));
}

/** The key of which these are the hex digits, in either case; null for anything else. */
function keyIn(value: unknown): AccountKey | null {
  const key = typeof value === 'string' ? value.toLowerCase() : value;
  return isAccountKey(key) ? key : null;
}

/**
 * Whether it can be said in public: 1 to 70 letters and digits of ASCII. Which of other scripts are
 * letters changes with Unicode, and so with each Node: peers would judge one message differently.
 */
export function isMessage(value: unknown): value is string {
  return typeof value === 'string' && MESSAGE.test(value);
}

/**
 * What Python's `json.dumps(…, sort_keys=True)` makes of these fields: as all texts in them are of
 * ASCII letters and digits, nothing in them is ever escaped.
 */
export function signedText(transaction: Unsigned): string {
  return spell(transaction, '');
}

/** The one text of a transaction, made likewise with its signature in its place. */
export function textOf(transaction: Transaction): string {
  return spell(transaction, `, "signature": "${transaction.signature}"`);
}

/** `signature` is its field as it stands behind the sender; empty where there is none. */
function spell(transaction: Unsigned, signature: string): string {
  const { nonce, spelling } = transaction;
  const { sender, to } = spelling ?? { sender: transaction.sender };
  const count = nonce === undefined ? '' : `"nonce": ${nonce}, `;
  const middle = `${count}"sender": "${sender}"${signature}`;
  return 'message' in transaction
    ? `{"message": "${transaction.message}", ${middle}}`
    : `{"amount": ${transaction.amount}, ${middle}, "to": "${to ?? transaction.to}"}`;
}

/** Whether it has no nonce. */
export function isPlain(transaction: Transaction): transaction is PlainMessage {
  return transaction.nonce === undefined;
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
  const spelledSender = own(fields, 'sender');
  const sender = keyIn(spelledSender);
  if (sender === null) return refuse('INVALID_SENDER', `its sender ${problemOfKey(spelledSender)}`);
  const body = readBody(fields);
  if ('code' in body) return { ok: false, fault: body };
  const nonce = own(fields, 'nonce');
  if (nonce === undefined ? 'to' in body : !isWhole(nonce))
    return refuse('INVALID_NONCE', 'its nonce is no whole number from 0 on');
  const spelled = own(fields, 'signature');
  // No signature is over it: in which case its digits were changes nothing.
  const signature = typeof spelled === 'string' ? spelled.toLowerCase() : '';
  if (!SIGNATURE.test(signature))
    return refuse('INVALID_SIGNATURE', 'its signature is not 128 hex digits');
  const problem = ED25519_KEY.test(sender) ? null : problemOfP256Signature(signature);
  if (problem !== null) return refuse('INVALID_SIGNATURE', `its signature ${problem}`);
  const number = nonce === undefined ? {} : { nonce };
  const spelling = spellingIn(fields, sender, body);
  // A transfer without a number is refused above, which the compiler cannot see.
  const transaction = { sender, ...number, signature, ...body, ...spelling } as Transaction;
  return { ok: true, transaction };
}

/** How the keys were signed, if not in lower case. */
function spellingIn(
  fields: Readonly<Record<string, unknown>>,
  key: AccountKey,
  body: Body,
): Pick<Signed, 'spelling'> {
  const { sender, to } = fields as { readonly sender: string; readonly to: string };
  if (!('to' in body)) return sender === key ? {} : { spelling: { sender } };
  return sender === key && to === body.to ? {} : { spelling: { sender, to } };
}

type Body = Pick<PublicMessage, 'message'> | Pick<Transfer, 'to' | 'amount'>;

function readBody(fields: Readonly<Record<string, unknown>>): Body | Fault {
  const spelled = own(fields, 'to');
  const amount = own(fields, 'amount');
  if (spelled === undefined && amount === undefined) {
    const message = own(fields, 'message');
    if (isMessage(message)) return { message };
    const problem = 'its message is not 1 to 70 letters and digits of ASCII (A-Z, a-z, 0-9)';
    return { code: 'INVALID_MESSAGE', problem };
  }
  if (own(fields, 'message') !== undefined)
    return { code: 'INVALID_MESSAGE', problem: 'it is a transfer, and has a message' };
  const to = keyIn(spelled);
  if (to === null)
    return { code: 'INVALID_RECIPIENT', problem: `its "to" ${problemOfKey(spelled)}` };
  if (!isWhole(amount) || amount === 0)
    return { code: 'INVALID_AMOUNT', problem: 'its amount is no whole number from 1 on' };
  return { to, amount };
}

/** What is wrong with what is no key of an account; the end of a sentence. */
function problemOfKey(value: unknown): string {
  return typeof value === 'string' && P256_DIGITS.test(value)
    ? 'is no uncompressed point of P-256 as SubjectPublicKeyInfo'
    : 'is not 64 hex digits, nor the 182 of a key on P-256';
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
