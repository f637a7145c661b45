import { expect, it } from 'vitest';
import type { PublicKey } from '../../src/domain/names.ts';
import { generateIdentity, nodeHasher, nodeVerifier, signerOf } from '../../src/node/crypto.ts';
import { provesName } from '../../src/wire/identity.ts';

/** RFC 8032 section 7.1, tests 1 and 2: key, text, signature. Other tests' texts are not UTF-8. */
const VECTORS = [
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

const base64url = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url');

it.each(VECTORS)('checks the signature by %s over "%s" as RFC 8032 has it', (key, text, hex) => {
  const verifier = nodeVerifier();
  const [publicKey, signature] = [base64url(key) as PublicKey, base64url(hex)];
  expect(verifier.verify(publicKey, text, signature)).toBe(true);
  expect(verifier.verify(publicKey, `${text}x`, signature)).toBe(false);
  const other = base64url(`00${hex.slice(2)}`);
  expect(verifier.verify(publicKey, text, other)).toBe(false);
});

it('hashes as FIPS 180-4 has it, texts as UTF-8 and bytes as they are', () => {
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(nodeHasher.sha256('abc')).toBe(abc);
  expect(nodeHasher.sha256(Uint8Array.of(0x61, 0x62, 0x63))).toBe(abc);
  expect(nodeHasher.sha256('é')).toBe(nodeHasher.sha256(Uint8Array.of(0xc3, 0xa9)));
});

it('a new identity proves its name and signs what its key verifies', () => {
  const identity = generateIdentity();
  expect(provesName(identity, nodeHasher)).toBe(true);
  const signer = signerOf(identity);
  expect(signer.publicKey).toBe(identity.publicKey);
  const signature = signer.sign('text ü');
  expect(signature).toMatch(/^[A-Za-z0-9_-]{86}$/);
  expect(nodeVerifier().verify(identity.publicKey, 'text ü', signature)).toBe(true);
});

it('two identities differ', () => {
  expect(generateIdentity().clientID).not.toBe(generateIdentity().clientID);
});

it('says false, and throws nothing, for keys and signatures that are none', () => {
  const { publicKey } = generateIdentity();
  const good = 'A'.repeat(86);
  const verifier = nodeVerifier();
  for (const key of [
    '',
    'short',
    'A'.repeat(43),
    '/'.repeat(43),
    '='.repeat(43),
    `${publicKey}A`,
  ]) {
    expect(verifier.verify(key as PublicKey, 'text', good)).toBe(false);
  }
  for (const signature of ['', 'A', '!'.repeat(86), 'A'.repeat(85), 'A'.repeat(90), good]) {
    expect(verifier.verify(publicKey, 'text', signature)).toBe(false);
  }
});

it('takes no key of small order, under which anybody could sign anything', () => {
  const zeros = '00'.repeat(31);
  const keys = [`${zeros}00`, `${zeros}80`, `01${zeros}`, `ec${'ff'.repeat(30)}7f`];
  const verifier = nodeVerifier();
  for (const key of keys) {
    // The text-book forgery: the key's own kind of point, and a scalar of zero.
    for (const point of keys) {
      const signature = base64url(`${point}${'00'.repeat(32)}`);
      const holds = Array.from({ length: 16 }, (_, number) =>
        verifier.verify(base64url(key) as PublicKey, `text ${number}`, signature),
      );
      expect(holds).not.toContain(true);
    }
  }
});

it('goes on checking after it has met more keys than it keeps', () => {
  const verifier = nodeVerifier();
  const identity = generateIdentity();
  const signature = signerOf(identity).sign('text');
  expect(verifier.verify(identity.publicKey, 'text', signature)).toBe(true);
  for (let number = 0; number < 1100; number += 1) {
    const bytes = Buffer.alloc(32);
    bytes.writeUInt16BE(number);
    verifier.verify(bytes.toString('base64url') as PublicKey, 'text', signature);
  }
  expect(verifier.verify(identity.publicKey, 'text', signature)).toBe(true);
});
