/** What every check of signatures must answer: one suite, as ledgers rest on it that all agree. */

import { describe, expect, it } from 'vitest';
import type { Signer, Verifier } from '../../src/domain/crypto.ts';
import type { SignerKey } from '../../src/domain/names.ts';
import { ed25519Vectors } from './ed25519-vectors.ts';
import { p256Vectors } from './p256-vectors.ts';

const spelled = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url');

/** Of any check, also one of toy keys: what `signers` sign holds, and nothing beside it. */
export function describeChecking(
  name: string,
  verifier: () => Verifier,
  signers: readonly [string, () => Signer<SignerKey>, other: () => Signer<SignerKey>][],
): void {
  describe.each(signers)(`a check of signatures ${name}, under %s`, (_, signer, other) => {
    const [ours, theirs] = [signer(), other()];
    const text = 'päivää';
    const signature = ours.sign(text);

    it('holds for what the key signed, however often it is asked, and on any thread', async () => {
      const checks = verifier();
      for (let time = 0; time < 3; time += 1)
        expect(checks.verify(ours.publicKey, text, signature)).toBe(true);
      expect((await checks.verifyAside?.(ours.publicKey, text, signature)) ?? true).toBe(true);
    });

    it.each([
      ['another text', ours.publicKey, `${text} `, signature],
      ['no text', ours.publicKey, '', signature],
      ['another key', theirs.publicKey, text, signature],
      ['the signature of another text', ours.publicKey, text, ours.sign('another')],
      ['a signature by another key', ours.publicKey, text, theirs.sign(text)],
      ['half a signature', ours.publicKey, text, signature.slice(0, 43)],
      ['no signature', ours.publicKey, text, ''],
    ])('does not hold for %s', async (_, key, of, by) => {
      const checks = verifier();
      expect(checks.verify(key, of, by)).toBe(false);
      expect((await checks.verifyAside?.(key, of, by)) ?? false).toBe(false);
    });
  });
}

/** Of one that checks what is signed with true keys: published vectors, and crafted ones. */
export function describeVerifier(name: string, verifier: () => Verifier): void {
  describe(`signatures checked ${name}`, () => {
    const checks = verifier();
    const vectors = [...ed25519Vectors(), ...p256Vectors()].map((each) => {
      return [each.what, each.holds ? 'holds' : 'does not', each] as const;
    });
    it.each(vectors)('%s: %s', async (_, __, { key, text, signature, holds }) => {
      const asked = [spelled(key) as SignerKey, text, spelled(signature)] as const;
      expect(checks.verify(...asked)).toBe(holds);
      expect((await checks.verifyAside?.(...asked)) ?? holds).toBe(holds);
    });

    it('takes a key in one spelling alone, though another one is of the same bytes', () => {
      const [vector] = p256Vectors().filter(({ holds }) => holds);
      const { key = '', text = '', signature = '' } = vector ?? {};
      const [right, by] = [spelled(key), spelled(signature)];
      // The last digit stands for two bits, and is A, Q, g or w.
      const wrong = right.slice(0, -1) + String.fromCharCode(right.charCodeAt(121) + 1);
      expect(Buffer.from(wrong, 'base64url')).toEqual(Buffer.from(right, 'base64url'));
      expect([right, wrong].map((each) => checks.verify(each as SignerKey, text, by))).toEqual([
        true,
        false,
      ]);
    });

    it.each(['', 'short', '/'.repeat(43), '='.repeat(43), 'A'.repeat(44), 'A'.repeat(122)])(
      'no key is spelled "%s", and none throws',
      (key) => expect(checks.verify(key as SignerKey, 'text', 'A'.repeat(86))).toBe(false),
    );
  });
}
