/** `sortition chaos` as people run it: for a short while, to its end, interrupted, and killed. */

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endPrograms, Program } from './program.ts';
import { isAlive, until } from './until.ts';

/** Runs get a temporary folder of their own: others on this machine may have theirs beside them. */
let place = '';
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'sortition-test-chaos-'));
});
afterEach(async () => {
  await endPrograms();
  rmSync(place, { recursive: true });
});

/** Four peers that suspect and remove one another soon. */
const SMALL = [
  ...['chaos', '--json', '--peers', '4', '--every', '2', '--difficulty', 'interval2:500@14'],
  ...['--heartbeat', '500ms', '--removal', '5s'],
];

const chaos = (...args: readonly string[]): Program =>
  new Program([...SMALL, ...args], { env: { TMPDIR: place, TEMP: place } });

const pidsOf = (run: Program): readonly number[] => run.all('came').map(({ pid }) => Number(pid));

it('bad things happen, everything is mended, and it says that everything held', async () => {
  const run = chaos('--minutes', '0.2', '--seed', '3');
  await until(() => run.all('summary').length > 0, 'the summary', 60_000);
  expect(await run.exit()).toBe(0);
  expect(run.stderr).toBe('');
  expect(run.all('deed').length + run.all('spared').length).toBeGreaterThan(0);
  expect(run.all('agreed')).toHaveLength(1);
  const [summary] = run.all('summary');
  expect(summary).toMatchObject({ seed: 3, violations: [], keptIn: null });
  expect(Number(summary?.['blocks'])).toBeGreaterThan(0);
  expect(Number(summary?.['facts'])).toBeGreaterThan(0);
  expect(pidsOf(run).filter(isAlive)).toEqual([]);
  expect(readdirSync(place)).toEqual([]);
});

it('peers come whose log finds no room, or that get no thread, and take part', async () => {
  // A seed whose first two deeds these are, where they can be had.
  const run = chaos('--minutes', '0.1', '--seed', '2113');
  await until(() => run.all('summary').length > 0, 'the summary', 60_000);
  expect(await run.exit()).toBe(0);
  const machines = run.all('came').map(({ machine }) => machine);
  expect(machines.includes('full-log')).toBe(existsSync('/dev/full'));
  if (process.platform === 'linux' && process.getuid?.() === 0)
    expect(machines).toContain('few-threads');
});

it('a process that ends though nobody told it to is found, and its words are kept', async () => {
  const run = chaos('--minutes', '1', '--every', '60');
  await until(() => run.all('founded').length > 0, 'the founding', 60_000);
  const [, victim] = pidsOf(run);
  process.kill(victim ?? 0, 'SIGABRT');
  await run.hear('died');
  // Nobody waits for the end of the minute.
  run.child.kill('SIGINT');
  await until(() => run.all('summary').length > 0, 'the summary', 60_000);
  expect(await run.exit()).toBe(1);
  const [violation] = run.all('violation');
  expect(violation).toMatchObject({ violation: { name: 'no crash' } });
  const [summary] = run.all('summary');
  const kept = String(summary?.['keptIn']);
  expect(readdirSync(kept)).toContain('said.ndjson');
  expect(readdirSync(place)).toEqual([basename(kept)]);
});

it('no process outlives a run that is killed, not even one that is frozen', async () => {
  const run = chaos('--minutes', '5', '--every', '60');
  await until(() => run.all('founded').length > 0, 'the founding', 60_000);
  const pids = pidsOf(run);
  expect(pids).toHaveLength(4);
  process.kill(pids[0] ?? 0, 'SIGSTOP');
  run.child.kill('SIGKILL');
  await until(() => !pids.some(isAlive), 'all peers being gone');
});

it('a broker that is not there is named in a sentence', async () => {
  const run = new Program(['chaos', '--port', '1', '--peers', '3']);
  expect(await run.exit()).toBe(1);
  expect(run.stderr).toBe(
    'Nothing listens at mqtt://127.0.0.1:1: start that broker first, or let --broker start one.\n',
  );
  const twice = new Program(['chaos', '--broker', 'nats', '--host', 'localhost']);
  expect(await twice.exit()).toBe(2);
  const secure = new Program(['chaos', '--url', 'wss://localhost']);
  expect(await secure.exit()).toBe(2);
});
