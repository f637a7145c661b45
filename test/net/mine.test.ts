/** `sortition mine` as users run it: threads, files, signals, exit codes. */

import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endPrograms, Program } from './program.ts';
import { until } from './until.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sortition-mine-'));
});
afterEach(async () => {
  await endPrograms();
  rmSync(folder, { recursive: true });
});

const sha = (name: string, text: string): string => createHash(name).update(text).digest('hex');
const mine = (...args: readonly string[]): Program => new Program(['mine', ...args]);

/** Nonces below `to` that solve `block`, tried one by one. */
function solutionsOf(block: string, to: number, zeros: string): number[] {
  const nonces = Array.from({ length: to }, (_, nonce) => nonce);
  return nonces.filter((nonce) => sha('sha256', `${block}${nonce}`).startsWith(zeros));
}

it('finds what is there, says which worker did, and nothing on the standard error', async () => {
  const block = 'Grüße, 世界';
  const solutions = solutionsOf(block, 40_000, '000');
  const range = ['--from', '0', '--to', '40000', '--workers', '4', '--zeros', '3'];
  const told = mine('--block', block, ...range, '--json');
  expect(await told.exit()).toBe(0);
  const [found] = told.all('found');
  const nonce = Number(found?.['nonce']);
  expect(solutions).toContain(nonce);
  expect(found).toMatchObject({
    worker: Math.floor(nonce / 10_000) + 1,
    digest: sha('sha256', `${block}${nonce}`),
  });
  expect(told.said[0]).toMatchObject({ kind: 'started', block, bits: 12, to: 40_000, workers: 4 });
  for (const near of told.all('near')) expect(near['digest']).toMatch(/^00[^0]/);

  const shown = mine('--block', block, ...range);
  expect(await shown.exit()).toBe(0);
  expect(shown.stdout).toMatch(/^nonce {6}\d+\nworker {5}[1-4] of 4\ndigest {5}000/m);
  expect([told.stderr, shown.stderr]).toEqual(['', '']);
});

it('tries every nonce once, and ends with 1 if none solves', async () => {
  const none = mine('--block', 'none', '--from', '90', '--to', '10091', '--bits', '60', '--json');
  expect(await none.exit()).toBe(1);
  expect(none.said.at(-1)).toMatchObject({ kind: 'exhausted', tried: 10_001 });
  const few = mine('--block', 'few', '--to', '3', '--workers', '8', '--bits', '60');
  expect(await few.exit()).toBe(1);
  expect(few.stdout).toMatch(/^No nonce from 0 to 2 gives 15 zeros: all are tried \(3 hashes/m);
});

it('mines block after block, and leaves the last one in the file', async () => {
  const file = join(folder, 'last_block.txt');
  const run = mine('--file', file, '--zeros', '2', '--count', '3', '--algorithm', 'sha1', '--json');
  expect(await run.exit()).toBe(0);
  const digests = run.all('found').map(({ nonce, digest }, index) => {
    const block = run.all('started')[index]?.['block'];
    expect(sha('sha1', `${block}${nonce}`)).toBe(digest);
    return digest;
  });
  const blocks = run.all('started').map(({ block }) => block);
  expect(blocks).toEqual(['sortition genesis block', ...digests.slice(0, 2)]);
  expect(readFileSync(file, 'utf8')).toBe(digests[2]);
  expect(readdirSync(folder)).toEqual(['last_block.txt']);

  const next = mine('--file', file, '--zeros', '2', '--json');
  expect(await next.exit()).toBe(0);
  expect(next.said[0]?.['block']).toBe(digests[2]);
});

it('does not overwrite what another process has put into the file', async () => {
  const file = join(folder, 'block');
  writeFileSync(file, 'hers\n');
  const run = mine('--file', file, '--bits', '1', '--count', '1000000', '--json');
  await run.hear('found');
  const intrude = (): boolean => {
    writeFileSync(join(folder, 'draft'), 'theirs');
    renameSync(join(folder, 'draft'), file);
    return run.stderr !== '';
  };
  // Again and again: it may come between its last look and its writing.
  await until(intrude, 'word of the other process', 20_000);
  expect(await run.exit()).toBe(5);
  expect(run.stderr).toMatch(/^Somebody else has changed .*\n$/);
  expect(readFileSync(file, 'utf8')).toBe('theirs');
});

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends it cleanly', async (signal, code) => {
  const run = mine('--block', 'long', '--bits', '60', '--workers', '3', '--json');
  await run.hear('progress');
  run.child.kill(signal);
  expect(await run.exit()).toBe(code);
  expect(run.said.at(-1)).toMatchObject({ kind: 'stopped' });
  expect(run.stderr).toBe('');
});

it('ends when nobody reads it any more', async () => {
  const run = mine('--block', 'long', '--bits', '60', '--workers', '1', '--json');
  await run.hear('started');
  run.child.stdout?.destroy();
  expect(await run.exit()).toBe(1);
});
