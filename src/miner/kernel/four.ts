/** What is computed for each nonce: the same functions of four words in the lanes of a vector. */

/** A constant of the step, in all lanes. Loaded for each use: registers are scarcer than loads. */
@inline
export function constant(address: usize): v128 {
  return v128.load32_splat(address);
}

@inline
export function add(x: v128, y: v128): v128 {
  return i32x4.add(x, y);
}

@inline
export function xor(x: v128, y: v128): v128 {
  return v128.xor(x, y);
}

@inline
export function and(x: v128, y: v128): v128 {
  return v128.and(x, y);
}

@inline
export function rotateLeft(x: v128, bits: i32): v128 {
  return v128.or(left(x, bits), right(x, 32 - bits));
}

// The sigmas combine three rotations. There is no instruction to rotate a vector, so each is two
// shifts; what is shifted right and what is shifted left is nested, so that fewer values are
// needed at a time (measured: 1.23x, since V8 has 311 registers to spill instead of 905).

/** FIPS 180-4, (4.4): rotations right by 2, 13 and 22. */
@inline
export function bigSigma0(x: v128): v128 {
  const rights = right(xor(right(xor(right(x, 9), x), 11), x), 2);
  return xor(rights, left(xor(left(xor(left(x, 11), x), 9), x), 10));
}

/** FIPS 180-4, (4.5): rotations right by 6, 11 and 25. */
@inline
export function bigSigma1(x: v128): v128 {
  const rights = right(xor(right(xor(right(x, 14), x), 5), x), 6);
  return xor(rights, left(xor(left(xor(left(x, 5), x), 14), x), 7));
}

/** FIPS 180-4, (4.6): rotations right by 7 and 18, and a shift by 3. */
@inline
export function smallSigma0(x: v128): v128 {
  const rights = right(xor(right(xor(right(x, 11), x), 4), x), 3);
  return xor(rights, left(xor(left(x, 11), x), 14));
}

/** FIPS 180-4, (4.7): rotations right by 17 and 19, and a shift by 10. */
@inline
export function smallSigma1(x: v128): v128 {
  const rights = right(xor(right(xor(right(x, 2), x), 7), x), 10);
  return xor(rights, left(xor(left(x, 2), x), 13));
}

/** For each lane where `word`, masked, is zero, a bit: lane 0 is the lowest. */
@inline
export function zeros(word: v128, mask: v128): i32 {
  return i32x4.bitmask(i32x4.eq(v128.and(word, mask), i32x4.splat(0)));
}

@inline
function right(x: v128, bits: i32): v128 {
  return i32x4.shr_u(x, bits);
}

@inline
function left(x: v128, bits: i32): v128 {
  return i32x4.shl(x, bits);
}
