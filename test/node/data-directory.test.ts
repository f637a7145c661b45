import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rulesOf } from '../../src/ledger/rules.ts';
import { type DataDirectory, openDataDirectory } from '../../src/node/data-directory.ts';
import { openIdentityFile } from '../../src/node/identity-file.ts';
import { seal } from '../../src/node/journal-records.ts';
import { LevelJournal } from '../../src/node/level-journal.ts';
import { WorldError } from '../../src/node/world-error.ts';
import { entriesOfALife, rules } from '../contracts/entries.ts';

let place = '';
let data = '';
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'sortition-data-'));
  data = join(place, 'peer');
});
afterEach(() => rmSync(place, { recursive: true }));

const open = (isAnew = false) => openDataDirectory(data, () => rules, isAnew);

/** What is wrong with the directory; fails if it opens. */
async function complaintOf(opening: Promise<DataDirectory>): Promise<WorldError> {
  const error: unknown = await opening.then(
    ({ journal }) => journal.close().then(() => 'It opened.'),
    (reason: unknown) => reason,
  );
  if (error instanceof WorldError) return error;
  throw error;
}

/** A peer with a past: all of its life is recorded, and its process is over. */
async function live(height = 6): Promise<string> {
  const { identity, journal } = await open();
  for (const entry of entriesOfALife(height)) await journal.record([entry]);
  await journal.close();
  return identity.clientID;
}

const storeFile = (pattern: RegExp): string => {
  const [name] = readdirSync(join(data, 'journal')).filter((it) => pattern.test(it));
  if (name === undefined) throw new Error(`No file is like ${pattern}.`);
  return join(data, 'journal', name);
};

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0x20, at);
  writeFileSync(path, bytes);
}

describe('a data directory', () => {
  it('keeps identity and journal for the next process', async () => {
    const name = await live();
    expect(statSync(join(data, 'identity.pem')).mode & 0o777).toBe(0o600);
    const { identity, journal, keptIn } = await open();
    expect(identity.clientID).toBe(name);
    expect(keptIn).toBeNull();
    expect(journal.recover().standing?.chain.height).toBe(6);
    await journal.close();
  });

  it('serves one process at a time', async () => {
    const { journal } = await open();
    const error = await complaintOf(open());
    expect(error.code).toBe('data-in-use');
    expect(error.message).toMatch(/in use by another process: end that one first/);
    // Not even to be put aside.
    expect((await complaintOf(open(true))).code).toBe('data-in-use');
    await journal.close();
    await (await open()).journal.close();
  });

  it('goes on under the rules of its network alone, and under any before it has one', async () => {
    await (await open()).journal.close();
    const others = rulesOf({ peers: 5, difficulty: 'fixed:2' });
    await (await openDataDirectory(data, () => others, false)).journal.close();
    await live();
    const error = await complaintOf(openDataDirectory(data, () => others, false));
    expect(error.code).toBe('data-other-rules');
    expect(error.message).toContain('"peers=3 difficulty=fixed:2"');
    expect(error.message).toContain('"peers=5 difficulty=fixed:2"');
  });

  it('begins where a process was killed before it had said anything', async () => {
    const at = { path: join(data, 'journal'), markPath: join(data, 'journal.mark') };
    mkdirSync(data);
    await (await LevelJournal.open({ ...at, isNew: true })).close();
    await (await open()).journal.close();

    rmSync(data, { recursive: true });
    mkdirSync(data);
    await (await LevelJournal.open({ ...at, isNew: true })).close();
    const { clientID } = openIdentityFile(join(data, 'identity.pem'));
    const { identity, journal } = await open();
    expect(identity.clientID).toBe(clientID);
    await journal.close();
  });

  it('is refused where its path is a file, or leads through one', async () => {
    writeFileSync(data, '');
    const error = await complaintOf(open());
    expect(error).toMatchObject({ code: 'data-unusable', facts: { reason: 'EEXIST' } });
    const below = openDataDirectory(join(data, 'x'), () => rules, false);
    expect((await complaintOf(below)).facts).toMatchObject({ reason: 'ENOTDIR' });
  });

  it('is refused where the system lets nobody make anything', async (context) => {
    if (process.platform !== 'linux') context.skip('There is no /proc here.');
    const error = await complaintOf(openDataDirectory('/proc/nobody/peer', () => rules, false));
    expect(error).toMatchObject({ code: 'data-unusable', facts: { reason: 'ENOENT' } });
  });

  it('is refused where nobody may write', async (context) => {
    if (process.getuid?.() === 0) context.skip('Nothing is forbidden to root.');
    chmodSync(place, 0o500);
    expect((await complaintOf(open())).code).toBe('data-unusable');
    chmodSync(place, 0o700);
  });
});

/** Opened again, a store keeps what it has in a table. */
async function settle(): Promise<void> {
  await (await open()).journal.close();
}

/** What somebody does to a directory in which a peer has lived, and what is then said of it. */
const wounds: readonly (readonly [string, () => void, RegExp])[] = [
  ['without its identity', () => rmSync(join(data, 'identity.pem')), /identity is missing/],
  [
    'with an empty identity',
    () => truncateSync(join(data, 'identity.pem')),
    /identity.pem holds no key of ours/,
  ],
  [
    'without its journal',
    () => rmSync(join(data, 'journal'), { recursive: true }),
    /its journal is missing/,
  ],
  ['without its mark', () => rmSync(join(data, 'journal.mark')), /journal.mark is missing/],
  [
    'whose mark was written over',
    () => flip(join(data, 'journal.mark'), 3),
    /journal.mark is unreadable/,
  ],
  [
    'whose log lost its end',
    () => truncateSync(storeFile(/\.log$/), statSync(storeFile(/\.log$/)).size - 40),
    /its last 1 entries are missing/,
  ],
  ['whose log is empty', () => truncateSync(storeFile(/\.log$/)), /its record "latest" is missing/],
  [
    'whose log has a flipped bit at its beginning',
    () => flip(storeFile(/\.log$/), 100),
    /damaged: its .* missing/,
  ],
  [
    'whose log has a flipped bit in its last record',
    () => flip(storeFile(/\.log$/), statSync(storeFile(/\.log$/)).size - 40),
    /its last 1 entries are missing/,
  ],
  ['whose MANIFEST has a flipped bit', () => flip(storeFile(/^MANIFEST/), 20), /damaged: /],
  ['whose MANIFEST is empty', () => truncateSync(storeFile(/^MANIFEST/)), /damaged: /],
  ['whose CURRENT is gone', () => rmSync(storeFile(/^CURRENT/)), /its journal is missing/],
  ['whose CURRENT is cut off', () => truncateSync(storeFile(/^CURRENT/), 5), /damaged: /],
];

describe('a damaged data directory', () => {
  it('with any flipped bit in its table is refused, or loses nothing', async () => {
    await live(2);
    await settle();
    const table = storeFile(/\.ldb$/);
    const whole = readFileSync(table);
    const { journal } = await open();
    const expected = journal.recover();
    await journal.close();
    renameSync(data, join(place, 'whole'));
    for (let at = 0; at < whole.length; at += 61) {
      cpSync(join(place, 'whole'), data, { recursive: true });
      flip(storeFile(/\.ldb$/), at);
      const opened = await open().catch((error: unknown) => error);
      if (opened instanceof WorldError) expect(opened.code, opened.message).toBe('data-damaged');
      else {
        const { journal: reopened } = opened as DataDirectory;
        expect(reopened.recover()).toEqual(expected);
        await reopened.close();
      }
      rmSync(data, { recursive: true });
    }
  });

  it.each(wounds)(
    '%s is refused and left alone, until told to begin anew',
    async (_, wound, words) => {
      const name = await live();
      wound();
      const error = await complaintOf(open());
      expect(error.code).toBe('data-damaged');
      expect(error.message).toMatch(words);
      expect(error.message).toMatch(/--new-identity begins as another peer and keeps these files/);

      const { identity, journal, keptIn } = await open(true);
      expect(identity.clientID).not.toBe(name);
      expect(journal.recover().entries).toEqual([]);
      expect(keptIn).toMatch(/before-\d{8}T\d{6}Z$/);
      expect(readdirSync(keptIn ?? '').length).toBeGreaterThan(0);
      await journal.close();
      const again = await open();
      expect(again.identity.clientID).toBe(identity.clientID);
      await again.journal.close();
    },
  );

  it('with the identity of another peer is refused', async () => {
    await live();
    renameSync(data, join(place, 'first'));
    await live(0);
    copyFileSync(join(place, 'first', 'identity.pem'), join(data, 'identity.pem'));
    const error = await complaintOf(open());
    expect(error.message).toMatch(
      /its journal is that of [0-9a-f-]{36}, its identity [0-9a-f-]{36}/,
    );
  });

  it('with a block that does not fit the others is refused', async () => {
    await live();
    const [sealed] = entriesOfALife(1).filter((entry) => entry.kind === 'sealed');
    if (sealed === undefined) throw new Error('There is one.');
    const { digest } = sealed;
    await put('block:000000000002', { block: sealed.block, digest });
    expect((await complaintOf(open())).message).toMatch(
      /block 0 does not fit: it is block 0 where 2 comes next/,
    );
  });

  it.each(['batch:000000000004', 'accepted-batch'])('without its %s is refused', async (key) => {
    await live(5);
    const store = await openStore();
    await store.del(key);
    await store.close();
    const { message } = await complaintOf(open());
    expect(message).toMatch(`its record "${key}" is missing`);
  });

  it('with a value that somebody has edited is refused', async () => {
    await live();
    const store = await openStore();
    await store.put('founding', `${await store.get('founding')} `);
    await store.close();
    expect((await complaintOf(open())).message).toMatch(/its record "founding" is corrupted/);
  });

  it('without one of its blocks is refused', async () => {
    await live();
    const store = await openStore();
    await store.del('block:000000000004');
    await store.close();
    expect((await complaintOf(open())).message).toMatch(/"block:000000000004" is missing/);
  });

  it('that lost an unfinished write alone goes on', async () => {
    const name = await live();
    // The first bytes of a record whose rest never came: nobody was told that it is durable.
    appendFileSync(storeFile(/\.log$/), Uint8Array.of(1, 2, 3, 4, 200, 0, 1, 65, 65));
    const { identity, journal } = await open();
    expect(identity.clientID).toBe(name);
    expect(journal.recover().standing?.chain.height).toBe(6);
    await journal.close();
    expect(existsSync(join(data, 'journal.mark'))).toBe(true);
  });
});

async function openStore(): Promise<ClassicLevel> {
  const store = new ClassicLevel(join(data, 'journal'));
  await store.open();
  return store;
}

async function put(key: string, content: unknown): Promise<void> {
  const store = await openStore();
  await store.put(key, seal(key, content).value);
  await store.close();
}
