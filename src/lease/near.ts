/** Near misses as evidence: whoever searched a range has found about as many as chance gives. */

/**
 * In a lease that is searched to its end there are so many near misses on average, and less than
 * twice as many: none at all where there should be 24 happens by chance once in 26 billion times.
 */
const USUAL_NEAR = 24;

/** More are not listed in a report: 48 on average exceed it never. */
export const NEAR_MOST = 128;

/** People whom chance alone brings under suspicion must be rarer than this. */
const DOUBT = 1e-9;

/** Zero bits of a near miss in a lease of so many nonces, for a find of `bits`; 1 or more. */
export function nearBitsOf(nonces: number, bits: number): number {
  const wanted = Math.floor(Math.log2(nonces / USUAL_NEAR));
  return Math.max(1, Math.min(wanted, bits - 1));
}

/** How many near misses so many nonces without a find have on average. */
export function expectedNear(nonces: number, nearBits: number, bits: number): number {
  if (nearBits >= bits) return 0;
  const find = 2 ** -bits;
  return (nonces * (2 ** -nearBits - find)) / (1 - find);
}

/**
 * Whether so few near misses, where `expected` are usual, can't be chance: the probability is below
 * 1e-9. Near misses are binomial; Poisson's lower tail, which is computed here, is never below
 * theirs (Anderson and Samuels, "Some inequalities among binomial and Poisson probabilities",
 * 1967).
 */
export function isTooFew(near: number, expected: number): boolean {
  if (near >= expected) return false;
  let share = 1;
  let sum = 1;
  for (let fewer = near; fewer > 0 && share > 1e-18; fewer -= 1) {
    share *= fewer / expected;
    sum += share;
  }
  return Math.log(sum) + logOfPoisson(near, expected) < Math.log(DOUBT);
}

/** The logarithm of the probability of exactly `count`, where `mean` is usual. */
function logOfPoisson(count: number, mean: number): number {
  let log = -mean;
  for (let each = 1; each <= count; each += 1) log += Math.log(mean / each);
  return log;
}
