/** Kills controllers of true processes while they hold a challenge open. */

import { afterEach, describe, expect, it } from 'vitest';
import { holdChallenge, lastMandate, openFleet, type TestFleet } from './fleets.ts';
import { until } from './until.ts';

const open: TestFleet[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((fleet) => fleet.close()));
});

async function startFleet(args: readonly string[], peers: number): Promise<TestFleet> {
  const test = await openFleet([...args, '--peers', String(peers)]);
  open.push(test);
  for (let count = 0; count < peers; count += 1) test.fleet.start();
  return test;
}

describe('a controller that is killed', () => {
  it('is followed by another, who goes on with its challenge, ten times of ten', async () => {
    for (let time = 0; time < 10; time += 1) await killAndFollow();
  }, 300_000);
});

async function killAndFollow(): Promise<void> {
  const test = await startFleet(['--difficulty', 'fixed:18', '--threads', '1'], 3);
  await until(() => test.all('challenge').length > 0, 'a challenge', 20_000);
  const { transactionID, preimage } = await holdChallenge(test, [1, 2, 3]);
  const first = lastMandate(test);
  test.fleet.kill(first.place);
  await until(() => lastMandate(test).term > first.term, 'another controller', 30_000);
  test.fleet.resume();

  const results = () =>
    test.all('result').filter(({ said }) => said.block.transactionID === transactionID);
  const livesOn = [1, 2, 3].filter((place) => place !== first.place);
  await until(
    () => livesOn.every((place) => results().some((result) => result.place === place)),
    'a result for the challenge that was open',
    30_000,
  );
  for (const { said } of results()) expect(said.preimage.startsWith(preimage)).toBe(true);
  expect(new Set(results().map(({ said }) => said.digest)).size).toBe(1);
  expect(lastMandate(test).place).not.toBe(first.place);
  open.splice(open.indexOf(test), 1);
  await test.close();
}

describe('a peer beyond the seats', () => {
  it('learns controller, ledger and open challenge long before they are said again', async () => {
    const seldom = ['--announce', '10m', '--heartbeat', '10m'];
    const test = await startFleet(['--difficulty', 'fixed:18', '--threads', '1', ...seldom], 3);
    await until(() => test.all('result').length >= 3, 'a first result', 60_000);
    await holdChallenge(test, [1, 2, 3]);
    const { place } = test.fleet.start();
    const said = (kind: string) =>
      test.said.find((telling) => telling.place === place && telling.said.kind === kind)?.said;
    const all = ['connected', 'founded', 'mandate', 'challenge'];
    await until(() => all.every((kind) => said(kind) !== undefined), 'it knowing all', 20_000);
    expect(said('founded')).toMatchObject({ isMember: false });
  });
});
