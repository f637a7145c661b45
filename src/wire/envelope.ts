/** How a message is signed, and how its signature is cut off the exact text again (PROTOCOL 3). */

import type { Signer } from '../domain/crypto.ts';
import type { Enveloped, Message } from '../domain/message.ts';
import { textOf } from '../domain/transaction.ts';
import { toWire } from './fields.ts';

/** A received text taken apart: what was signed, and the signature over it. */
export type Signed = { readonly signed: string; readonly signature: string };

/**
 * The signature as the last field. As the text is known to be one JSON object, its last brace
 * closes it, and what stands here before that brace can only be a field of the object itself. The
 * last of 86 digits carries 2 bits only: others would spell the same signature a second way.
 */
const SIGNATURE = /,"Signature":"([A-Za-z0-9_-]{85}[AQgw])"\}$/;

/** The payload that says `message` on `topic`; a transaction is signed already. */
export function payloadOf(message: Message, topic: string, signer: Signer): string {
  return message.kind === 'transaction'
    ? textOf(message.transaction)
    : signMessage(message, topic, signer);
}

/** The payload that says `message` on `topic`, signed by its sender. */
export function signMessage(message: Enveloped, topic: string, signer: Signer): string {
  const text = JSON.stringify(toWire(message));
  const signature = signer.sign(signatureInput(topic, text));
  return `${text.slice(0, -1)},"Signature":"${signature}"}`;
}

/**
 * What a signature is made over: `signed` is the payload without its Signature field. Without a
 * topic it is a transaction, which is signed as it is.
 */
export function signatureInput(topic: string | null, signed: string): string {
  return topic === null ? signed : `sortition/1\n${topic}\n${signed}`;
}

/** Takes a received JSON object apart; null where its last field is no signature. */
export function cutSignature(text: string): Signed | null {
  const match = SIGNATURE.exec(text);
  const signature = match?.[1];
  if (match === null || signature === undefined) return null;
  return { signed: `${text.slice(0, match.index)}}`, signature };
}
