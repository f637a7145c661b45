import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isP256Key, problemOfP256Signature, withLowS } from '../../src/domain/p256.ts';
import { GENESIS_KEY as COURSE, KEY_OF_A } from '../course-keys.ts';

const ORDER = p256.Point.Fn.ORDER;
const digits = (value: bigint): string => value.toString(16).padStart(64, '0');

it('knows the keys that others make', () => {
  for (const key of [COURSE, KEY_OF_A]) expect(isP256Key(key)).toBe(true);
  for (let count = 0; count < 20; count += 1) {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    expect(isP256Key(publicKey.export({ format: 'der', type: 'spki' }).toString('hex'))).toBe(true);
  }
});

it('takes no key with another digit, and neither does OpenSSL where it is of the point', () => {
  const taken: string[] = [];
  const takenByOpenSsl: string[] = [];
  for (let at = 0; at < COURSE.length; at += 1) {
    for (const digit of '0123456789abcdef') {
      const key = COURSE.slice(0, at) + digit + COURSE.slice(at + 1);
      if (isP256Key(key)) taken.push(key);
      if (at >= 54 && isTakenByOpenSsl(key)) takenByOpenSsl.push(key);
    }
  }
  expect(taken).toEqual(Array.from({ length: 182 }, () => COURSE));
  expect(takenByOpenSsl).toEqual(Array.from({ length: 128 }, () => COURSE));
});

function isTakenByOpenSsl(key: string): boolean {
  try {
    createPublicKey({ key: Buffer.from(key, 'hex'), format: 'der', type: 'spki' });
    return true;
  } catch {
    return false;
  }
}

it.each([
  ['nothing', ''],
  ['capitals', COURSE.toUpperCase()],
  ['a space', COURSE.replace('59', '5 9')],
  ['a line end', `${COURSE}\n`],
  ['an Ed25519 key', 'a'.repeat(64)],
  ['182 digits of anything', 'a'.repeat(182)],
])('is no key: %s', (_, text) => expect(isP256Key(text)).toBe(false));

it.each([
  [0n, 1n, /zero/],
  [1n, 0n, /zero/],
  [ORDER, 1n, /not below the order/],
  [1n, ORDER, /not below the order/],
  [2n ** 256n - 1n, 1n, /not below the order/],
  [1n, ORDER / 2n + 1n, /high s/],
  [1n, ORDER - 1n, /high s/],
])('refuses r %s with s %s', (r, s, problem) => {
  expect(problemOfP256Signature(digits(r) + digits(s))).toMatch(problem);
});

it('of s and the order less s takes the lower one, which withLowS finds', () => {
  const numbers = fc.bigInt({ min: 1n, max: ORDER - 1n });
  fc.assert(
    fc.property(numbers, numbers, (r, s) => {
      const both = [s, ORDER - s].map((each) => digits(r) + digits(each));
      const problems = both.map(problemOfP256Signature);
      expect(problems.filter((problem) => problem === null)).toHaveLength(1);
      const low = both[problems.indexOf(null)];
      expect(both.map(withLowS)).toEqual([low, low]);
    }),
  );
});
