import { expect, it } from 'vitest';
import { writeRounds } from '../../kernels/rounds.ts';
import type { NonceForm } from '../../src/domain/contract.ts';
import type { Algorithm } from '../../src/domain/quest.ts';

/** A function of a kernel's rounds, line by line. */
function linesOf(algorithm: Algorithm, form: NonceForm, name: string): readonly string[] {
  const lines = writeRounds(algorithm, form).get('rounds.ts')?.split('\n') ?? [];
  const start = lines.findIndex((line) => line.startsWith(`function ${name}(`));
  const next = lines.findIndex((line, index) => index > start && /^(export )?function/.test(line));
  return start < 0 ? [] : lines.slice(start, next);
}

const count = (lines: readonly string[], text: string): number =>
  lines.filter((line) => line.includes(text)).length;

it('of 64 rounds, those before the open word are computed once for a step', () => {
  const loop = linesOf('sha256', 'padded-hex', 'stage3_0');
  expect(count(loop, 'four.bigSigma1(')).toBe(50);
  expect(count(loop, 'four.bigSigma0(')).toBe(50);
  // So many of the words 16 to 63 are made of a word that varies, 15 or 2 before them.
  expect(count(loop, 'four.smallSigma0(')).toBe(27);
  expect(count(loop, 'four.smallSigma1(')).toBe(39);
});

it('digesting a digest again is one more stage, in which only the first state is constant', () => {
  const again = linesOf('sha256d', 'padded-hex', 'again1');
  expect(count(again, 'four.bigSigma1(')).toBe(63);
  expect(linesOf('sha256', 'padded-hex', 'again1')).toEqual([]);
  const search = linesOf('sha256d', 'padded-hex', 'search3');
  expect(search).toContain('stage3_0(group, stop);');
  expect(search).toContain('const hit = again1(group, stop, mask);');
});

it('of SHA-1, each rotation of the open word is computed once', () => {
  const loop = linesOf('sha1', 'padded-hex', 'stage3_0');
  const open = /const (n\d+) = v128\.load\(OPEN/.exec(loop.join('\n'))?.[1];
  expect(count(loop, `four.rotateLeft(${open}, `)).toBe(22);
});

it('a second block without open digits costs its rounds, but no schedule', () => {
  const loop = linesOf('sha256', 'decimal', 'stage4_1');
  expect(count(loop, 'four.bigSigma1(')).toBe(64);
  expect(count(loop, 'four.smallSigma')).toBe(0);
  expect(count(loop, 'place(')).toBe(0);
});

it('a kernel of padded nonces has one layout, one of decimal nonces six', () => {
  const layouts = (form: NonceForm): number =>
    count(writeRounds('sha256d', form).get('rounds.ts')?.split('\n') ?? [], 'function fold');
  // One `fold` chooses among the others.
  expect(layouts('padded-hex')).toBe(1 + 1);
  expect(layouts('decimal')).toBe(6 + 1);
});
