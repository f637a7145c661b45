/** Hashes are counted over all works, those that came to nothing too. */

import { expect, test } from 'vitest';
import { CountingMiner } from '../../src/cli/counting-miner.ts';
import type { Miner, MinerEvents } from '../../src/client/miner.ts';
import type { WorkID } from '../../src/domain/names.ts';

test('the last count of each work is added up, and every report is passed on', () => {
  const listeners: MinerEvents[] = [];
  const miner: Miner = {
    listen: (events) => void listeners.push(events),
    mine: () => {},
    rest: () => {},
    close: () => Promise.resolve(),
  };
  const counting = new CountingMiner(miner);
  const heard: number[] = [];
  counting.listen({ onFound: () => {}, onSearched: ({ tried }) => heard.push(tried) });
  const report = (work: string, tried: number): void =>
    listeners[0]?.onSearched({
      work: work as WorkID,
      tried,
      perSecond: 0,
      near: [],
      exhausted: false,
    });
  report('a', 10);
  report('a', 25);
  expect(counting.tried).toBe(25);
  report('b', 5);
  report('b', 5);
  expect(counting.tried).toBe(30);
  report('a', 7); // The same work after another one: the pool begins anew.
  expect(counting.tried).toBe(37);
  expect(heard).toEqual([10, 25, 5, 5, 7]);
});
