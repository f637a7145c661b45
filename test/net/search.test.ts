/** A bounded search by true processes, of which some are killed on the way. */

import { afterEach, describe, expect, it } from 'vitest';
import type { Range } from '../../src/domain/quest.ts';
import { join, type Ranges } from '../../src/lease/ranges.ts';
import { lastMandate, openFleet, type TestFleet } from './fleets.ts';
import { endPrograms, Program, type Said } from './program.ts';
import { until } from './until.ts';

const open: TestFleet[] = [];

afterEach(async () => {
  await endPrograms();
  await Promise.all(open.splice(0).map((fleet) => fleet.close()));
});

/** Five peers: two may die, and three are still a majority. */
async function startFive(): Promise<TestFleet> {
  const test = await openFleet(['--peers', '5', '--threads', '1', '--difficulty', 'fixed:12']);
  open.push(test);
  for (let count = 0; count < 5; count += 1) test.fleet.start();
  await until(() => test.all('mandate').length >= 5, 'a mandate that all five know', 30_000);
  return test;
}

function askFor(test: TestFleet, args: readonly string[]): Program {
  const started = test.all('started')[0]?.said;
  const port = new URL(started?.url ?? '').port;
  return new Program(['search', '--json', '--port', port, ...args]);
}

/** What the asker heard to be searched. */
function coverOf(told: readonly Said[]): Ranges {
  const ranges = told.map(({ from, to }) => ({ from, to }) as Range);
  return ranges.reduce<Ranges>(join, []);
}

describe('sortition search', () => {
  it('covers all nonces exactly though a peer and the controller are killed', async () => {
    const to = 200_000_000;
    const test = await startFive();
    const asker = askFor(test, ['--prefix', 'nothing:', '--bits', '45', '--to', String(to)]);
    const share = (): number => Number(asker.all('covered').at(-1)?.['covered'] ?? 0) / to;

    await until(() => share() >= 0.15, 'a first share', 120_000);
    const searching = test.all('lease').at(-1);
    if (searching === undefined) throw new Error('Somebody searches.');
    test.fleet.kill(searching.place);
    await until(() => share() >= 0.3, 'a second share', 120_000);
    const first = lastMandate(test);
    test.fleet.kill(first.place);
    await until(() => lastMandate(test).term > first.term, 'another controller', 60_000);

    await until(() => asker.all('exhausted').length > 0, 'the answer', 240_000);
    expect(await asker.exit()).toBe(1);
    expect(coverOf(asker.all('covered'))).toEqual([{ from: 0, to }]);
    const [answer] = asker.all('exhausted');
    expect(answer).toMatchObject({ isProven: true, covered: to, of: to, named: 0 });
    expect(lastMandate(test).place).not.toBe(first.place);
    // What was covered under the first controller was not searched again under the second.
    const claims = asker.all('covered').reduce((sum, { from, to: end }) => {
      return sum + Number(end) - Number(from);
    }, 0);
    expect(claims).toBeLessThan(1.5 * to);

    // The three that are left find the lowest nonce, too.
    // SHA-1 of "abc38900" begins with 0000 43e0 (any sha1sum says so), and no nonce below does.
    const args = ['--prefix', 'abc', '--algorithm', 'sha1', '--bits', '16', '--to', '3000000'];
    const another = askFor(test, args);
    expect(await another.exit()).toBe(0);
    const [found] = another.all('found');
    const digest = '000043e016e621a470fdea19e3723e2559140992';
    expect(found).toMatchObject({ nonce: 38_900, digest, isProven: true, of: 38_900 });
  }, 900_000);
});
