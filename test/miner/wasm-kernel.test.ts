import { assert, describe, expect, it } from 'vitest';
import { loadKernel } from '../../src/miner/kernel-file.ts';
import { PUZZLES } from '../../src/miner/puzzles.ts';
import { testKernel, workOf, zerosOf } from '../contracts/kernel.ts';

describe.each(PUZZLES)('in WebAssembly, $algorithm of a $nonceForm nonce:', (puzzle) => {
  const prepare = loadKernel(puzzle);
  assert(prepare !== null, 'This Node has WebAssembly with vectors.');
  const { algorithm, nonceForm } = puzzle;
  testKernel(`${algorithm} ${nonceForm}`, prepare, { algorithm, nonceForm });

  it('shares an instance with a kernel of another header in mid-scan', () => {
    const work = workOf('x'.repeat(100), 10, { algorithm, nonceForm });
    const all = prepare(work).scan(5000, 20_000);
    const kernel = prepare(work);
    const other = prepare({ ...work, header: 'y' });
    for (let from = 5000; from < 25_000; from += 250) {
      other.scan(from, 250);
      const { found } = kernel.scan(from, 250);
      if (found === null) continue;
      expect(found).toBe(all.found);
      break;
    }
    expect(zerosOf(work, all.found ?? 0)).toBeGreaterThanOrEqual(10);
  });
});

it('a header of any text may stand before a decimal nonce', () => {
  for (const puzzle of PUZZLES.filter(({ nonceForm }) => nonceForm === 'decimal')) {
    const work = workOf('último bloco 🧱'.repeat(9), 8, puzzle);
    const { found } = loadKernel(puzzle)?.(work).scan(0, 10_000) ?? {};
    expect(zerosOf(work, found ?? 0)).toBeGreaterThanOrEqual(8);
  }
});
