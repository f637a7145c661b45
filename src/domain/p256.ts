/** Keys and signatures on P-256 as transactions may have them: one spelling each (PROTOCOL 12). */

/** RFC 5480: id-ecPublicKey on secp256r1, and a bit string with an uncompressed point, up to x. */
const HEAD = '3059301306072a8648ce3d020106082a8648ce3d03010703420004';

const KEY = new RegExp(`^${HEAD}[0-9a-f]{128}$`);
const HALF = 64;

/** SP 800-186 section 3.2.1.3: of the field, of the equation, and how many points there are. */
const FIELD = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** As texts of the same length, numbers in hex compare as they do as numbers. */
const ORDER_DIGITS = ORDER.toString(16);
const HALF_ORDER_DIGITS = (ORDER / 2n).toString(16);
const NOTHING = '0'.repeat(HALF);

/** Whether a text has the form of a key, on the curve or off it. */
export function isP256Form(text: string): boolean {
  return KEY.test(text);
}

/**
 * Whether a text is the SubjectPublicKeyInfo of a point of the curve in 182 lower-case hex digits,
 * neither compressed nor otherwise encoded. Computed here, so that it is the same for everybody and
 * nothing is paid to a key that nobody can have; and Node 20 aborts on a key that is no such point.
 */
export function isP256Key(text: string): boolean {
  if (!isP256Form(text)) return false;
  const x = BigInt(`0x${text.slice(HEAD.length, -HALF)}`);
  const y = BigInt(`0x${text.slice(-HALF)}`);
  return x < FIELD && y < FIELD && (y * y - (x * x - 3n) * x - B) % FIELD === 0n;
}

/** Of a key of either type the digits that tell it from others: on P-256 all begin alike. */
export function tellingDigits(key: string): string {
  return isP256Form(key) ? key.slice(HEAD.length) : key;
}

/**
 * What is wrong with a signature of 128 lower-case hex digits, r before s; null if nothing is that
 * can be seen without the key. Of the two values of s that hold, the lower one alone is valid:
 * otherwise anybody could make a second transaction of the first.
 */
export function problemOfP256Signature(signature: string): string | null {
  const [r, s] = [signature.slice(0, HALF), signature.slice(HALF)];
  if (r === NOTHING || s === NOTHING) return 'has an r or s of zero';
  if (r >= ORDER_DIGITS || s >= ORDER_DIGITS) return 'has an r or s that is not below the order';
  if (s > HALF_ORDER_DIGITS) return 'has a high s, and the order less that s is the one to take';
  return null;
}

/** The same signature with the lower one of its two values of s. */
export function withLowS(signature: string): string {
  const [r, s] = [signature.slice(0, HALF), signature.slice(HALF)];
  if (s <= HALF_ORDER_DIGITS) return signature;
  return r + (ORDER - BigInt(`0x${s}`)).toString(16).padStart(HALF, '0');
}
