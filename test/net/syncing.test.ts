/** True processes: one fetches a ledger from another, is killed at it, and goes on from there. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { makeLedger } from '../../src/cli/bench-ledger.ts';
import type { Digest } from '../../src/domain/names.ts';
import { rulesOf } from '../../src/ledger/rules.ts';
import { openLedger } from '../../src/node/data-directory.ts';
import { openFleet } from './fleets.ts';
import { until } from './until.ts';

const RULES = { peers: 3, difficulty: 'fixed:1' };
/** Of twenty pages and more, which take almost half a second at the very least. */
const BLOCKS = 4_000;
const TRANSACTIONS = 200;

const undo: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function digestsIn(data: string): Promise<readonly Digest[]> {
  const ledger = await openLedger(data);
  const digests: Digest[] = [];
  for await (const { digest } of ledger.sealed()) digests.push(digest);
  await ledger.close();
  return digests;
}

it('a peer that is killed while it fetches a long ledger goes on where it was', async () => {
  const place = mkdtempSync(join(tmpdir(), 'sortition-syncing-'));
  undo.push(() => rmSync(place, { recursive: true }));
  const [helper, late] = [join(place, 'helper'), join(place, 'late')];
  await makeLedger(helper, rulesOf(RULES), { blocks: BLOCKS, transactions: TRANSACTIONS });
  const { peers, difficulty } = RULES;
  const args = ['--peers', String(peers), '--difficulty', difficulty, '--no-mine'];
  const test = await openFleet([...args, '--heartbeat', '500ms']);
  undo.push(() => test.close());
  test.fleet.start(['--data', helper]);
  await until(() => test.all('mandate').length > 0, 'its mandate', 60_000);

  const first = test.fleet.start(['--data', late]).place;
  const told = () => test.all('syncing').find((telling) => telling.place === first)?.said;
  await until(() => told() !== undefined, 'the first page', 60_000);
  test.fleet.kill(first);
  await until(() => !test.fleet.isAlive(first), 'its death', 20_000);
  expect(told()).toMatchObject({ from: 0, of: BLOCKS });

  const second = test.fleet.start(['--data', late]).place;
  const recalled = () => test.all('recalled').find((telling) => telling.place === second)?.said;
  await until(() => recalled() !== undefined, 'its memory', 60_000);
  const before = recalled()?.height ?? 0;
  expect(before).toBeGreaterThanOrEqual(told()?.height ?? BLOCKS);
  const synced = () => test.all('synced').find((telling) => telling.place === second)?.said;
  // On a machine that stood still for a while the first one was done before it was killed.
  if (before < BLOCKS) {
    await until(() => synced() !== undefined, 'all blocks', 60_000);
    expect(synced()).toMatchObject({ from: before, to: BLOCKS });
  }
  const wrong = ['wrong-block', 'not-a-seal', 'forged-evidence', 'too-many'];
  expect(test.all('refused').filter(({ said }) => wrong.includes(said.code))).toEqual([]);

  await test.close();
  undo.pop();
  const digests = await digestsIn(helper);
  expect(digests).toHaveLength(BLOCKS);
  expect(await digestsIn(late)).toEqual(digests);
});
