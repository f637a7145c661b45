/** Signs transactions and checks their signatures; their keys and signatures are spelled in hex. */

import type { Signer, Verifier } from '../domain/crypto.ts';
import type { AccountKey, SignerKey } from '../domain/names.ts';
import {
  type PlainMessage,
  type PublicMessage,
  signedText,
  type Transaction,
  type Transfer,
} from '../domain/transaction.ts';

type Content =
  | Pick<PublicMessage, 'message' | 'nonce'>
  | Pick<PlainMessage, 'message' | 'spelling'>
  | Pick<Transfer, 'to' | 'amount' | 'nonce'>;

/** The transaction that says `content` in the name of the signer's key. */
export function signTransaction(content: Content, signer: Signer<SignerKey>): Transaction {
  const unsigned = { ...content, sender: accountKeyOf(signer.publicKey) };
  const signature = hexOf(signer.sign(signedText(unsigned)));
  return { ...unsigned, signature };
}

/** Whether its sender has signed it. */
export function isSigned(transaction: Transaction, verifier: Verifier): boolean {
  return verifier.verify(...claimOf(transaction));
}

/** The same on another thread, where there is one; at once, and without a promise, where not. */
export function isSignedAside(
  transaction: Transaction,
  verifier: Verifier,
): boolean | Promise<boolean> {
  return verifier.verifyAside === undefined
    ? isSigned(transaction, verifier)
    : verifier.verifyAside(...claimOf(transaction));
}

function claimOf(transaction: Transaction): [key: SignerKey, text: string, signature: string] {
  const { sender } = transaction;
  return [publicKeyOf(sender), signedText(transaction), signatureOf(transaction)];
}

/** Its signature as peers spell theirs. */
export function signatureOf(transaction: Transaction): string {
  return base64urlOf(transaction.signature);
}

/** A signer's public key as transactions spell it. */
export function accountKeyOf(publicKey: SignerKey): AccountKey {
  return hexOf(publicKey) as AccountKey;
}

/** An account's key as signers spell it. */
export function publicKeyOf(key: AccountKey): SignerKey {
  return base64urlOf(key) as SignerKey;
}

/** `atob` is in browsers and in Node alike. */
function hexOf(base64url: string): string {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  const digits = Array.from(binary, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0'));
  return digits.join('');
}

/** RFC 4648 section 5. */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Three hex digits are two of base64url, and what is missing at the end is zeros. */
function base64urlOf(hex: string): string {
  let text = '';
  for (let from = 0; from < hex.length; from += 3) {
    const three = hex.slice(from, from + 3);
    const bits = Number.parseInt(three, 16) << (4 * (3 - three.length));
    text += DIGITS.charAt(bits >> 6);
    if (three.length > 1) text += DIGITS.charAt(bits & 63);
  }
  return text;
}
