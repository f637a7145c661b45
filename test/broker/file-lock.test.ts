import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from '../../broker/file-lock.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sortition-lock-'));
  path = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('the lock is there during the work alone, also where the work fails', async () => {
  const isLocked = await withLock(path, () => existsSync(`${path}.lock`));
  expect(isLocked).toBe(true);
  const failing = withLock(path, () => {
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(existsSync(`${path}.lock`)).toBe(false);
});

it('the work waits while another process has the lock', async () => {
  writeFileSync(`${path}.lock`, '');
  const order: string[] = [];
  const waiting = withLock(path, () => order.push('work'));
  await Promise.resolve();
  order.push('other');
  rmSync(`${path}.lock`);
  await waiting;
  expect(order).toEqual(['other', 'work']);
});

it('a lock that a process left when it died is taken away', async () => {
  writeFileSync(`${path}.lock`, '');
  utimesSync(`${path}.lock`, 1_000_000, 1_000_000);
  await withLock(path, () => writeFileSync(path, 'done'));
  expect(readFileSync(path, 'utf8')).toBe('done');
  expect(existsSync(`${path}.lock`)).toBe(false);
});

it('where there is no folder, the work itself tells so', async () => {
  const nowhere = join(folder, 'missing', 'file');
  await expect(withLock(nowhere, () => readFileSync(nowhere))).rejects.toThrow(/ENOENT/);
});
