import { expect, it } from 'vitest';
import { Writer } from '../../kernels/writer.ts';

it('what is alike for all nonces is computed once for a step', () => {
  const writer = new Writer(0);
  const alike = writer.load('STATE');
  const sum = writer.add(alike, writer.literal(1));
  expect(sum.varies).toBe(false);
  expect(writer.once).toEqual([
    'const s0 = load<i32>(STATE);',
    'const s1 = one.add(s0, 0x00000001);',
  ]);
  expect(writer.perNonce).toEqual([]);
});

it('of a sum, the nonces add the alike part as one constant', () => {
  const writer = new Writer(0);
  const varying = writer.loadFour('OPEN');
  const sum = writer.add(writer.load('STATE'), varying, writer.literal(-1));
  expect(sum).toEqual({ varies: true, name: 'n3' });
  expect(writer.once).toEqual([
    'const s1 = load<i32>(STATE);',
    'const s2 = one.add(s1, 0xffffffff);',
    'store<i32>(CONSTANTS + 0, s2);',
  ]);
  expect(writer.perNonce).toEqual([
    'const n0 = v128.load(OPEN);',
    'const n3 = four.add(four.constant(CONSTANTS + 0), n0);',
  ]);
});

it('nothing is computed or kept twice', () => {
  const writer = new Writer(0);
  const [alike, varying] = [writer.load('STATE'), writer.loadFour('OPEN')];
  const first = writer.xor(varying, alike);
  const written = [writer.once.length, writer.perNonce.length];
  expect(writer.xor(varying, alike)).toBe(first);
  expect([writer.once.length, writer.perNonce.length]).toEqual(written);
  writer.call('and', alike, varying);
  expect(writer.once).toHaveLength(written[0] ?? 0);
});

it('a rotation by nothing writes nothing', () => {
  const writer = new Writer(0);
  const word = writer.loadFour('OPEN');
  expect(writer.rotateLeft(word, 0)).toBe(word);
  expect(writer.rotateLeft(word, 1).varies).toBe(true);
});

it('stages keep their words apart', () => {
  const writer = new Writer(2);
  writer.xor(writer.loadFour('OPEN'), writer.literal(1));
  expect(writer.once).toEqual(['store<i32>(CONSTANTS + 1024, 0x00000001);']);
});

it('more constants than a kernel has place for are refused', () => {
  const writer = new Writer(0);
  const varying = writer.loadFour('OPEN');
  const keep = (count: number): unknown => writer.xor(varying, writer.literal(count));
  for (let count = 0; count < 128; count += 1) keep(count);
  expect(() => keep(128)).toThrow('A kernel has place for what a step keeps.');
});
