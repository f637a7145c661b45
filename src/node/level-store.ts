/** A LevelDB store: opened, written in one piece, its errors named by the codes of the system. */

import { ClassicLevel } from 'classic-level';
import { Damage, type Row } from './journal-records.ts';
import { systemCodeOf } from './world-error.ts';

/** What the operating system says, in the words of LevelDB, by its own code. */
const SYSTEM_CODES: readonly (readonly [words: RegExp, code: string])[] = [
  [/No space left/i, 'ENOSPC'],
  [/quota exceeded/i, 'EDQUOT'],
  [/File too large/i, 'EFBIG'],
  [/Read-only file system/i, 'EROFS'],
  [/Input\/output error/i, 'EIO'],
  [/Permission denied/i, 'EACCES'],
  [/Too many open files/i, 'EMFILE'],
];

/** LevelDB's thread, one for all stores of a process, is there. */
let hasThread = false;

/** Throws the error of LevelDB: its `code` is `LEVEL_LOCKED` where another process has it open. */
export async function openStore(path: string, isNew: boolean): Promise<ClassicLevel> {
  const store = new ClassicLevel(path, { keyEncoding: 'utf8', valueEncoding: 'utf8' });
  try {
    await store.open({ createIfMissing: isNew });
    if (!hasThread) await startThread(store);
    return store;
  } catch (error) {
    throw codedError(error);
  }
}

/**
 * LevelDB starts its thread when it first has something to compact, and ends the process where the
 * system refuses it: so it must be there before the mining threads have taken what there is.
 */
async function startThread(store: ClassicLevel): Promise<void> {
  hasThread = true;
  // Nothing lies in this range, but the question alone starts it; a full disk is told by a write.
  await store.compactRange('', '').catch(() => {});
}

/** Throws where another process has the store at `path` open; nothing else matters. */
export async function refuseLocked(path: string): Promise<void> {
  try {
    const store = await openStore(path, false);
    await store.close();
  } catch (error) {
    if (systemCodeOf(error) === 'LEVEL_LOCKED') throw error;
  }
}

/** Undefined for a key without a value. Throws as `openStore`, or a `Damage`. */
export async function readRow(store: ClassicLevel, key: string): Promise<string | undefined> {
  try {
    return await store.get(key);
  } catch (error) {
    throw codedError(error);
  }
}

/** All rows from one key to before another. Throws likewise. */
export async function readRows(
  store: ClassicLevel,
  from: string,
  end: string,
): Promise<ReadonlyMap<string, string>> {
  try {
    return new Map(await store.iterator({ gte: from, lt: end }).all());
  } catch (error) {
    throw codedError(error);
  }
}

/** Durable, all of it or nothing, when its promise resolves. */
export function writeRows(store: ClassicLevel, rows: readonly Row[]): Promise<void> {
  const puts = rows.map(({ key, value }) => ({ type: 'put', key, value }) as const);
  return store.batch(puts, { sync: true });
}

/** LevelDB wraps its errors and hides the system's code in words; what has none is damage. */
export function codedError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Damage) return error;
  const inner = error.cause instanceof Error ? error.cause : error;
  const own = 'code' in inner && typeof inner.code === 'string' ? inner.code : 'LEVEL_UNKNOWN';
  const isOfLevel = inner.constructor === Error && own.startsWith('LEVEL_');
  if (!isOfLevel) return error;
  const known = SYSTEM_CODES.find(([words]) => words.test(inner.message));
  const code = known?.[1] ?? own;
  if (known === undefined && code !== 'LEVEL_LOCKED')
    return new Damage(`its store cannot be read (${wordsOf(inner)})`, error);
  return Object.assign(new Error(inner.message, { cause: error }), { code });
}

/** `Corruption: bad magic number`, without the end that would make it a sentence. */
function wordsOf({ message }: Error): string {
  return message.replace(/\.$/, '');
}
