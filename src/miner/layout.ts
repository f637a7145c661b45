/** Where a nonce lies in the text that is hashed (PROTOCOL 7, "Layout for speed"). */

import { assert } from '../domain/assert.ts';

/** How many nonces a work has, from 0 on: 13 hex digits, and exact as numbers. */
export const NONCES: number = 2 ** 52;

/** So many nonces differ in their last three digits only: one word of the last block. */
export const STEP: number = 16 ** 3;

const BLOCK_BYTES = 64;
/** So long, modulo a block, that the last three digits and the 0x80 after them are one word. */
const TEXT_BYTES = 55;
const LEAST_DIGITS = 16;

/** The solution that stands for `nonce` behind `header`: hex digits, padded with zeros. */
export function solutionOf(header: string, nonce: number): string {
  assert(Number.isInteger(nonce) && nonce >= 0 && nonce < NONCES, 'A nonce is below 2^52.');
  const gap = (TEXT_BYTES - LEAST_DIGITS - header.length) % BLOCK_BYTES;
  const digits = LEAST_DIGITS + ((gap + BLOCK_BYTES) % BLOCK_BYTES);
  return nonce.toString(16).padStart(digits, '0');
}
