import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const MODULE = new URL('../../dist/src/node/young-heap.js', import.meta.url);

/** What new objects have room for, in MB, in a process that has kept many of them. */
function roomAfter(preparation: string): number {
  const script = `
    import { keepYoungHeapSmall } from ${JSON.stringify(MODULE.href)};
    import { getHeapSpaceStatistics } from 'node:v8';
    ${preparation};
    const kept = [];
    for (let count = 0; count < 1_000_000; count += 1) kept.push({ count });
    const room = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
    console.log(room.space_size / 2 ** 20, kept.length);
  `;
  const args = ['--input-type=module', '-e', script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return Number.parseFloat(stdout);
}

it('keeps the room for new objects as it is, which V8 would double', () => {
  const [grown, kept] = [roomAfter(''), roomAfter('keepYoungHeapSmall()')];
  expect(grown).toBeGreaterThan(8);
  expect(kept).toBeLessThan(grown / 2);
});
