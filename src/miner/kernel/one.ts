/** What is computed once for all nonces of a step: the standard's functions of single words. */

@inline
export function add(x: i32, y: i32): i32 {
  return x + y;
}

@inline
export function xor(x: i32, y: i32): i32 {
  return x ^ y;
}

@inline
export function and(x: i32, y: i32): i32 {
  return x & y;
}

@inline
export function rotateLeft(x: i32, bits: i32): i32 {
  return rotl(x, bits);
}

/** FIPS 180-4, (4.4). */
@inline
export function bigSigma0(x: i32): i32 {
  return rotr(x, 2) ^ rotr(x, 13) ^ rotr(x, 22);
}

/** FIPS 180-4, (4.5). */
@inline
export function bigSigma1(x: i32): i32 {
  return rotr(x, 6) ^ rotr(x, 11) ^ rotr(x, 25);
}

/** FIPS 180-4, (4.6). */
@inline
export function smallSigma0(x: i32): i32 {
  return rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3);
}

/** FIPS 180-4, (4.7). */
@inline
export function smallSigma1(x: i32): i32 {
  return rotr(x, 17) ^ rotr(x, 19) ^ (x >>> 10);
}
