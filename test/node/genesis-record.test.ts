/** What accounts begin with, in the data directory of a peer. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Entry } from '../../src/domain/contract.ts';
import type { Genesis } from '../../src/domain/genesis.ts';
import { accountIn, accountOf } from '../../src/ledger/account.ts';
import { digestOfGenesis } from '../../src/ledger/genesis.ts';
import { type Rules, readRules, rulesWithGenesis } from '../../src/ledger/rules.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import {
  type DataDirectory,
  openDataDirectory,
  openLedger,
} from '../../src/node/data-directory.ts';
import { GENESIS_KEY, seal } from '../../src/node/journal-records.ts';
import { rules as bare, entriesOfALife } from '../contracts/entries.ts';
import { wallet } from '../ledger/wallet.ts';

const ann = wallet('ann');
const genesis: Genesis = [{ key: ann.key, units: 50 }];
const rules = rulesWithGenesis(bare, digestOfGenesis(genesis, nodeHasher));

let place = '';
let data = '';
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'sortition-genesis-record-'));
  data = join(place, 'peer');
});
afterEach(() => rmSync(place, { recursive: true }));

/** As a peer that was told nothing, and goes on under what is there. */
const goOn = (theirs: string | null): Rules => (theirs === null ? null : readRules(theirs)) ?? bare;

const open = (choose = goOn): Promise<DataDirectory> => openDataDirectory(data, choose, false);

/** Founds, with the list before it where there is one. */
function beginning(list: Genesis | null): readonly Entry[] {
  const life = entriesOfALife(0);
  const at = life.findIndex(({ kind }) => kind === 'founded');
  const given: readonly Entry[] = list === null ? [] : [{ kind: 'genesis', genesis: list }];
  return [...life.slice(0, at), ...given, ...life.slice(at)];
}

async function live(list: Genesis | null, choose = goOn): Promise<void> {
  const { journal } = await open(choose);
  await journal.record(beginning(list));
  await journal.close();
}

it('is kept, and with it the Rules that name it, though the peer was told of none', async () => {
  await live(genesis);
  const { journal, rules: kept } = await open();
  expect(kept).toEqual(rules);
  expect(await journal.genesis()).toEqual(genesis);
  const { standing } = journal.recover();
  expect(standing?.founding).toEqual(await journal.founding());
  const name = accountOf(ann.key, nodeHasher);
  expect(accountIn(standing?.chain.accounts ?? {}, name)).toEqual({ balance: 50, nonce: 0 });
  await journal.close();
  const ledger = await openLedger(data);
  expect([ledger.rules, await ledger.genesis()]).toEqual([rules.text, genesis]);
  await ledger.close();
});

it('is kept alike where the peer had its file, and entries come one after another', async () => {
  const { journal } = await open(() => rules);
  expect(await journal.genesis()).toBeNull();
  for (const entry of beginning(genesis)) await journal.record([entry]);
  expect(await journal.genesis()).toEqual(genesis);
  await journal.close();
  const again = await open();
  expect(again.rules).toEqual(rules);
  await again.journal.close();
});

it('is nothing in a directory of before, which is read as it was', async () => {
  await live(null);
  const { journal, rules: kept } = await open();
  expect([kept.text, await journal.genesis()]).toEqual([bare.text, null]);
  await journal.close();
});

it('is refused where the peer is told of another list, or a list where there is none', async () => {
  await live(genesis);
  const other = rulesWithGenesis(bare, digestOfGenesis([{ key: ann.key, units: 51 }], nodeHasher));
  for (const told of [other, bare]) {
    await expect(open(() => told)).rejects.toMatchObject({
      code: 'data-other-rules',
      message: expect.stringMatching(/--admit or --genesis\), as the directory knows it/),
    });
  }
  rmSync(data, { recursive: true });
  await live(null);
  await expect(open(() => rules)).rejects.toMatchObject({ code: 'data-other-rules' });
});

it.each([
  ['missing', null, 'its record "genesis" is missing'],
  ['another', [{ key: ann.key, units: 51 }], 'its record "genesis" is not what its rules name'],
])('is damage where the list is %s', async (_, list, problem) => {
  await live(genesis);
  const store = new ClassicLevel(join(data, 'journal'));
  await store.open();
  if (list === null) await store.del(GENESIS_KEY);
  else await store.put(GENESIS_KEY, seal(GENESIS_KEY, list).value);
  await store.close();
  await expect(open()).rejects.toMatchObject({ code: 'data-damaged', facts: { problem } });
});
