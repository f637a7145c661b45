/** What cannot be read as a ledger is refused in one sentence, with the number of its block. */

import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EXIT } from '../../src/cli/exit.ts';
import { openDataDirectory } from '../../src/node/data-directory.ts';
import { blockKey } from '../../src/node/journal-records.ts';
import { entriesOfALife, rules } from '../contracts/entries.ts';
import { complaintOf } from './complaint.ts';

/** Enough for a table of them to have several parts. */
const BLOCKS = 60;

let folder = '';
let data = '';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sortition-ledger-'));
  data = join(folder, 'peer');
  const { journal } = await openDataDirectory(data, () => rules, false);
  await journal.record(entriesOfALife(BLOCKS));
  await journal.close();
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const complain = (...more: readonly string[]) => complaintOf('ledger', '--data', data, ...more);

test('a block that is damaged on the disk is named', async () => {
  const store = new ClassicLevel(join(data, 'journal'));
  await store.put(blockKey(3), `0123456789abcdef {"block":{}}`);
  await store.close();
  const problem = `its record "${blockKey(3)}" is corrupted`;
  const fault = { code: EXIT.failed, sentence: `Block 3 in ${data} cannot be read: ${problem}.` };
  expect(await complain()).toEqual(fault);
  expect(await complain('--from', '2')).toEqual(fault);
});

test('a founding without true votes does not hold', async () => {
  const { code, sentence } = await complain('--verify');
  expect(code).toBe(EXIT.failed);
  expect(sentence).toMatch(/^The founding does not hold: /);
});

test('a directory without a ledger, or that is in use, is told from a damaged one', async () => {
  const { journal } = await openDataDirectory(data, () => rules, false);
  const used = await complain();
  await journal.close();
  expect(used.code).toBe(EXIT.badFile);
  expect(used.sentence).toMatch(/is in use by a peer that runs: end that one first, or ask its/);
  rmSync(join(data, 'journal', 'CURRENT'));
  expect((await complain()).sentence).toBe(
    `The data directory ${data} is damaged: its journal is missing. Read a copy of it, or ` +
      'the ledger of its network, with --host in place of --data.',
  );
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  for (const path of [empty, join(folder, 'none')]) {
    const { code, sentence } = await complaintOf('ledger', '--data', path);
    expect(code).toBe(EXIT.badFile);
    expect(sentence).toMatch(/^There is no ledger in /);
  }
});

/** What can befall a file. */
const DAMAGE: Readonly<Record<string, (path: string) => void>> = {
  'is cut in the middle': (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
  'begins with other bytes': (path) => flip(path, 0),
  'ends with other bytes': (path) => flip(path, statSync(path).size - 1),
  'is empty': (path) => writeFileSync(path, ''),
  'is deleted': (path) => rmSync(path),
  'is a directory': (path) => {
    rmSync(path);
    mkdirSync(path);
  },
};

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes.writeUInt8((bytes[at] ?? 0) ^ 0x5a, at);
  writeFileSync(path, bytes);
}

/** LevelDB makes a table of its log when it is opened again. */
async function makeTable(): Promise<string> {
  const store = new ClassicLevel(join(data, 'journal'));
  await store.open();
  await store.close();
  const table = readdirSync(join(data, 'journal')).find((name) => name.endsWith('.ldb'));
  if (table === undefined) throw new Error('There is a table.');
  return join('journal', table);
}

/** `--verify` may first come to the founding, which has no true votes here. */
async function demandSentence(...args: readonly string[]): Promise<void> {
  const { code, sentence } = await complain(...args);
  expect([EXIT.failed, EXIT.badFile]).toContain(code);
  expect(sentence).toMatch(/^(The data directory|Block \d+ in|The founding does) .+\.$/);
}

test.each(Object.entries(DAMAGE))(
  'a store of which a file %s is called damaged',
  async (_, deed) => {
    const whole = join(folder, 'whole');
    const table = await makeTable();
    cpSync(data, whole, { recursive: true });
    const manifest = readdirSync(join(data, 'journal')).find((name) => name.startsWith('MANIFEST'));
    const files = [
      table,
      join('journal', manifest ?? ''),
      join('journal', 'CURRENT'),
      'journal.mark',
    ];
    for (const file of files)
      for (const more of [[], ['--verify']]) {
        rmSync(data, { recursive: true });
        cpSync(whole, data, { recursive: true });
        deed(join(data, file));
        await demandSentence(...more);
      }
  },
);

test('a table with a wrong byte anywhere is called damaged, or reads as before', async () => {
  const table = join(data, await makeTable());
  const { size } = statSync(table);
  const seen = new Set<number>();
  for (let at = 0; at < size; at += Math.ceil(size / 60)) {
    flip(table, at);
    // Where there is no complaint, it hit an older version of a record, which is read no more.
    const complaint = await complain().catch(() => null);
    flip(table, at);
    if (complaint === null) continue;
    seen.add(complaint.code);
    expect(complaint.sentence).toMatch(/^(The data directory|Block \d+ in) /);
  }
  expect([...seen].sort()).toEqual([EXIT.failed, EXIT.badFile]);
});

test.skipIf(process.getuid?.() === 0)('a mark that we may not read is no damage', async () => {
  chmodSync(join(data, 'journal.mark'), 0);
  expect(await complain()).toMatchObject({
    code: EXIT.badFile,
    sentence: expect.stringMatching(/^Cannot use the data directory .+ \(EACCES\)/),
  });
});

test('a file that is there is not exported into', async () => {
  const path = join(folder, 'out');
  writeFileSync(path, 'something of value');
  expect(await complain('--export', path)).toMatchObject({ code: EXIT.badFile });
});

test('a directory and a network contradict one another', async () => {
  expect(await complain('--host', 'here')).toEqual({
    code: EXIT.usage,
    sentence: '--data reads a directory, and --host asks a network: leave one of them out.',
  });
});
