/** Terminals that are closed, or killed, one after another, and opened again. */

import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import type { Place } from '../../src/cli/fleet.ts';
import { heightOf, lastMandate, openFleet, type TestFleet, violationsOf } from './fleets.ts';
import { until } from './until.ts';

const open: TestFleet[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((fleet) => fleet.close()));
});

async function startFleet(peers: number, args: readonly string[]): Promise<TestFleet> {
  const test = await openFleet(['--facts', '--threads', '1', '--peers', String(peers), ...args]);
  open.push(test);
  for (let count = 0; count < peers; count += 1) test.fleet.start();
  await until(() => heightOf(test) >= 0, 'a result', 60_000);
  return test;
}

/** The roster as one peer knows it, which tells the changes since its founding. */
function membersOf(test: TestFleet, place: Place): readonly string[] {
  const last = test.all('roster').findLast((each) => each.place === place);
  const first = test.all('founded').find((each) => each.place === place);
  return (last ?? first)?.said.members ?? [];
}

/** Three ways to be told; `q` in a terminal does what these do. */
const WAYS = ['SIGTERM', 'SIGHUP', 'parent'] as const;

describe('nine of ten that are closed one after another', () => {
  it('each say goodbye, and the last goes on until nine new ones have come', async () => {
    const test = await startFleet(10, ['--difficulty', 'fixed:16', '--heartbeat', '1s']);
    const { fleet } = test;
    for (let gone = 1; gone <= 9; gone += 1) {
      const way = WAYS[gone % WAYS.length] ?? 'parent';
      if (way === 'parent') fleet.leave(gone);
      else fleet.signal(gone, way);
      await until(() => !fleet.isAlive(gone), `the end of ${gone}`, 20_000);
    }
    await until(() => test.all('ended').length === 9, 'nine last words');
    expect(test.all('ended').every(({ said }) => said.reason === 'left')).toBe(true);
    await until(() => membersOf(test, 10).length === 1, 'a roster of one', 20_000);
    const alone = heightOf(test, 10);
    await until(() => heightOf(test, 10) > alone + 1, 'results of the last one', 60_000);

    for (let come = 1; come <= 9; come += 1) fleet.start();
    await until(() => membersOf(test, 10).length === 10, 'nine being admitted', 90_000);
    const together = heightOf(test);
    const everywhere = (): boolean =>
      [10, 11, 12, 13, 14, 15, 16, 17, 18, 19].every((place) => heightOf(test, place) > together);
    await until(everywhere, 'results everywhere', 60_000);
    expect(violationsOf(test)).toEqual([]);
  });
});

describe('peers that are killed one by one, with the removal time between', () => {
  it('go on down to two; of two, the last says that it is no quorum', async () => {
    const args = ['--difficulty', 'fixed:16', '--heartbeat', '500ms', '--removal', '4s'];
    const test = await startFleet(5, args);
    const { fleet } = test;
    const alive = (): Place[] => [1, 2, 3, 4, 5].filter((place) => fleet.isAlive(place));
    for (let left = 4; left >= 2; left -= 1) {
      // Now the controller, now somebody else.
      const controller = lastMandate(test).place;
      const victim = left === 3 ? alive().find((place) => place !== controller) : controller;
      fleet.kill(victim ?? 0);
      // Not the controller alone must know: it may be the next one.
      const know = (): boolean => alive().every((place) => membersOf(test, place).length === left);
      await until(know, `a roster of ${left}`, 60_000);
    }
    const before = heightOf(test);
    await until(() => heightOf(test) > before + 1, 'results of the last two', 60_000);

    const controller = lastMandate(test).place;
    fleet.kill(alive().find((place) => place !== controller) ?? 0);
    const told = () => test.all('no-quorum').find(({ said }) => said.of === 2)?.said;
    await until(() => told() !== undefined, 'no quorum', 60_000);
    expect(told()).toMatchObject({ present: 1, needed: 2, of: 2 });
    expect(violationsOf(test)).toEqual([]);
  });
});

describe('a command with nothing left that could bring it to its end', () => {
  it('ends with a sentence and a code', () => {
    const { href } = new URL('../../dist/src/cli/exit.js', import.meta.url);
    const program = [
      "import { Command } from 'commander';",
      `import { run } from '${href}';`,
      "await run(new Command('wait').action(() => new Promise(() => {})), []);",
    ].join('\n');
    const args = ['--input-type=module', '--eval', program];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status).toBe(70);
    expect(stderr).toMatch(/^This is a bug in sortition: nothing is left to wait for/);
  });
});
