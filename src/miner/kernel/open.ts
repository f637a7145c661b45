/** The open digits: the last three of a nonce, which alone differ within a step. */

import { DIGITS, OPEN, OPEN_BYTES } from './memory.ts';
import { RADIX } from './radix.ts';

/** How many digits are open. */
export const COUNT: i32 = 3;

/** Nonces in a step. */
export const STEP: i32 = RADIX * RADIX * RADIX;

/** Where the vector of the first word with open digits is; those of the next word are behind it. */
let first: usize = OPEN;
/** How many bits of its first word are before the open digits. */
let shift: i32 = 0;

/** All texts of open digits, computed once. */
export function tabulate(): void {
  for (let index = 0; index < STEP; index += 1) {
    const high = digit(index / (RADIX * RADIX)) << 24;
    const middle = digit((index / RADIX) % RADIX) << 16;
    store<i32>(DIGITS + 4 * index, high | middle | (digit(index % RADIX) << 8));
  }
}

/** The character of a digit. */
export function digit(value: i32): i32 {
  return value < 10 ? 0x30 + value : 0x61 - 10 + value;
}

/** Says at which byte of the blocks the open digits begin. */
export function open(at: i32): void {
  memory.fill(OPEN, 0, OPEN_BYTES);
  first = OPEN + 16 * (at >> 2);
  shift = 8 * (at & 3);
}

/** Puts the open digits of four nonces in their place: those of the step from 4 * `group` on. */
@inline
export function place(group: i32): void {
  const digits = v128.load(DIGITS + 16 * (group as usize));
  v128.store(first, i32x4.shr_u(digits, shift));
  // By 32 minus `shift` bits, in two steps, because a shift by 32 would be none.
  v128.store(first + 16, i32x4.shl(i32x4.shl(digits, 1), 31 - shift));
}
