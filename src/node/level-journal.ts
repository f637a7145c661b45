/** A journal on disk, in a LevelDB store: each entry is synced before `record` resolves. */

import { ClassicLevel } from 'classic-level';
import type { Journal, Page } from '../client/journal.ts';
import { PageMaker } from '../client/page-maker.ts';
import type { Entry, Recovered } from '../domain/contract.ts';
import type { Founding, Seal } from '../domain/message.ts';
import type { ClientID, TransactionID } from '../domain/names.ts';
import type { Batch } from '../domain/transaction.ts';
import { carriesBatch } from '../ledger/block.ts';
import { nodeHasher } from './crypto.ts';
import {
  ACCEPTED_BATCH_KEY,
  batchKey,
  blockKey,
  Damage,
  entriesOf,
  FOUNDING_KEY,
  type FoundBlock,
  LATEST_KEY,
  type Latest,
  NEW_LATEST,
  open,
  openLatest,
  type Row,
  type StoredBlock,
  seal,
  sealKey,
  write,
} from './journal-records.ts';
import { MarkFile } from './mark-file.ts';
import { systemCodeOf } from './world-error.ts';

export type LevelJournalOptions = {
  /** The store's own directory. */
  readonly path: string;
  /** The file of its second witness. */
  readonly markPath: string;
  /** The Rules of the network that may be recorded. */
  readonly rules: string;
  /** Makes a store where there is none. */
  readonly isNew: boolean;
};

/** What the operating system says, in the words of LevelDB, by its own code. */
const SYSTEM_CODES: readonly (readonly [words: RegExp, code: string])[] = [
  [/No space left/i, 'ENOSPC'],
  [/quota exceeded/i, 'EDQUOT'],
  [/Read-only file system/i, 'EROFS'],
  [/Input\/output error/i, 'EIO'],
  [/Permission denied/i, 'EACCES'],
  [/Too many open files/i, 'EMFILE'],
];

export class LevelJournal implements Journal {
  readonly #options: LevelJournalOptions;
  readonly #mark: MarkFile;
  #store: ClassicLevel;
  #latest: Latest;
  #recovered: Recovered;
  /** A write has failed: what the store holds now is only known when it has been opened anew. */
  #isUncertain = false;

  private constructor(options: LevelJournalOptions, found: Found, mark: MarkFile) {
    this.#options = options;
    this.#store = found.store;
    this.#latest = found.latest;
    this.#recovered = found.recovered;
    this.#mark = mark;
  }

  /**
   * Opens a journal and reads all of it. Throws a `Damage` if it is not what was written, or the
   * error of LevelDB: its `code` is `LEVEL_LOCKED` where another process has it open.
   */
  static async open(options: LevelJournalOptions): Promise<LevelJournal> {
    const store = await openStore(options.path, options.isNew);
    try {
      const found = options.isNew ? await begin(store, options) : await readAll(store, options);
      const mark = MarkFile.open(options.markPath, found.latest.seq);
      return new LevelJournal(options, found, mark);
    } catch (error) {
      await store.close();
      throw codedError(error);
    }
  }

  /** Throws where another process has the store at `path` open; nothing else matters. */
  static async refuseLocked(path: string): Promise<void> {
    try {
      const store = await openStore(path, false);
      await store.close();
    } catch (error) {
      if (systemCodeOf(error) === 'LEVEL_LOCKED') throw error;
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

  /** What `recover` will give. */
  look(): Recovered {
    return this.#recovered;
  }

  recover(): Recovered {
    const recovered = this.#recovered;
    // The ledger can be long, and is asked for once.
    this.#recovered = { entries: [] };
    return recovered;
  }

  async record(entry: Entry): Promise<void> {
    if (this.#isUncertain) await this.#openAnew();
    const { latest, rows } = write(this.#latest, entry, this.#options.rules);
    await this.#commit(latest, rows);
  }

  async page(from: TransactionID, bytes: number): Promise<Page | null> {
    const maker = new PageMaker(bytes);
    const { height } = this.#latest;
    for (let at: number = from; at < height; at += 1) {
      const keys = [blockKey(at), sealKey(at), batchKey(at)] as const;
      const [block, sealed, batch] = await this.#store.getMany([...keys]);
      const stored = open(keys[0], block) as StoredBlock;
      const found = withBatch(stored, keys[2], batch);
      if (!maker.add(stored.block, open(keys[1], sealed) as Seal, found.batch)) break;
    }
    return maker.finish();
  }

  async founding(): Promise<Founding | null> {
    if (this.#latest.rules === null) return null;
    return open(FOUNDING_KEY, await this.#store.get(FOUNDING_KEY)) as Founding;
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#store.close();
    this.#mark.close();
  }

  async #commit(latest: Latest, rows: readonly Row[]): Promise<void> {
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
      const found = openLatest(await this.#store.get(LATEST_KEY));
      // What failed may have been kept all the same; it is about to be written again.
      const { seq, owner } = this.#latest;
      if (found.owner !== owner || found.seq < seq || found.seq > seq + 1)
        throw new Damage(`it holds ${found.seq} entries where ${seq} were written`);
    } catch (error) {
      throw codedError(error);
    }
    this.#isUncertain = false;
  }
}

type Found = {
  readonly store: ClassicLevel;
  readonly latest: Latest;
  readonly recovered: Recovered;
};

async function openStore(path: string, isNew: boolean): Promise<ClassicLevel> {
  const store = new ClassicLevel(path, { keyEncoding: 'utf8', valueEncoding: 'utf8' });
  try {
    await store.open({ createIfMissing: isNew });
    return store;
  } catch (error) {
    throw codedError(error);
  }
}

function writeRows(store: ClassicLevel, rows: readonly Row[]): Promise<void> {
  const puts = rows.map(({ key, value }) => ({ type: 'put', key, value }) as const);
  return store.batch(puts, { sync: true });
}

/** A store that was begun and never written in is begun again. */
async function begin(store: ClassicLevel, { markPath }: LevelJournalOptions): Promise<Found> {
  const written = await store.get(LATEST_KEY);
  const mark = MarkFile.read(markPath);
  const isUntouched = written === undefined || openLatest(written).seq === 0;
  if (!isUntouched || (mark !== 'none' && mark !== 0))
    throw new Damage('it holds the journal of a peer whose identity is missing');
  await writeRows(store, [seal(LATEST_KEY, NEW_LATEST)]);
  return { store, latest: NEW_LATEST, recovered: { entries: [] } };
}

/** Reads and checks each record; seals are checked, too, and then left where they are. */
async function readAll(store: ClassicLevel, { markPath }: LevelJournalOptions): Promise<Found> {
  const latest = openLatest(await store.get(LATEST_KEY));
  const mark = MarkFile.read(markPath);
  if (typeof mark === 'string') throw new Damage(`its file journal.mark is ${WORDS[mark]}`);
  if (mark > latest.seq) throw new Damage(`its last ${mark - latest.seq} entries are missing`);
  const stored = (await readNumbered(store, blockKey, latest.height)) as StoredBlock[];
  await readNumbered(store, sealKey, latest.height);
  const batches = await readBatches(store);
  const blocks = stored.map((block, number) => {
    const key = batchKey(number);
    return withBatch(block, key, batches.get(key));
  });
  const founding =
    latest.rules === null ? null : (open(FOUNDING_KEY, await store.get(FOUNDING_KEY)) as Founding);
  const accepted = await readAcceptedBatch(store, latest);
  return { store, latest, recovered: entriesOf(latest, founding, blocks, accepted) };
}

/** Whether a block has a batch, its root says: so a missing one is damage. */
function withBatch(stored: StoredBlock, key: string, batch: string | undefined): FoundBlock {
  if (!carriesBatch(stored.block, nodeHasher)) return stored;
  return { ...stored, batch: open(key, batch) as Batch };
}

async function readBatches(store: ClassicLevel): Promise<ReadonlyMap<string, string>> {
  const rows = store.iterator({ gte: batchKey(0), lt: 'batch;' });
  const batches = new Map<string, string>();
  for await (const [key, value] of rows) batches.set(key, value);
  return batches;
}

async function readAcceptedBatch(
  store: ClassicLevel,
  { small: { accepted } }: Latest,
): Promise<Batch | null> {
  if (accepted === undefined || !carriesBatch(accepted.block, nodeHasher)) return null;
  return open(ACCEPTED_BATCH_KEY, await store.get(ACCEPTED_BATCH_KEY)) as Batch;
}

/** The values of numbers 0 to `count` - 1, each in its place. */
async function readNumbered(
  store: ClassicLevel,
  keyOf: (number: number) => string,
  count: number,
): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const [key, value] of store.iterator({ gte: keyOf(0), lt: keyOf(count) })) {
    const expected = keyOf(values.length);
    values.push(open(expected, key === expected ? value : undefined));
  }
  if (values.length < count) open(keyOf(values.length), undefined);
  return values;
}

const WORDS = { none: 'missing', unreadable: 'unreadable' } as const;

/** LevelDB wraps its errors and hides the system's code in words; what has none is damage. */
function codedError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Damage) return error;
  const inner = error.cause instanceof Error ? error.cause : error;
  const own = 'code' in inner && typeof inner.code === 'string' ? inner.code : 'LEVEL_UNKNOWN';
  const isOfLevel = inner.constructor === Error && own.startsWith('LEVEL_');
  if (!isOfLevel) return error;
  const known = SYSTEM_CODES.find(([words]) => words.test(inner.message));
  const code = known?.[1] ?? own;
  if (known === undefined && code !== 'LEVEL_LOCKED') return new Damage(inner.message, error);
  return Object.assign(new Error(inner.message, { cause: error }), { code });
}
