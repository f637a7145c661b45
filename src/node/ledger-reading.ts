/** Reads the ledger in a journal's store, block after block, however long it is. */

import type { ClassicLevel } from 'classic-level';
import type { Entry } from '../domain/contract.ts';
import type { Seal } from '../domain/message.ts';
import type { Batch } from '../domain/transaction.ts';
import { carriesBatch } from '../ledger/block.ts';
import { nodeHasher } from './crypto.ts';
import { batchKey, blockKey, open, type StoredBlock, sealKey } from './journal-records.ts';
import { readRows } from './level-store.ts';

/** A final block with its digest, its seal, and its batch where it carries one. */
export type Sealed = Extract<Entry, { kind: 'sealed' }>;

/** So many blocks are in memory at a time: 64 kB each at the very most, less than 1 kB mostly. */
const SPAN = 128;

/**
 * The blocks of numbers `from` to `height` - 1 in their order. What is written meanwhile does not
 * matter: blocks never change. Throws a `Damage` at a record that is missing or corrupted; whether
 * one block fits the next is not asked.
 */
export async function* readSealed(
  store: ClassicLevel,
  from: number,
  height: number,
): AsyncGenerator<Sealed, undefined, undefined> {
  for (let at = Math.max(0, from); at < height; at += SPAN) {
    const end = Math.min(at + SPAN, height);
    const [blocks, seals, batches] = await Promise.all([
      rowsOf(store, blockKey, at, end),
      rowsOf(store, sealKey, at, end),
      rowsOf(store, batchKey, at, end),
    ]);
    for (let number = at; number < end; number += 1) {
      const { block, digest } = openAt(blocks, blockKey(number)) as StoredBlock;
      const seal = openAt(seals, sealKey(number)) as Seal;
      const sealed = { kind: 'sealed', block, digest, seal } as const;
      // Whether a block has a batch, its root says: so a missing one is damage.
      const isLoaded = carriesBatch(block, nodeHasher);
      yield isLoaded ? { ...sealed, batch: openAt(batches, batchKey(number)) as Batch } : sealed;
    }
  }
}

type Rows = ReadonlyMap<string, string>;

function rowsOf(
  store: ClassicLevel,
  keyOf: (number: number) => string,
  from: number,
  end: number,
): Promise<Rows> {
  return readRows(store, keyOf(from), keyOf(end));
}

function openAt(rows: Rows, key: string): unknown {
  return open(key, rows.get(key));
}
