/** Passwords are kept as scrypt digests (RFC 7914), so that a stolen users file opens nothing. */

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** N, r and p as in RFC 7914; they are kept beside each digest, and may grow with the years. */
type Cost = { readonly n: number; readonly r: number; readonly p: number };

export type HashedPassword = Cost & { readonly salt: Buffer; readonly hash: Buffer };

/** 16 MiB and some 40 ms: dear for a guesser, bearable for ten peers that start at once. */
const COST: Cost = { n: 16_384, r: 8, p: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** A file that asks for more than this would stall the broker at every login. */
const MAX_MEMORY_BYTES = 256 * 1024 * 1024;

const FORM =
  /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,2})\$([A-Za-z\d+/]+={0,2})\$([A-Za-z\d+/]+={0,2})$/;

/** Makes `scrypt$N$r$p$saltBase64$hashBase64`, with a salt of its own each time. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, HASH_BYTES, COST);
  const { n, r, p } = COST;
  return ['scrypt', n, r, p, salt.toString('base64'), hash.toString('base64')].join('$');
}

/** Reads what `hashPassword` made; null for anything else, or for a cost out of all reason. */
export function parseHash(text: string): HashedPassword | null {
  const [, n, r, p, salt, hash] = FORM.exec(text) ?? [];
  if (salt === undefined || hash === undefined) return null;
  const parsed = {
    n: Number(n),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
  const isPowerOfTwo = parsed.n > 1 && Number.isInteger(Math.log2(parsed.n));
  const isBearable = parsed.r > 0 && parsed.p > 0 && memoryOf(parsed) <= MAX_MEMORY_BYTES;
  return isPowerOfTwo && isBearable && parsed.hash.length >= 16 ? parsed : null;
}

/** Takes equally long whether the password is right or not. */
export async function checkPassword(
  hashed: HashedPassword,
  password: string | Buffer,
): Promise<boolean> {
  const hash = await derive(password, hashed.salt, hashed.hash.length, hashed);
  return timingSafeEqual(hash, hashed.hash);
}

/** A digest that no password gives, at the same cost: for names that nobody has. */
export function nobodysHash(like: Cost = COST): HashedPassword {
  const { n, r, p } = like;
  return { n, r, p, salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES) };
}

function memoryOf({ n, r, p }: Cost): number {
  return 128 * r * (n + p + 2);
}

function derive(
  password: string | Buffer,
  salt: Buffer,
  bytes: number,
  cost: Cost,
): Promise<Buffer> {
  const options = { N: cost.n, r: cost.r, p: cost.p, maxmem: 2 * memoryOf(cost) };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, bytes, options, (error, hash) => {
      if (error) reject(error);
      else resolve(hash);
    });
  });
}
