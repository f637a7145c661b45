/** Signatures of Ed25519, among them those about which libraries disagree. */

import { createHash } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { inHex, numberOf, type Vector } from './vector.ts';

const Edwards = ed25519.Point;
const L = Edwards.Fn.ORDER;
const SECRET = 1234567890123456789n;

const littleEndian = (value: bigint, bytes = 32): string =>
  inHex(Buffer.from(value.toString(16).padStart(2 * bytes, '0'), 'hex').reverse());
/** RFC 8032 section 5.1.6: what the key is multiplied with. */
const kOf = (r: string, key: string, text: string): bigint => {
  const all = Buffer.concat([Buffer.from(r + key, 'hex'), Buffer.from(text, 'utf8')]);
  return numberOf(createHash('sha512').update(all).digest().reverse());
};
/** A point of order 8: what is left of one outside the group of the base point. */
function torsionPoint(): InstanceType<typeof Edwards> {
  for (let y = 2; ; y += 1) {
    try {
      const point = Edwards.fromBytes(Buffer.from(littleEndian(BigInt(y)), 'hex'));
      const torsion = point.multiplyUnsafe(L - 1n).add(point);
      if (!torsion.multiplyUnsafe(4n).is0()) return torsion;
    } catch {
      // Not every number is the y of a point.
    }
  }
}

export function ed25519Vectors(): readonly Vector[] {
  const key = inHex(Edwards.BASE.multiply(SECRET).toBytes());
  const torsion = torsionPoint();
  const text = 'text';
  /** Where `shown` is in the place of R; `r` as it is multiplied. */
  const sign = (shown: string, r: bigint, of = text, by = key): string =>
    shown + littleEndian((r + kOf(shown, by, of) * SECRET) % L);
  const r = 987654321n;
  const plain = inHex(Edwards.BASE.multiply(r).toBytes());
  const good = sign(plain, r);
  const s = numberOf(Buffer.from(good.slice(64), 'hex').reverse());
  const withTorsion = inHex(Edwards.BASE.multiply(r).add(torsion).toBytes());
  const vector = (what: string, holds: boolean, signature: string, by = key): Vector => {
    return { what: `Ed25519, ${what}`, key: by, text, signature, holds };
  };
  const identity = inHex(Edwards.ZERO.toBytes());
  return [
    ...PUBLISHED_ED25519.map(([by, of, signature], at) => {
      const what = `test ${at + 1} of RFC 8032 section 7.1`;
      return { ...vector(what, true, signature, by), text: of };
    }),
    vector('a plain one', true, good),
    vector('R beside the group', false, sign(withTorsion, r)),
    vector('R the neutral point', false, sign(identity, 0n)),
    vector('R the neutral point, y not reduced', false, sign(`ee${'ff'.repeat(30)}7f`, 0n)),
    vector('R the neutral point, x minus zero', false, sign(`01${'00'.repeat(30)}80`, 0n)),
    vector('S not reduced', false, plain + littleEndian(s + L)),
    vector('S of zero', false, plain + littleEndian(0n)),
    vector('R and S exchanged', false, good.slice(64) + good.slice(0, 64)),
    vector('a byte too few', false, good.slice(2)),
    vector('a byte too many', false, `${good}00`),
    vector('no point', false, good, `02${'00'.repeat(31)}`),
    ...smallOrderVectors(torsion),
    ...smallRVectors(torsion, (shown, of, by) => sign(shown, 0n, of, by)),
    ...mixedKeyVectors(torsion, (of, by) => sign(plain, r, of, by)),
  ];
}

/** Signatures by the text-book: under such a key they hold for one text in eight, or for all. */
function smallOrderVectors(torsion: InstanceType<typeof Edwards>): readonly Vector[] {
  const ofSmallOrder = Array.from({ length: 8 }, (_, times) =>
    inHex(torsion.multiplyUnsafe(BigInt(times)).toBytes()),
  );
  const keys = [...ofSmallOrder, ...NOT_REDUCED];
  return keys.flatMap((key) =>
    ofSmallOrder.map((r, at) => {
      const signature = r + '00'.repeat(32);
      const what = `Ed25519, under ${key.slice(0, 8)}… of small order, R ${r.slice(0, 8)}…`;
      return { what, key, text: `text ${at}`, signature, holds: false };
    }),
  );
}

/** By a key beside the group, with the one R for which the text-book's equation holds. */
function smallRVectors(
  torsion: InstanceType<typeof Edwards>,
  sign: (r: string, text: string, key: string) => string,
): readonly Vector[] {
  const key = inHex(Edwards.BASE.multiply(SECRET).add(torsion).toBytes());
  return Array.from({ length: 64 }, (_, at) => at).flatMap((at) => {
    const text = `text ${Math.floor(at / 8)}`;
    const times = BigInt(at % 8);
    const r = inHex(torsion.multiplyUnsafe(times).toBytes());
    if ((times + (kOf(r, key, text) % L)) % 8n !== 0n) return [];
    const what = `Ed25519, R ${r.slice(0, 8)}… of small order, ${text}`;
    return [{ what, key, text, signature: sign(r, text, key), holds: false }];
  });
}

/** Points of small order with a y above the field's, or a sign that zero does not have. */
const NOT_REDUCED = [
  `ee${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `01${'00'.repeat(30)}80`,
  `ee${'ff'.repeat(31)}`,
  `ed${'ff'.repeat(31)}`,
];

/** A key beside the group: what it signs holds where the hash, reduced, lets the rest fall away. */
function mixedKeyVectors(
  torsion: InstanceType<typeof Edwards>,
  sign: (text: string, key: string) => string,
): readonly Vector[] {
  const key = inHex(Edwards.BASE.multiply(SECRET).add(torsion).toBytes());
  return Array.from({ length: 24 }, (_, at) => {
    const text = `text ${at}`;
    const signature = sign(text, key);
    const holds = (kOf(signature.slice(0, 64), key, text) % L) % 8n === 0n;
    return { what: `Ed25519, a key beside the group, ${text}`, key, text, signature, holds };
  });
}

/** Key, text, signature. The texts of the other tests are no UTF-8. */
const PUBLISHED_ED25519 = [
  [
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
      '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    'r',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
] as const;
