import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const MODULE = new URL('../../dist/src/node/old-heap.js', import.meta.url);

/** The most that is in the heap, in MB, while a process exchanges the 21 MB that it keeps. */
function mostAfter(preparation: string): number {
  const script = `
    import { keepOldHeapSmall } from ${JSON.stringify(MODULE.href)};
    import { getHeapStatistics } from 'node:v8';
    ${preparation};
    const kept = [];
    let most = 0;
    for (let count = 0; count < 300_000; count += 1) {
      kept[count % 20_000] = new Array(128).fill(count);
      const isSteady = count > 150_000 && count % 1_000 === 0;
      if (isSteady) most = Math.max(most, getHeapStatistics().used_heap_size);
    }
    console.log(most / 1e6, kept.length);
  `;
  const args = ['--input-type=module', '-e', script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return Number.parseFloat(stdout);
}

const major = Number.parseInt(process.versions.node, 10);

// The V8 of Node 22 and 24 takes no notice.
it.skipIf(major >= 22)('clears up long before V8 would', () => {
  const [grown, kept] = [mostAfter(''), mostAfter('keepOldHeapSmall()')];
  expect(grown).toBeGreaterThan(60);
  expect(kept).toBeLessThan(0.8 * grown);
});
