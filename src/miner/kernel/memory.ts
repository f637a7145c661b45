/** Where things lie in a kernel's memory, which is otherwise empty. Words are little-endian. */

/** From outside: the state after the blocks that all nonces share, and the text behind those. */
export const SHARED_STATE: usize = 0;
export const SHARED_TEXT: usize = SHARED_STATE + 32;

/** The state before the blocks of a step: eight words, or the five of SHA-1. */
export const STATE: usize = SHARED_TEXT + 64;

/** The blocks of a step, two at most: first as bytes of text, then as words. */
export const BLOCKS: usize = STATE + 32;

/** For each word of the blocks a vector: what the open digits of four nonces add to it. */
export const OPEN: usize = BLOCKS + 2 * 64;
export const OPEN_BYTES: usize = 2 * 16 * 16;

/** What all nonces of a step share and each of them needs: for each of 3 stages 128 words. */
export const CONSTANTS: usize = OPEN + OPEN_BYTES;
const CONSTANTS_BYTES: usize = 3 * 128 * 4;

/** Between stages, the states of so many groups of four nonces: for each eight vectors. */
export const MIDDLE: usize = CONSTANTS + CONSTANTS_BYTES;
export const CHUNK: i32 = 32;
const MIDDLE_BYTES: usize = 32 * 8 * 16;

/** The open digits of all nonces of a step, the first digit in the highest byte of a word. */
export const DIGITS: usize = MIDDLE + MIDDLE_BYTES;
