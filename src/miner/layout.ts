/** How a nonce is written behind a header, and so where its digits lie in what is hashed. */

import { assert } from '../domain/assert.ts';
import type { Work } from '../domain/contract.ts';

/** How many nonces a work has, from 0 on: 13 hex digits, and exact as numbers. */
export const NONCES: number = 2 ** 52;

/** Hex digits of the highest nonce; a padded solution has zeros before them. */
export const NONCE_DIGITS = 13;

/** So many nonces differ in their last three hex digits only: one word of the last block. */
export const STEP: number = 16 ** 3;

const BLOCK_BYTES = 64;
/** PROTOCOL 7: so long, modulo a block, that the last three digits and the 0x80 are one word. */
export const TEXT_BYTES = 55;
const LEAST_DIGITS = 16;

/** The solution that stands for `nonce` behind the header of `work`. */
export function solutionOf(work: Pick<Work, 'header' | 'nonceForm'>, nonce: number): string {
  assert(Number.isInteger(nonce) && nonce >= 0 && nonce < NONCES, 'A nonce is below 2^52.');
  if (work.nonceForm === 'decimal') return nonce.toString();
  const gap = (TEXT_BYTES - LEAST_DIGITS - work.header.length) % BLOCK_BYTES;
  const digits = LEAST_DIGITS + ((gap + BLOCK_BYTES) % BLOCK_BYTES);
  return nonce.toString(16).padStart(digits, '0');
}

/** The bytes that are hashed for `nonce`. */
export function messageOf(
  work: Pick<Work, 'header' | 'nonceForm'>,
  nonce: number,
): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(work.header + solutionOf(work, nonce));
}
