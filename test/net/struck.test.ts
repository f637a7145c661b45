/** Controllers of true processes that are killed or frozen in the worst moment there is. */

import { afterEach, describe, expect, it } from 'vitest';
import {
  heightOf,
  lastMandate,
  openFleet,
  type TestFleet,
  violationsOf,
  winners,
} from './fleets.ts';
import { until } from './until.ts';

const open: TestFleet[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((fleet) => fleet.close()));
});

async function startFleet(peers: number, args: readonly string[]): Promise<TestFleet> {
  const test = await openFleet(['--facts', '--threads', '1', '--peers', String(peers), ...args]);
  open.push(test);
  for (let count = 0; count < peers; count += 1) test.fleet.start();
  return test;
}

/** How often anybody has said a proposal. */
function proposals(test: TestFleet): number {
  const facts = test.all('fact').filter(({ said }) => said.what === 'said');
  return facts.filter(({ said }) => 'message' in said && said.message.kind === 'proposal').length;
}

/** Resolves in the very moment in which one more is said. */
async function nextProposal(test: TestFleet): Promise<void> {
  const before = proposals(test);
  await until(() => proposals(test) > before, 'a proposal', 20_000);
}

describe('a controller that is killed right after a proposal', () => {
  it('leaves no two peers a different result, as long as a majority lasts', async () => {
    const test = await startFleet(7, ['--difficulty', 'fixed:17', '--heartbeat', '1s']);
    await until(() => heightOf(test) >= 1, 'results', 30_000);
    for (let time = 1; time <= 3; time += 1) {
      await nextProposal(test);
      const { term, place } = lastMandate(test);
      test.fleet.kill(place);
      await until(() => lastMandate(test).term > term, 'the next controller', 30_000);
      const before = heightOf(test);
      await until(() => heightOf(test) > before + 1, 'results again', 30_000);
    }
    expect(test.fleet.living).toBe(4);
    for (const digests of winners(test).values()) expect(digests.size).toBe(1);
    expect(violationsOf(test)).toEqual([]);
  });
});

describe('a controller that is frozen', () => {
  it('is followed by another, and obeys that one when it can move again', async () => {
    const test = await startFleet(5, ['--difficulty', 'fixed:17', '--heartbeat', '500ms']);
    await until(() => heightOf(test) >= 1, 'results', 30_000);
    const first = lastMandate(test);
    test.fleet.signal(first.place, 'SIGSTOP');
    await until(() => lastMandate(test).term > first.term, 'the next controller', 25_000);
    const before = heightOf(test);
    await until(() => heightOf(test) > before + 1, 'results without it', 30_000);
    test.fleet.signal(first.place, 'SIGCONT');
    const second = lastMandate(test);
    const obeys = (): boolean =>
      test
        .all('mandate')
        .some(({ place, said }) => place === first.place && said.term >= second.term);
    await until(obeys, 'the first one obeying', 20_000);
    const height = heightOf(test);
    await until(() => heightOf(test, first.place) > height, 'results at the first one', 30_000);
    expect(violationsOf(test)).toEqual([]);
  });
});
