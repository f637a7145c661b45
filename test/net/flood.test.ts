/** A stranger that floods the broker with garbage, while true processes go about their work. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { BrokerProcess } from '../../src/cli/broker-process.ts';
import { heightOf, openFleet, PROGRAM, type TestFleet, violationsOf } from './fleets.ts';
import { until } from './until.ts';

const flooder = fileURLToPath(new URL('../../dist/src/cli/flooder-process.js', import.meta.url));

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function flood(port: number): ChildProcess {
  const args = [flooder, `mqtt://127.0.0.1:${port}`, 'sd', '1000'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  cleanups.push(async () => {
    const exited = child.exitCode === null ? once(child, 'exit') : null;
    child.disconnect();
    await exited;
  });
  return child;
}

/** How many messages a peer has refused, and for how many reasons. */
function refused(test: TestFleet, place: number): { count: number; codes: number } {
  const notes = test.all('refused').filter((each) => each.place === place);
  const count = notes.reduce((sum, { said }) => sum + said.count, 0);
  return { count, codes: new Set(notes.map(({ said }) => said.code)).size };
}

it('a thousand messages of garbage a second keep nobody from results', async () => {
  const broker = await BrokerProcess.open('embedded', PROGRAM);
  if (broker === null) throw new Error('Our own broker is there.');
  cleanups.push(() => broker.end());
  const args = ['--facts', '--peers', '4', '--threads', '1', '--difficulty', 'fixed:17'];
  const test = await openFleet(args, broker.port);
  cleanups.push(() => test.close());
  const peers = [1, 2, 3, 4];
  for (const _ of peers) test.fleet.start();
  await until(() => heightOf(test) >= 1, 'results', 30_000);
  flood(broker.port);
  const areFlooded = (): boolean => peers.every((place) => refused(test, place).count > 3_000);
  await until(areFlooded, 'thousands of refusals at everybody', 40_000);
  const before = heightOf(test);
  const goOn = (): boolean => peers.every((place) => heightOf(test, place) >= before + 3);
  await until(goOn, 'results in the midst of it', 40_000);
  for (const place of peers) expect(refused(test, place).codes).toBeGreaterThanOrEqual(4);
  // Nobody lost sight of the controller.
  expect(new Set(test.all('mandate').map(({ said }) => said.term))).toEqual(new Set([1]));
  expect(test.fleet.living).toBe(4);
  expect(violationsOf(test)).toEqual([]);
});
