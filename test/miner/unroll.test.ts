import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { unrolled } from './unroll.ts';

it('the unrolled rounds are what their generator writes', async () => {
  const file = new URL('../../src/miner/sha256-rounds.ts', import.meta.url);
  await expect(unrolled()).toMatchFileSnapshot(fileURLToPath(file));
});
