/** A journal on disk, in a LevelDB store: entries are synced before `record` resolves. */

import type { ClassicLevel } from 'classic-level';
import type { Journal, Page } from '../client/journal.ts';
import { PageMaker } from '../client/page-maker.ts';
import { problemOfDigest, Recall } from '../client/recovered.ts';
import { assert } from '../domain/assert.ts';
import type { Entry, Recovered } from '../domain/contract.ts';
import type { Genesis } from '../domain/genesis.ts';
import type { Founding } from '../domain/message.ts';
import type { ClientID, TransactionID } from '../domain/names.ts';
import type { Batch } from '../domain/transaction.ts';
import { carriesBatch } from '../ledger/block.ts';
import { digestOfGenesis, noGenesis } from '../ledger/genesis.ts';
import { type Rules, readRules } from '../ledger/rules.ts';
import { nodeHasher } from './crypto.ts';
import {
  ACCEPTED_BATCH_KEY,
  Damage,
  FOUNDING_KEY,
  GENESIS_KEY,
  LATEST_KEY,
  type Latest,
  NEW_LATEST,
  open,
  openLatest,
  type Row,
  rulesAfter,
  seal,
  smallEntriesOf,
  write,
} from './journal-records.ts';
import { readSealed, type Sealed } from './ledger-reading.ts';
import { codedError, openStore, readRow, writeRows } from './level-store.ts';
import { MarkFile } from './mark-file.ts';

export type LevelJournalOptions = {
  /** The store's own directory. */
  readonly path: string;
  /** The file of its second witness. */
  readonly markPath: string;
  /** Makes a store where there is none. */
  readonly isNew: boolean;
};

export class LevelJournal implements Journal {
  readonly #options: LevelJournalOptions;
  readonly #mark: MarkFile;
  /** The Rules of the network that may be recorded; null before `recall`. */
  #rules: Rules | null = null;
  #store: ClassicLevel;
  #latest: Latest;
  #recovered: Recovered | null = null;
  /** A write has failed: what the store holds now is only known when it has been opened anew. */
  #isUncertain = false;
  #served: Served = { next: -1, bytes: 0, page: null };
  /** How many entries there would be, had all writes come about that were tried. */
  #tried = 0;

  private constructor(options: LevelJournalOptions, found: Found, mark: MarkFile) {
    this.#options = options;
    this.#store = found.store;
    this.#latest = found.latest;
    this.#mark = mark;
  }

  /**
   * Opens a journal; its ledger is not read. Throws a `Damage` if it is not what was written, or
   * the error of LevelDB: its `code` is `LEVEL_LOCKED` where another process has it open.
   */
  static async open(options: LevelJournalOptions): Promise<LevelJournal> {
    const store = await openStore(options.path, options.isNew);
    try {
      const found = options.isNew ? await begin(store, options) : await goOn(store, options);
      const mark = MarkFile.open(options.markPath, found.latest.seq);
      return new LevelJournal(options, found, mark);
    } catch (error) {
      await store.close();
      throw codedError(error);
    }
  }

  /** Whose journal it is; null before the first word of anybody. */
  get owner(): ClientID | null {
    return this.#latest.owner;
  }

  /** The Rules of the network in it; null before the founding. */
  get rules(): string | null {
    return this.#latest.rules;
  }

  /** Makes it the journal of this peer, for good. */
  async claim(owner: ClientID): Promise<void> {
    const latest = { ...this.#latest, seq: this.#latest.seq + 1, owner };
    await this.#commit(latest, [seal(LATEST_KEY, latest)]);
  }

  /** How many final blocks there are. */
  get height(): number {
    return this.#latest.height;
  }

  /**
   * Reads all of it, block after block, and checks it as the journal of a peer under `rules`, so
   * that there is something to recover. Throws as `open`.
   */
  async recall(rules: Rules): Promise<void> {
    try {
      const founding = await this.founding();
      const entries = smallEntriesOf(this.#latest, await this.#acceptedBatch());
      const accepted = entries.find(({ kind }) => kind === 'accepted');
      if (accepted?.kind === 'accepted') refuse(problemOfDigest(accepted, nodeHasher));
      if (founding === null && this.height > 0)
        throw new Damage('it has blocks of a network that it does not know');
      const genesis = await this.genesis();
      const recall =
        founding === null ? null : new Recall(founding, genesis ?? noGenesis, rules, nodeHasher);
      for await (const sealed of this.sealed()) refuse(recall?.add(sealed) ?? null);
      this.#rules = rules;
      this.#recovered = { entries, ...(recall !== null && { standing: recall.standing }) };
    } catch (error) {
      throw codedError(error);
    }
  }

  recover(): Recovered {
    assert(this.#recovered !== null, 'A journal is read before anybody recovers from it.');
    return this.#recovered;
  }

  async record(entries: readonly Entry[]): Promise<void> {
    const rules = this.#rules;
    assert(rules !== null, 'A journal is read before anything is recorded in it.');
    if (this.#isUncertain) await this.#openAnew();
    this.#rules = rulesAfter(entries, rules);
    const { latest, rows } = write(this.#latest, entries, this.#rules.text);
    await this.#commit(latest, rows);
  }

  /** Final blocks from number `from` on, in their order, as they stood when it was asked. */
  sealed(from: number = 0): AsyncGenerator<Sealed, undefined, undefined> {
    return readSealed(this.#store, from, this.#latest.height);
  }

  /** Whoever asks for one page after another asks for the next one soon: it is read meanwhile. */
  async page(from: TransactionID, bytes: number): Promise<Page | null> {
    const { next, page: ahead } = this.#served;
    const isNext = from === next && bytes === this.#served.bytes;
    const page = (isNext ? await ahead : null) ?? (await this.#readPage(from, bytes));
    const end = from + (page?.blocks.length ?? 0);
    const isWorthIt = isNext && page !== null && end < this.height;
    // A page that fails is read again when somebody asks for it, and fails then.
    const reading = isWorthIt ? this.#readPage(end, bytes).catch(() => null) : null;
    this.#served = { next: end, bytes, page: reading };
    return page;
  }

  async #readPage(from: number, bytes: number): Promise<Page | null> {
    const maker = new PageMaker(bytes);
    for await (const { block, seal, batch } of this.sealed(from))
      if (!maker.add(block, seal, batch)) break;
    return maker.finish();
  }

  async founding(): Promise<Founding | null> {
    if (this.#latest.rules === null) return null;
    return open(FOUNDING_KEY, await readRow(this.#store, FOUNDING_KEY)) as Founding;
  }

  async genesis(): Promise<Genesis | null> {
    const { rules } = this.#latest;
    const named = (rules === null ? null : readRules(rules))?.genesis ?? null;
    if (named === null) return null;
    const genesis = open(GENESIS_KEY, await readRow(this.#store, GENESIS_KEY)) as Genesis;
    if (digestOfGenesis(genesis, nodeHasher) === named) return genesis;
    throw new Damage('its record "genesis" is not what its rules name');
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#served.page;
    await this.#store.close();
    this.#mark.close();
  }

  async #acceptedBatch(): Promise<Batch | null> {
    const { accepted } = this.#latest.small;
    if (accepted === undefined || !carriesBatch(accepted.block, nodeHasher)) return null;
    return open(ACCEPTED_BATCH_KEY, await readRow(this.#store, ACCEPTED_BATCH_KEY)) as Batch;
  }

  async #commit(latest: Latest, rows: readonly Row[]): Promise<void> {
    this.#tried = Math.max(this.#tried, latest.seq);
    try {
      await writeRows(this.#store, rows);
      this.#mark.write(latest.seq);
    } catch (error) {
      this.#isUncertain = true;
      throw codedError(error);
    }
    this.#latest = latest;
  }

  /**
   * After a failure LevelDB goes on at the wrong place in its log, and what it wrote then could not
   * be read again, synced or not. Opened anew, it begins a log of its own.
   */
  async #openAnew(): Promise<void> {
    try {
      await this.#store.close();
      this.#store = await openStore(this.#options.path, false);
      const found = openLatest(await readRow(this.#store, LATEST_KEY));
      // What failed may have been kept all the same; it is about to be written again.
      const { seq, owner } = this.#latest;
      if (found.owner !== owner || found.seq < seq || found.seq > this.#tried)
        throw new Damage(`it holds ${found.seq} entries where ${seq} were written`);
    } catch (error) {
      throw codedError(error);
    }
    this.#isUncertain = false;
  }
}

/** Where the last page ended, and the one that may be asked for next. */
type Served = {
  readonly next: number;
  readonly bytes: number;
  readonly page: Promise<Page | null> | null;
};

type Found = {
  readonly store: ClassicLevel;
  readonly latest: Latest;
};

function refuse(problem: string | null): void {
  if (problem !== null) throw new Damage(problem);
}

/** A store that was begun and never written in is begun again. */
async function begin(store: ClassicLevel, { markPath }: LevelJournalOptions): Promise<Found> {
  const written = await readRow(store, LATEST_KEY);
  const mark = MarkFile.read(markPath);
  const isUntouched = written === undefined || openLatest(written).seq === 0;
  if (!isUntouched || (mark !== 'none' && mark !== 0))
    throw new Damage('it holds the journal of a peer whose identity is missing');
  await writeRows(store, [seal(LATEST_KEY, NEW_LATEST)]);
  return { store, latest: NEW_LATEST };
}

/** How far it had come, by both of its witnesses. */
async function goOn(store: ClassicLevel, { markPath }: LevelJournalOptions): Promise<Found> {
  const latest = openLatest(await readRow(store, LATEST_KEY));
  const mark = MarkFile.read(markPath);
  if (typeof mark === 'string') throw new Damage(`its file journal.mark is ${WORDS[mark]}`);
  if (mark > latest.seq) throw new Damage(`its last ${mark - latest.seq} entries are missing`);
  return { store, latest };
}

const WORDS = { none: 'missing', unreadable: 'unreadable' } as const;
