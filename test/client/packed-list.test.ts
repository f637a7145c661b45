/** A ledger in memory gives back what it was given, and keeps hardly any of it as objects. */

import { expect, test } from 'vitest';
import { MemoryJournal } from '../../src/client/memory-journal.ts';
import { PackedList } from '../../src/client/packed-list.ts';
import type { Entry } from '../../src/domain/contract.ts';
import type { TransactionID } from '../../src/domain/names.ts';
import { block, entriesOfALife } from '../contracts/entries.ts';

const BLOCKS = 5_000;

type Sealed = Extract<Entry, { kind: 'sealed' }>;

/** Blocks that differ, without the work of mining them. */
const sealed = (number: number): Sealed => ({
  kind: 'sealed',
  block: {
    ...block(0),
    transactionID: number as TransactionID,
    ...(number % 7 === 0 && { change: `remove é ${number}` }),
  },
  digest: block(1).parent,
  seal: [`ack \u{1f600} of ${number}`],
  ...(number % 3 === 0 && { batch: [`"a text" of ${number}`] }),
});

test('a list of 5,000 items gives them back from anywhere, and keeps 127 objects at most', () => {
  const list = new PackedList<Sealed>();
  const all = Array.from({ length: BLOCKS }, (_, number) => sealed(number));
  let mostLoose = 0;
  for (const item of all) {
    list.push(item);
    mostLoose = Math.max(mostLoose, list.looseCount);
  }
  expect(list.length).toBe(BLOCKS);
  expect(mostLoose).toBe(127);
  for (const start of [0, 1, 63, 64, 65, 4_000, BLOCKS - 1, BLOCKS, BLOCKS + 100])
    expect([...list.from(start)]).toEqual(all.slice(start));
});

test('a journal in memory gives back exactly what it was given after 5,000 blocks', () => {
  const journal = new MemoryJournal();
  const life = entriesOfALife(0);
  const all = Array.from({ length: BLOCKS }, (_, number) => sealed(number));
  journal.record(life);
  for (const entry of all) journal.record([entry]);
  expect(journal.height).toBe(BLOCKS);
  expect(journal.blocks()).toEqual(all.map((it) => it.block));
  expect(journal.batches()).toEqual(all.map((it) => it.batch ?? []));
  expect(journal.recover().entries.slice(-BLOCKS)).toEqual(all);
  const page = journal.page(100 as TransactionID, 24_000);
  const count = page?.blocks.length ?? 0;
  expect(count).toBeGreaterThan(1);
  expect(page?.blocks).toEqual(all.slice(100, 100 + count).map((it) => it.block));
  expect(page?.seals.at(-1)).toEqual(all[100 + count - 1]?.seal);
});

test('a journal in memory keeps of what was acknowledged the last block alone', () => {
  const journal = new MemoryJournal();
  for (const entry of entriesOfALife(0)) journal.record([entry]);
  const before = journal.recover().entries.length;
  for (let number = 0; number < BLOCKS; number += 1) {
    const { kind: _, seal: __, ...accepted } = sealed(number);
    journal.record([{ kind: 'accepted', term: 4 as never, ...accepted }]);
  }
  const { entries } = journal.recover();
  expect(entries).toHaveLength(before + 1);
  expect(entries.find(({ kind }) => kind === 'accepted')).toMatchObject({
    block: { transactionID: BLOCKS - 1 },
  });
});
