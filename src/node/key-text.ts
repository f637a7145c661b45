/** Keys as people have them in files: PEM, or DER in hex or base64; and of what type they are. */

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** A public key: SubjectPublicKeyInfo, or what else PEM says. Null for what cannot be read. */
export function readPublicKey(text: string): KeyObject | null {
  if (isPem(text))
    return isOnePem(text) ? attempt(() => createPublicKey({ key: text, format: 'pem' })) : null;
  const key = bytesOf(text);
  return key === null ? null : attempt(() => createPublicKey({ key, format: 'der', type: 'spki' }));
}

/** A private key: PKCS #8, or SEC 1. Null for what cannot be read, and for what is encrypted. */
export function readPrivateKey(text: string): KeyObject | null {
  if (isPem(text))
    return isOnePem(text) ? attempt(() => createPrivateKey({ key: text, format: 'pem' })) : null;
  const key = bytesOf(text);
  if (key === null) return null;
  return (
    attempt(() => createPrivateKey({ key, format: 'der', type: 'pkcs8' })) ??
    attempt(() => createPrivateKey({ key, format: 'der', type: 'sec1' }))
  );
}

/** Whether it is PEM of a private key that a passphrase locks. */
export function isLockedPem(text: string): boolean {
  return isPem(text) && /\bENCRYPTED\b/.test(text);
}

/** Whether it is PEM of a private key, locked or not. */
export function isPrivatePem(text: string): boolean {
  return /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text);
}

/** Without the white space that editors and mail put into it. */
export function digitsOf(text: string): string {
  return text.replaceAll(/\s/g, '').toLowerCase();
}

const SEQUENCE = 0x30;
const LENGTH_BYTES_MOST = 4;

/** The types of Node; `ec` is told further by its curve. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['rsa', 'RSA'],
  ['rsa-pss', 'RSA-PSS'],
  ['dsa', 'DSA'],
  ['dh', 'Diffie-Hellman'],
  ['x25519', 'X25519'],
  ['x448', 'X448'],
  ['ed25519', 'Ed25519'],
  ['ed448', 'Ed448'],
]);

/** RFC 5480 section 2.1.1.1, SEC 2 and RFC 5639: identifiers of curves, in hex. */
const CURVES: ReadonlyMap<string, string> = new Map([
  ['2b81040021', 'P-224'],
  ['2a8648ce3d030107', 'P-256'],
  ['2b81040022', 'P-384'],
  ['2b81040023', 'P-521'],
  ['2b8104000a', 'secp256k1'],
  ['2b2403030208010107', 'brainpoolP256r1'],
  ['2b240303020801010b', 'brainpoolP384r1'],
  ['2b240303020801010d', 'brainpoolP512r1'],
]);

/**
 * The type of a key, as people call it: "RSA", "P-256", "P-256, compressed". Node is not asked for
 * the curve: on some keys that it has read, Node 20 aborts then.
 */
export function typeOf(key: KeyObject): string {
  const type = key.asymmetricKeyType ?? 'unknown';
  if (type !== 'ec') return TYPES.get(type) ?? type;
  const der = attempt(() =>
    key.type === 'public'
      ? key.export({ format: 'der', type: 'spki' })
      : key.export({ format: 'der', type: 'pkcs8' }),
  );
  // id-ecPublicKey, then the identifier of the curve with its length, or all of its parameters.
  const [, digits, rest = ''] =
    /06072a8648ce3d020106(..)(.*)$/.exec(der?.toString('hex') ?? '') ?? [];
  if (digits === undefined) return 'an elliptic curve without a name';
  const length = 2 * Number.parseInt(digits, 16);
  const curve = CURVES.get(rest.slice(0, length)) ?? 'another elliptic curve';
  const [, form] = /^03(?:81)?..00(..)/.exec(rest.slice(length)) ?? [];
  if (key.type !== 'public' || form === undefined || form === '04') return curve;
  return `${curve}, ${form === '02' || form === '03' ? 'compressed' : 'hybrid'}`;
}

function isPem(text: string): boolean {
  return text.includes('-----BEGIN ');
}

/** OpenSSL takes the first of several keys: which one is meant, nobody knows. */
function isOnePem(text: string): boolean {
  return text.match(/-----BEGIN [A-Z ]*KEY-----/g)?.length === 1;
}

/** Null where it is not one DER sequence and nothing else. */
function bytesOf(text: string): Buffer | null {
  const plain = text.replaceAll(/\s/g, '');
  const isHex = /^(?:[0-9a-f]{2})+$/i.test(plain);
  if (!isHex && !/^[A-Za-z0-9+/]+={0,2}$/.test(plain)) return null;
  const bytes = Buffer.from(plain, isHex ? 'hex' : 'base64');
  const [tag, length = 0] = bytes;
  if (tag !== SEQUENCE) return null;
  // X.690 section 8.1.3: from 128 on, the low bits say in how many bytes the length stands.
  const more = length < 0x80 ? 0 : length & 0x7f;
  if (more > LENGTH_BYTES_MOST || bytes.length < 2 + more) return null;
  const content = more === 0 ? length : bytes.readUIntBE(2, more);
  return bytes.length === 2 + more + content ? bytes : null;
}

function attempt<Value>(act: () => Value): Value | null {
  try {
    return act();
  } catch {
    return null;
  }
}
