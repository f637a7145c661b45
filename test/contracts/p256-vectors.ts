/** Signatures of ECDSA on P-256: the one spelling that is valid, and all the others. */

import { createHash } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { inHex, numberOf, type Vector } from './vector.ts';

const { Point } = p256;
type PointOfP256 = InstanceType<typeof Point>;
const N = Point.Fn.ORDER;
const FIELD = Point.Fp.ORDER;
const SECRET = 1234567890123456789n;
const HEAD = '3059301306072a8648ce3d020106082a8648ce3d030107034200';

const digits = (value: bigint): string => value.toString(16).padStart(64, '0');
const keyOf = (point: PointOfP256): string => HEAD + inHex(point.toBytes(false));
const hashOf = (text: string): bigint => numberOf(createHash('sha256').update(text).digest());

/** The point whose x is the first from `from` on that has one. */
function pointFrom(from: bigint): PointOfP256 {
  for (let x = from; ; x += 1n) {
    try {
      return Point.fromBytes(Buffer.from(`02${digits(x)}`, 'hex'));
    } catch {
      // Not every number is the x of a point.
    }
  }
}

/** The key under which r, the x of `at` modulo the order, and this s sign `text` (SEC 1, 4.1.6). */
function keySigning(text: string, at: PointOfP256, s: bigint): { key: string; r: bigint } {
  const r = at.x % N;
  const inverse = Point.Fn.inv(r);
  const key = at
    .multiply((s * inverse) % N)
    .subtract(Point.BASE.multiply((hashOf(text) * inverse) % N));
  return { key: keyOf(key), r };
}

export function p256Vectors(): readonly Vector[] {
  return [...publishedP256(), ...numbersOfP256(), ...keysOfP256()].map((vector) => {
    return { ...vector, what: `P-256, ${vector.what}` };
  });
}

/** RFC 6979, A.2.5, with SHA-256. Its first s is a high one. */
function publishedP256(): readonly Vector[] {
  const key =
    `${HEAD}04` +
    '60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6' +
    '7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299';
  const r = 'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716';
  const s = 0xf7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8n;
  const test =
    'f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367' +
    '019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083';
  const vector = (what: string, holds: boolean, signature: string, text = 'sample'): Vector => {
    return { what, key, text, signature, holds };
  };
  return [
    vector('"test" of RFC 6979', true, test, 'test'),
    vector('"sample" of RFC 6979, with the high s that it shows', false, r + digits(s)),
    vector('"sample" of RFC 6979, with the low s', true, r + digits(N - s)),
    vector('the signature of another text', false, test),
    vector('r and s exchanged', false, digits(N - s) + r),
    vector('r negative', false, digits(N - BigInt(`0x${r}`)) + digits(N - s)),
    vector('in DER', false, derOf(r, digits(N - s))),
    vector('a byte too few', false, (r + digits(N - s)).slice(2)),
    vector('a byte too many', false, `${r}${digits(N - s)}00`),
    vector('none', false, ''),
  ];
}

/** r in 33 bytes, as its first bit is set; s in 32. */
function derOf(r: string, s: string): string {
  return `30450221 00${r}0220${s}`.replace(' ', '');
}

/** What r and s may be, each under a key for which the equation holds with them. */
function numbersOfP256(): readonly Vector[] {
  const text = 'text';
  const small = pointFrom(1n);
  const beyond = pointFrom(N);
  const vector = (
    what: string,
    holds: boolean,
    [at, s]: readonly [PointOfP256, bigint],
    shown: (r: bigint) => readonly [r: bigint, s: bigint] = (r) => [r, s],
  ): Vector => {
    const { key, r } = keySigning(text, at, s);
    return { what, key, text, signature: shown(r).map(digits).join(''), holds };
  };
  return [
    vector('a small r', true, [small, 5n]),
    vector('a small r, the order added', false, [small, 5n], (r) => [r + N, 5n]),
    vector('an r of a point whose x is not below the order', true, [beyond, 5n]),
    vector('that x itself', false, [beyond, 5n], () => [beyond.x, 5n]),
    vector('s of 1', true, [small, 1n]),
    vector('the highest low s', true, [small, (N - 1n) / 2n]),
    vector('the lowest high s', false, [small, (N + 1n) / 2n]),
    vector('s of the order less 1', false, [small, N - 1n]),
    vector('s with the order added', false, [small, 5n], (r) => [r, 5n + N]),
    vector('r of zero', false, [small, 5n], () => [0n, 5n]),
    vector('s of zero', false, [small, 5n], (r) => [r, 0n]),
    vector('both of zero', false, [small, 5n], () => [0n, 0n]),
    vector('r of the order', false, [small, 5n], () => [N, 5n]),
    vector('s of the order', false, [small, 5n], (r) => [r, N]),
    vector('r of the largest number', false, [small, 5n], () => [2n ** 256n - 1n, 5n]),
    atInfinity(text),
  ];
}

/** Here the equation leads to the point at infinity, which has no x. */
function atInfinity(text: string): Vector {
  const key = keyOf(Point.BASE.multiply(SECRET));
  const r = Point.Fn.mul(N - hashOf(text), Point.Fn.inv(SECRET));
  return { what: 'no point', key, text, signature: digits(r) + digits(5n), holds: false };
}

/** One signature that holds, under its key in other encodings and under what is no key. */
function keysOfP256(): readonly Vector[] {
  const text = 'text';
  const { key, r } = keySigning(text, pointFrom(2n ** 200n), 77n);
  const signature = digits(r) + digits(77n);
  const [x, y] = [key.slice(54, 118), key.slice(118)];
  const isOdd = (BigInt(`0x${y}`) & 1n) === 1n;
  const vector = (what: string, by: string, holds = false): Vector => {
    return { what, key: by, text, signature, holds };
  };
  const beyondField = pointFrom(5n);
  const shifted = digits(beyondField.x + FIELD) + digits(beyondField.y);
  return [
    vector('a key as it should be', key, true),
    vector('compressed', `3039${HEAD.slice(4, -4)}2200${isOdd ? '03' : '02'}${x}`),
    vector('hybrid', `${HEAD}${isOdd ? '07' : '06'}${x}${y}`),
    vector('hybrid, the other way', `${HEAD}${isOdd ? '06' : '07'}${x}${y}`),
    vector('the point alone', `04${x}${y}`),
    vector('the point alone, compressed', `${isOdd ? '03' : '02'}${x}`),
    vector('its x alone', x),
    vector('off the curve', `${HEAD}04${x}${digits(BigInt(`0x${y}`) ^ 1n)}`),
    vector('x and y exchanged', `${HEAD}04${y}${x}`),
    vector('at zero', `${HEAD}04${'00'.repeat(64)}`),
    vector('at infinity', `3019${HEAD.slice(4, -4)}0200${'00'}`),
    vector('x not below the field', `${HEAD}04${shifted}`),
    vector('of secp256k1', `3056301006072a8648ce3d020106052b8104000a03420004${x}${y}`),
    vector('with the parameters written out', `${EXPLICIT_HEAD}${x}${y}`),
    vector('a byte too few', key.slice(0, -2)),
    vector('a byte behind it', `${key}00`),
    vector('a length in two bytes', `308159${key.slice(4)}`),
    vector('the negative key', `${HEAD}04${x}${digits(FIELD - BigInt(`0x${y}`))}`),
  ];
}

/** `openssl ec -param_enc explicit -pubout`, up to the point: the same curve in many words. */
const EXPLICIT_HEAD =
  '3082014b3082010306072a8648ce3d02013081f7020101302c06072a8648ce3d0101022100' +
  `${digits(FIELD)}305b0420${digits(FIELD - 3n)}0420` +
  '5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b' +
  '031500c49d360886e704936a6678e1139d26b7819f7e90044104' +
  '6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
  '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5' +
  `022100${digits(N)}02010103420004`;
