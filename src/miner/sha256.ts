/** SHA-256 as FIPS 180-4 writes it down: plain, for checking what faster kernels find. */

/** Section 4.2.2: the first 32 bits of the fractional parts of the cube roots of 64 primes. */
// biome-ignore format: a table, as the standard prints it.
export const ROUND_CONSTANTS: Int32Array = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
);

/** Section 5.3.3: the state before the first block. */
// biome-ignore format: a table, as the standard prints it.
export const INITIAL_STATE: Int32Array = Int32Array.of(
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
);

const BLOCK_BYTES = 64;
/** A one bit and the length of the message, at least, follow the message (section 5.1.1). */
const LEAST_PADDING_BYTES = 9;

/** The digest of `message`, as eight words of 32 bits. */
export function sha256(message: Uint8Array): Int32Array {
  return absorb(blocksOf(message));
}

/** The state after all of `blocks`, from which the next block of the message goes on. */
export function absorb(blocks: readonly Int32Array[]): Int32Array {
  return blocks.reduce(compress, INITIAL_STATE);
}

/** Section 6.2.2: the state after one more block of 16 words. */
function compress(state: Int32Array, block: Int32Array): Int32Array {
  const schedule = new Int32Array(64);
  schedule.set(block);
  for (let t = 16; t < 64; t += 1) {
    schedule[t] =
      smallSigma1(word(schedule, t - 2)) +
      word(schedule, t - 7) +
      smallSigma0(word(schedule, t - 15)) +
      word(schedule, t - 16);
  }
  return runRounds(state, schedule, 64).map((value, index) => value + word(state, index));
}

/** The working variables a to h after the first `rounds` rounds under `schedule`. */
export function runRounds(state: Int32Array, schedule: Int32Array, rounds: number): Int32Array {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let t = 0; t < rounds; t += 1) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const sum = h + bigSigma1(e) + choice + word(ROUND_CONSTANTS, t) + word(schedule, t);
    h = g;
    g = f;
    f = e;
    e = (d + sum) | 0;
    d = c;
    c = b;
    b = a;
    a = (sum + bigSigma0(a) + majority) | 0;
  }
  return Int32Array.of(a, b, c, d, e, f, g, h);
}

/** Section 5.1.1: `message` padded to whole blocks of 16 words. At most 2^29 bytes. */
export function blocksOf(message: Uint8Array): Int32Array[] {
  const count = Math.ceil((message.length + LEAST_PADDING_BYTES) / BLOCK_BYTES);
  const bytes = new Uint8Array(count * BLOCK_BYTES);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 4, message.length * 8);
  const words = new Int32Array(count * 16);
  for (let at = 0; at < words.length; at += 1) words[at] = view.getInt32(4 * at);
  return Array.from({ length: count }, (_, block) => words.subarray(16 * block, 16 * (block + 1)));
}

/** Zero bits at the beginning of a digest, 0 to 256. */
export function leadingZeroBits(digest: Int32Array): number {
  const index = digest.findIndex((value) => value !== 0);
  return index < 0 ? 32 * digest.length : 32 * index + Math.clz32(word(digest, index));
}

/** Section 4.1.2, (4.6). */
export function smallSigma0(x: number): number {
  return rotateRight(x, 7) ^ rotateRight(x, 18) ^ (x >>> 3);
}

/** Section 4.1.2, (4.7). */
export function smallSigma1(x: number): number {
  return rotateRight(x, 17) ^ rotateRight(x, 19) ^ (x >>> 10);
}

/** Section 4.1.2, (4.4). */
function bigSigma0(x: number): number {
  return rotateRight(x, 2) ^ rotateRight(x, 13) ^ rotateRight(x, 22);
}

/** Section 4.1.2, (4.5). */
function bigSigma1(x: number): number {
  return rotateRight(x, 6) ^ rotateRight(x, 11) ^ rotateRight(x, 25);
}

function rotateRight(x: number, bits: number): number {
  return (x >>> bits) | (x << (32 - bits));
}

/** A word that is known to be there: the compiler cannot know lengths. */
function word(words: Int32Array, index: number): number {
  return words[index] ?? 0;
}
