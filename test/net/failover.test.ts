/** Kills controllers of true processes while they hold a challenge open. */

import { afterEach, describe, expect, it } from 'vitest';
import { openFleet, type TestFleet } from './fleets.ts';
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

/** The challenge that is open now: heard of by all three, and without a result. */
function openChallenge(test: TestFleet): { transactionID: number; preimage: string } | null {
  const results = new Set(test.all('result').map(({ said }) => said.block.transactionID));
  const challenges = test.all('challenge');
  const challenge = challenges.at(-1)?.said;
  if (challenge === undefined || results.has(challenge.transactionID)) return null;
  const heard = challenges.filter(({ said }) => said.transactionID === challenge.transactionID);
  return heard.length < 3 ? null : challenge;
}

describe('a controller that is killed', () => {
  it('is followed by another, who goes on with its challenge, ten times of ten', async () => {
    let done = 0;
    for (let attempt = 1; done < 10 && attempt <= 20; attempt += 1) {
      if (await killAndFollow()) done += 1;
    }
    expect(done).toBe(10);
  }, 300_000);
});

/** False if the challenge was solved in the very moment of the kill: then nothing was shown. */
async function killAndFollow(): Promise<boolean> {
  const test = await startFleet(['--difficulty', 'fixed:20', '--threads', '1'], 3);
  await until(() => openChallenge(test) !== null, 'a challenge', 20_000);
  const challenge = openChallenge(test);
  const first = test.all('mandate')[0]?.said;
  if (challenge === null || first === undefined) throw new Error('There is a controller.');
  const killed = test.placeOf(first.controller);
  test.fleet.kill(killed);

  const { transactionID, preimage } = challenge;
  const results = () =>
    test.all('result').filter(({ said }) => said.block.transactionID === transactionID);
  await until(
    () => results().some(({ place }) => place !== killed),
    'a result for the challenge that was open',
    30_000,
  );
  const terms = new Set(test.all('mandate').map(({ said }) => said.term));
  const isShown = terms.has(2 as never);
  for (const { said } of results()) expect(said.preimage.startsWith(preimage)).toBe(true);
  const winners = new Set(results().map(({ said }) => said.digest));
  expect(winners.size).toBe(1);
  const second = test.all('mandate').find(({ said }) => said.term === 2)?.said;
  if (isShown) expect(second?.controller).not.toBe(first.controller);
  open.splice(open.indexOf(test), 1);
  await test.close();
  return isShown;
}

describe('a peer beyond the seats', () => {
  it('learns controller, ledger and open challenge within a second of its connection', async () => {
    const test = await startFleet(['--difficulty', 'fixed:23', '--threads', '1'], 3);
    await until(() => test.all('result').length >= 3, 'a first result', 60_000);
    const { place } = test.fleet.start();
    const said = (kind: string) =>
      test.said.find((telling) => telling.place === place && telling.said.kind === kind)?.said;
    const all = ['connected', 'founded', 'mandate', 'challenge'];
    await until(() => all.every((kind) => said(kind) !== undefined), 'it knowing all', 20_000);
    const connectedAt = said('connected')?.time ?? 0;
    for (const kind of all) expect((said(kind)?.time ?? 0) - connectedAt).toBeLessThan(1_000);
    expect(said('founded')).toMatchObject({ isMember: false });
  }, 90_000);
});
