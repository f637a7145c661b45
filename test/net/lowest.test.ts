/** Three true servers with the small ids of the exercise: the lowest that is here governs. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Place } from '../../src/cli/fleet.ts';
import { heightOf, lastMandate, openFleet, type TestFleet, violationsOf } from './fleets.ts';
import { until } from './until.ts';

let place = '';
let test: TestFleet | null = null;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'sortition-lowest-'));
});
afterEach(async () => {
  await test?.close();
  rmSync(place, { recursive: true });
});

it('2 governs when 1 is killed, and 1 again once it is back', async () => {
  const opened = await openFleet([
    ...['--peers', '3', '--threads', '1', '--difficulty', 'fixed:12', '--facts'],
    ...['--election', 'lowest', '--heartbeat', '1s'],
  ]);
  test = opened;
  const start = (name: number): Place =>
    opened.fleet.start(['--name', String(name), '--data', join(place, `p${name}`)]).place;
  const [first, second] = [start(1), start(2), start(3)];
  const governs = (peer: Place | undefined, after: number): boolean => {
    if (opened.all('mandate').length === 0) return false;
    const last = lastMandate(opened);
    // Whoever comes back is a process of its own, and the same peer.
    return last.term > after && last.place === peer;
  };
  await until(() => governs(first, 0), 'server 1 as controller', 40_000);
  await until(() => heightOf(opened) >= 2, 'three results', 40_000);

  opened.fleet.kill(first ?? 0);
  const { term } = lastMandate(opened);
  await until(() => governs(second, term), 'server 2 as controller', 40_000);

  const back = start(1);
  const { term: later } = lastMandate(opened);
  await until(() => governs(first, later), 'server 1 as controller again', 60_000);
  const isToldBySelf = (): boolean =>
    opened.all('mandate').some(({ place: who, said }) => who === back && said.isSelf);
  await until(isToldBySelf, 'its own word for it');
  const steps = opened.all('stepped-down').filter(({ said }) => said.why === 'lower-member');
  expect(steps.map(({ place: who }) => who)).toEqual([second]);
  const called = opened.all('called').filter(({ place: who }) => who === back);
  expect(new Set(called.map(({ said }) => said.name))).toEqual(new Set([1, 2, 3]));
  const before = heightOf(opened);
  await until(() => heightOf(opened) > before, 'a result under it', 40_000);
  expect(violationsOf(opened)).toEqual([]);
});
