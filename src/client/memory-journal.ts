/** A journal that lasts as long as its process: what a peer without a data directory has. */

import type { Entry, Recovered } from '../domain/contract.ts';
import type { Genesis } from '../domain/genesis.ts';
import type { Block, Founding } from '../domain/message.ts';
import type { TransactionID } from '../domain/names.ts';
import { type Batch, emptyBatch } from '../domain/transaction.ts';
import type { Journal, Page } from './journal.ts';
import { PackedList } from './packed-list.ts';
import { PageMaker } from './page-maker.ts';

type Sealed = Extract<Entry, { kind: 'sealed' }>;
type Other = Exclude<Entry, Sealed>;

export class MemoryJournal implements Journal {
  /** Of each kind the last one, which alone counts, in order of the first ones. */
  readonly #others = new Map<Other['kind'], Other>();
  readonly #ledger = new PackedList<Sealed>();

  recover(): Recovered {
    return { entries: [...this.#others.values(), ...this.#ledger.from(0)] };
  }

  record(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.kind === 'sealed') this.#ledger.push(entry);
      else this.#others.set(entry.kind, entry);
    }
  }

  page(from: TransactionID, bytes: number): Page | null {
    const maker = new PageMaker(bytes);
    for (const { block, seal, batch } of this.#ledger.from(from))
      if (!maker.add(block, seal, batch)) break;
    return maker.finish();
  }

  founding(): Founding | null {
    const founded = this.#others.get('founded');
    return founded?.kind === 'founded' ? founded.founding : null;
  }

  genesis(): Genesis | null {
    const entry = this.#others.get('genesis');
    return entry?.kind === 'genesis' ? entry.genesis : null;
  }

  /** How many final blocks there are. */
  get height(): number {
    return this.#ledger.length;
  }

  /** The ledger as it stands, for tests and for people. */
  blocks(): readonly Block[] {
    return [...this.#ledger.from(0)].map(({ block }) => block);
  }

  /** The batch of each block, empty ones among them. */
  batches(): readonly Batch[] {
    return [...this.#ledger.from(0)].map(({ batch }) => batch ?? emptyBatch);
  }
}
