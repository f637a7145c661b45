/** What of a SHA-256 block is alike for all nonces of a step: whatever word 13 leaves alone. */

import { ROUND_CONSTANTS, runRounds, smallSigma0, smallSigma1 } from './sha256.ts';

/** The one word of the last block that differs between the nonces of a step: its last digits. */
const OPEN_WORD = 13;

/** Rounds from this one on are computed for each nonce; round 13 only adds the open word. */
export const FIRST_OPEN_ROUND: number = OPEN_WORD + 1;

/** The last word of the schedule with a term in its sum that does not hang on the open word. */
export const LAST_CONSTANT = 41;

/** The schedule of section 6.2.2, step 1: word t is a sum over the words so far back. */
const LOOKS_BACK = [2, 7, 15, 16];

const VARIES: boolean[] = [];
for (let t = 0; t < 64; t += 1) {
  VARIES[t] = t === OPEN_WORD || (t >= 16 && LOOKS_BACK.some((back) => varies(t - back)));
}

/** Whether word `t` of the message schedule hangs on the open word. */
export function varies(t: number): boolean {
  return VARIES[t] ?? false;
}

/** What the inner loop needs; see `findCandidate`. */
export type Constants = {
  readonly state: Int32Array;
  readonly constants: Int32Array;
  readonly base: number;
};

/** Prepares a last `block` of 16 words, whatever its open word, after the state `before` it. */
export function foldConstants(before: Int32Array, block: Int32Array): Constants {
  const schedule = new Int32Array(64);
  schedule.set(block);
  schedule[OPEN_WORD] = 0;
  for (let t = 16; t <= LAST_CONSTANT; t += 1) {
    const [two = 0, seven = 0, fifteen = 0, sixteen = 0] = LOOKS_BACK.map((back) =>
      // Where a term varies, a zero stands for it; the sigmas of zero are zero.
      varies(t - back) ? 0 : (schedule[t - back] ?? 0),
    );
    schedule[t] = smallSigma1(two) + seven + smallSigma0(fifteen) + sixteen;
  }
  const constants = schedule.map((word, t) =>
    varies(t) ? word : word + (ROUND_CONSTANTS[t] ?? 0),
  );
  const state = runRounds(before, schedule, FIRST_OPEN_ROUND);
  return { state, constants, base: before[0] ?? 0 };
}
