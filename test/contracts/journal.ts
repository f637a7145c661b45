/** What every journal must do, wherever it keeps its entries: one suite for each of them. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Journal } from '../../src/client/journal.ts';
import type { TransactionID } from '../../src/domain/names.ts';
import { type Memory, newMemory, recall } from '../../src/peer/memory.ts';
import { batch, block, entriesOfALife, hasher, rules } from './entries.ts';

/** A place where a journal is kept, and what a test does to it. */
export type JournalBench = {
  /** The journal as a process finds it that starts now; the one before it is over. */
  readonly open: () => Promise<Journal>;
  readonly close: () => Promise<void>;
};

const from = (number: number): TransactionID => number as TransactionID;

function memoryOf(journal: Journal): Memory {
  const memory = newMemory(rules);
  recall(memory, journal.recover(), hasher);
  return memory;
}

/** Describes the contract for the journals of `prepare`. */
export function describeJournal(name: string, prepare: () => Promise<JournalBench>): void {
  describe(`a journal ${name}`, () => {
    let bench: JournalBench;
    beforeEach(async () => {
      bench = await prepare();
    });
    afterEach(() => bench.close());

    it('gives back nothing at first', async () => {
      const journal = await bench.open();
      expect(journal.recover().entries).toEqual([]);
      expect(await journal.founding()).toBeNull();
      expect(await journal.page(from(0), 1_000)).toBeNull();
    });

    it('gives back what adds up to the same memory after each entry', async () => {
      const expected = newMemory(rules);
      let journal = await bench.open();
      for (const entry of entriesOfALife(6)) {
        await journal.record([entry]);
        recall(expected, { entries: [entry] }, hasher);
        journal = await bench.open();
        expect(memoryOf(journal)).toEqual(expected);
      }
      expect(expected).toMatchObject({ height: 6, term: 4, usedTerm: 4 });
    });

    it('keeps many entries at once as it keeps one after another', async () => {
      const life = entriesOfALife(6);
      const expected = newMemory(rules);
      recall(expected, { entries: life }, hasher);
      let journal = await bench.open();
      await journal.record(life.slice(0, -5));
      await journal.record(life.slice(-5));
      expect((await journal.page(from(0), 1_000_000))?.blocks).toHaveLength(6);
      journal = await bench.open();
      expect(memoryOf(journal)).toEqual(expected);
    });

    it('serves founding and blocks that were recorded before and after it was opened', async () => {
      const life = entriesOfALife(6);
      let journal = await bench.open();
      for (const entry of life.slice(0, -2)) await journal.record([entry]);
      journal = await bench.open();
      for (const entry of life.slice(-2)) await journal.record([entry]);
      const founded = life.find((entry) => entry.kind === 'founded');
      expect(await journal.founding()).toEqual(founded?.founding);
      const sealed = life.filter((entry) => entry.kind === 'sealed');
      const page = await journal.page(from(0), 1_000_000);
      expect(page?.blocks).toEqual(sealed.map((entry) => entry.block));
      // Of the last block, and of the one that changes the roster.
      expect(page?.seals).toEqual([sealed[3]?.seal, sealed[5]?.seal]);
      expect(page?.batches).toEqual([batch]);
      expect(await journal.page(from(0), 1)).not.toHaveProperty('batches');
      expect((await journal.page(from(4), 1_000_000))?.blocks).toHaveLength(2);
      expect(await journal.page(from(6), 1_000_000)).toBeNull();
    });

    it('serves page after page, though more is recorded meanwhile', async () => {
      const journal = await bench.open();
      const life = entriesOfALife(6);
      const number = async (at: number): Promise<number | undefined> =>
        (await journal.page(from(at), 1))?.blocks[0]?.transactionID;
      await journal.record(life.slice(0, -6));
      expect([await number(0), await number(1), await number(2)]).toEqual([0, 1, 2]);
      expect(await number(3)).toBeUndefined();
      await journal.record(life.slice(-6));
      expect([await number(3), await number(4), await number(2)]).toEqual([3, 4, 2]);
      expect([await number(3), await number(4), await number(5)]).toEqual([3, 4, 5]);
      expect(await number(6)).toBeUndefined();
    });

    it('fills a page as far as there is room, and with one block where there is none', async () => {
      const journal = await bench.open();
      for (const entry of entriesOfALife(6)) await journal.record([entry]);
      const all = JSON.stringify(await journal.page(from(0), 1_000_000)).length;
      const half = await journal.page(from(0), all / 2);
      expect(half?.blocks.length).toBeGreaterThan(1);
      expect(half?.blocks.length).toBeLessThan(6);
      expect((await journal.page(from(0), 1))?.blocks).toEqual([block(0)]);
    });

    it('ends a page in a block that has a seal of its own', async () => {
      const journal = await bench.open();
      for (const entry of entriesOfALife(6))
        await journal.record([
          entry.kind === 'sealed' && entry.block.transactionID === 5
            ? { ...entry, seal: [] }
            : entry,
        ]);
      expect((await journal.page(from(0), 1_000_000))?.blocks).toHaveLength(5);
      expect(await journal.page(from(5), 1_000_000)).toBeNull();
    });
  });
}
