/** Bytes out of hex digits: keys and digests are texts here, and hashed as bytes. */

/** `digits` is of an even number of hex digits. */
export function bytesOfHex(digits: string): Uint8Array {
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
  );
}
