/** What cannot be read as a ledger is refused in one sentence, with the number of its block. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EXIT } from '../../src/cli/exit.ts';
import { openDataDirectory } from '../../src/node/data-directory.ts';
import { blockKey } from '../../src/node/journal-records.ts';
import { entriesOfALife, rules } from '../contracts/entries.ts';
import { complaintOf } from './complaint.ts';

const BLOCKS = 5;

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
    `The data directory ${data} is damaged: its journal is missing.`,
  );
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  for (const path of [empty, join(folder, 'none')]) {
    const { code, sentence } = await complaintOf('ledger', '--data', path);
    expect(code).toBe(EXIT.badFile);
    expect(sentence).toMatch(/^There is no ledger in /);
  }
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
