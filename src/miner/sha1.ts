/** SHA-1 as FIPS 180-4 writes it down: plain, for checking what faster kernels find. */

import { blocksOf } from './sha256.ts';

/** Section 5.3.1: the state before the first block. */
const INITIAL_STATE = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);

/** Section 4.2.1: one for each 20 rounds. */
const CONSTANTS = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6];

/** Section 4.1.1: the function of each 20 rounds. */
const FUNCTIONS = [choose, parity, majority, parity];

/** The digest of `message`, as five words of 32 bits. Padding is that of SHA-256. */
export function sha1(message: Uint8Array): Int32Array {
  return absorbSha1(blocksOf(message));
}

/** The state after all of `blocks`, from which the next block of the message goes on. */
export function absorbSha1(blocks: readonly Int32Array[]): Int32Array {
  return blocks.reduce(compress, INITIAL_STATE);
}

/** Section 6.1.2: the state after one more block of 16 words. */
function compress(state: Int32Array, block: Int32Array): Int32Array {
  const schedule = new Int32Array(80);
  schedule.set(block);
  const back = (t: number): number => schedule[t] ?? 0;
  for (let t = 16; t < 80; t += 1)
    schedule[t] = rotateLeft(back(t - 3) ^ back(t - 8) ^ back(t - 14) ^ back(t - 16), 1);
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let t = 0; t < 80; t += 1) {
    const phase = Math.floor(t / 20);
    const mixed = FUNCTIONS[phase]?.(b, c, d) ?? 0;
    const next = (rotateLeft(a, 5) + mixed + e + (CONSTANTS[phase] ?? 0) + back(t)) | 0;
    e = d;
    d = c;
    c = rotateLeft(b, 30);
    b = a;
    a = next;
  }
  return Int32Array.of(a, b, c, d, e).map((value, index) => value + (state[index] ?? 0));
}

function choose(x: number, y: number, z: number): number {
  return (x & y) ^ (~x & z);
}

function parity(x: number, y: number, z: number): number {
  return x ^ y ^ z;
}

function majority(x: number, y: number, z: number): number {
  return (x & y) ^ (x & z) ^ (y & z);
}

/** Section 3.2, (5). */
function rotateLeft(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}
