import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, it } from 'vitest';
import type { P256Key, PublicKey } from '../../src/domain/names.ts';
import { generateIdentity, nodeHasher, nodeVerifier, signerOf } from '../../src/node/crypto.ts';
import { provesName } from '../../src/wire/identity.ts';
import { describeChecking, describeVerifier } from '../contracts/verifier.ts';

const p256Pair = (): { publicKey: P256Key; privateKey: KeyObject } => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const key = publicKey.export({ format: 'der', type: 'spki' }).toString('base64url');
  return { publicKey: key as P256Key, privateKey };
};

describeVerifier('by Node', nodeVerifier);
describeChecking('by Node', nodeVerifier, [
  ['Ed25519', () => signerOf(generateIdentity()), () => signerOf(generateIdentity())],
  ['P-256', () => signerOf(p256Pair()), () => signerOf(p256Pair())],
  ['Ed25519 beside P-256', () => signerOf(generateIdentity()), () => signerOf(p256Pair())],
]);

it('signs on P-256 with a low s alone, and another one each time', () => {
  const signer = signerOf(p256Pair());
  const signatures = Array.from({ length: 64 }, () => signer.sign('text'));
  expect(new Set(signatures).size).toBe(64);
  for (const signature of signatures)
    expect(nodeVerifier().verify(signer.publicKey, 'text', signature)).toBe(true);
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
