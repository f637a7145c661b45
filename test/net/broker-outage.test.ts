/** A broker that crashes and comes back: nobody is elected for it, and no work is lost. */

import { afterEach, describe, expect, it } from 'vitest';
import { BrokerProcess } from '../../src/cli/broker-process.ts';
import { type BrokerKind, describeMissing } from '../../src/cli/broker-recipes.ts';
import { holdChallenge, openFleet, PROGRAM, violationsOf } from './fleets.ts';
import { skipLoudly } from './loud-skip.ts';
import { until } from './until.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const PEERS = 4;

describe.each(['embedded', 'mosquitto'] as const satisfies BrokerKind[])(
  'a broker (%s) that is killed and back soon',
  (kind) => {
    it('finds the same controller, and solutions that were found meanwhile', async (context) => {
      const broker = await BrokerProcess.open(kind, PROGRAM);
      if (broker === null) skipLoudly(context, describeMissing(kind));
      cleanups.push(() => broker.end());
      const args = ['--facts', '--peers', String(PEERS), '--threads', '1'];
      const test = await openFleet([...args, '--difficulty', 'fixed:19'], broker.port);
      cleanups.push(() => test.close());
      for (let count = 0; count < PEERS; count += 1) test.fleet.start();
      await until(() => test.all('challenge').length > 0, 'a challenge', 30_000);
      const { transactionID: challenge } = await holdChallenge(test, [1, 2, 3, 4]);
      await broker.kill();
      const lost = () => new Set(test.all('disconnected').map(({ place }) => place));
      await until(() => lost().size === PEERS, 'all having lost it', 20_000);
      test.fleet.resume();
      const found = () => test.all('found').filter(({ said }) => said.transactionID === challenge);
      await until(() => found().length > 0, 'a solution without a broker', 60_000);
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
        () => test.all('result').some(({ said }) => said.block.transactionID > challenge),
        'the next result',
        60_000,
      );
      expect(new Set(test.all('mandate').map(({ said }) => said.term))).toEqual(new Set([1]));
      expect(test.all('election').filter(({ said }) => said.suspicion !== 'founding')).toEqual([]);
      expect(violationsOf(test)).toEqual([]);
    });
  },
);
