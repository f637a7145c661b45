/** A broker that crashes and comes back: nobody is elected for it, and no work is lost. */

import { afterEach, describe, expect, it } from 'vitest';
import { BrokerProcess } from '../../src/cli/broker-process.ts';
import { type BrokerKind, describeMissing } from '../../src/cli/broker-recipes.ts';
import type { Place } from '../../src/cli/fleet.ts';
import { openFleet, PROGRAM, type TestFleet, violationsOf } from './fleets.ts';
import { skipLoudly } from './loud-skip.ts';
import { until } from './until.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const PEERS = 4;

/** The challenge that all know, while nobody has a solution; null while there is none. */
function unsolved(test: TestFleet): number | null {
  const last = test.all('challenge').at(-1)?.said.transactionID;
  if (last === undefined) return null;
  const knowing = test.all('challenge').filter(({ said }) => said.transactionID === last);
  const isFound = test.all('found').some(({ said }) => said.transactionID === last);
  return new Set(knowing.map(({ place }) => place)).size === PEERS && !isFound ? last : null;
}

describe.each(['embedded', 'mosquitto'] as const satisfies BrokerKind[])(
  'a broker (%s) that is killed and back soon',
  (kind) => {
    it('finds the same controller, and solutions that were found meanwhile', async (context) => {
      const broker = await BrokerProcess.open(kind, PROGRAM);
      if (broker === null) skipLoudly(context, describeMissing(kind));
      cleanups.push(() => broker.end());
      const args = ['--facts', '--peers', String(PEERS), '--threads', '1'];
      const test = await openFleet([...args, '--difficulty', 'fixed:23'], broker.port);
      cleanups.push(() => test.close());
      for (let count = 0; count < PEERS; count += 1) test.fleet.start();
      await until(() => unsolved(test) !== null, 'a challenge', 30_000);
      const challenge = unsolved(test);
      await broker.kill();
      const found = () => test.all('found').filter(({ said }) => said.transactionID === challenge);
      const lostAt = (place: Place) =>
        test.all('disconnected').find((each) => each.place === place)?.said.time ??
        Number.POSITIVE_INFINITY;
      const isMeanwhile = ({ place, said }: ReturnType<typeof found>[number]): boolean =>
        said.time > lostAt(place);
      await until(() => found().some(isMeanwhile), 'a solution without a broker', 60_000);
      await broker.start();
      const result = () =>
        test.all('result').find(({ said }) => said.block.transactionID === challenge)?.said;
      await until(() => result() !== undefined, 'its result', 30_000);
      await until(() => test.all('connected').length >= 2 * PEERS, 'all being back', 20_000);

      const names = test.all('started');
      const solutions = found().map(({ place, said }) => ({
        miner: names.find((each) => each.place === place)?.said.peer,
        solution: said.solution,
      }));
      const { clientID: miner, solution } = result()?.block ?? {};
      expect(solutions).toContainEqual({ miner, solution });
      // And it goes on, under the one controller that it had.
      await until(
        () => test.all('result').some(({ said }) => said.block.transactionID > (challenge ?? 0)),
        'the next result',
        60_000,
      );
      expect(new Set(test.all('mandate').map(({ said }) => said.term))).toEqual(new Set([1]));
      expect(test.all('election').filter(({ said }) => said.suspicion !== 'founding')).toEqual([]);
      expect(violationsOf(test)).toEqual([]);
    }, 180_000);
  },
);
