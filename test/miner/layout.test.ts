import { expect, it } from 'vitest';
import { messageOf, NONCES, solutionOf } from '../../src/miner/layout.ts';

it('a text is 55 bytes modulo 64 long, whatever its header, with 16 digits at least', () => {
  for (let length = 0; length <= 200; length += 1) {
    const work = { header: 'x'.repeat(length) };
    for (const nonce of [0, 1, 4095, 4096, NONCES - 1]) {
      const solution = solutionOf(work, nonce);
      expect(solution).toMatch(/^[0-9a-f]{16,79}$/);
      expect(messageOf(work, nonce).length % 64).toBe(55);
      expect(Number.parseInt(solution, 16)).toBe(nonce);
    }
  }
});

it('a decimal nonce is written as it is', () => {
  const work = { header: 'último bloco ', nonceForm: 'decimal' } as const;
  expect(solutionOf(work, 0)).toBe('0');
  expect(solutionOf(work, NONCES - 1)).toBe('4503599627370495');
  expect(new TextDecoder().decode(messageOf(work, 13))).toBe('último bloco 13');
});

it('only what is a nonce has a solution', () => {
  for (const nonce of [-1, 0.5, NONCES, Number.NaN]) {
    expect(() => solutionOf({ header: '' }, nonce)).toThrow('A nonce is below 2^52.');
  }
});
