/** The tests of this project run again and again: what the table tells, and what is left behind. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endPrograms, Program } from './program.ts';
import { isAlive, until } from './until.ts';

/** Of a small project of its own, whose tests do as they are told. */
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sortition-test-often-'));
  const test = { globals: true, include: ['*.test.js'] };
  writeFileSync(join(folder, 'config.mjs'), `export default ${JSON.stringify({ test })};`);
});
afterEach(async () => {
  await endPrograms();
  rmSync(folder, { recursive: true });
});

function often(tests: string, ...args: readonly string[]): Program {
  writeFileSync(join(folder, 'some.test.js'), tests);
  const given = ['--root', folder, '--config', join(folder, 'config.mjs')];
  const keep = ['--built', '--keep', join(folder, 'kept')];
  return new Program([...keep, ...args, '--', ...given], {
    file: '../../../.ci/often.mjs',
    // One that is killed leaves its files.
    env: { TMPDIR: folder },
  });
}

/** The cells of each run. */
function rows(): readonly (readonly string[])[] {
  const lines = readFileSync(join(folder, 'kept', 'table.md'), 'utf8')
    .trim()
    .split('\n')
    .slice(2);
  return lines.map((line) => line.split('|').map((cell) => cell.trim()));
}

async function busyLoopsOf(run: Program): Promise<readonly number[]> {
  await run.write('busy loops: ');
  await run.write('RUN');
  const [, ids = ''] = /busy loops: ([\d ]+)\n/.exec(run.stdout) ?? [];
  const pids = ids.split(' ').map(Number);
  expect(pids.every(isAlive)).toBe(true);
  return pids;
}

it('each run has a row, with the tests that failed or were tried twice', async () => {
  const held = often('it("holds", () => {}); it.skip("is left out", () => {});', '--runs', '2');
  expect(await held.exit(), held.stderr).toBe(0);
  expect(rows().map((row) => row.slice(4, 9))).toEqual([
    ['held', '1', '0', '0', '1'],
    ['held', '1', '0', '0', '1'],
  ]);
  const failed = often(`
    let times = 0;
    it('holds', () => {});
    it('a | is no column', { retry: 1 }, () => expect(times++).toBe(1));
    it('fails', () => expect(1).toBe(2));
  `);
  expect(await failed.exit()).toBe(1);
  expect(failed.stdout).toMatch(/: 2 of 3 runs held\n/);
  const row = rows()[2] ?? [];
  expect(row.slice(4, 9)).toEqual(['FAILED', '1', '1', '1', '0']);
  expect(row[10]).toMatch(/^\S*some\.test\.js > a \/ is no column; \S*some\.test\.js > fails$/);
  const [, log = ''] = /What it has written is in (.*)\.\n/.exec(failed.stdout) ?? [];
  expect(readFileSync(log, 'utf8')).toContain('expected 1 to be 2');
});

it('a run does not hold if a test was tried twice, or something failed before it', async () => {
  const retried = often("let n = 0; it('a', { retry: 1 }, () => expect(n++).toBe(1));");
  expect(await retried.exit()).toBe(1);
  const broken = often("beforeAll(() => { throw new Error('no'); }); it('a', () => {});");
  expect(await broken.exit()).toBe(1);
  const none = often('', '--busy', '--runs', '1');
  expect(await none.exit()).toBe(1);
  expect(rows().map((row) => row[4])).toEqual(['FAILED', 'FAILED', 'FAILED']);
  expect(rows()[1]?.[10]).toMatch(/some\.test\.js, before or after its tests$/);
});

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends its busy loops and the tests, and leaves no row', async (signal, code) => {
  const run = often("it('never ends', () => new Promise(() => {}), 1e9);", '--busy');
  const pids = await busyLoopsOf(run);
  run.child.kill(signal);
  expect(await run.exit()).toBe(code);
  await until(() => !pids.some(isAlive), 'the end of the busy loops');
  expect(existsSync(join(folder, 'kept'))).toBe(false);
});

it('its busy loops do not outlive it, even if it is killed', async () => {
  const [begun, end] = [join(folder, 'begun'), join(folder, 'end')];
  const tests = `
    import { existsSync, writeFileSync } from 'node:fs';
    it('waits', () => {
      writeFileSync('${begun}', String(process.ppid));
      return vi.waitFor(() => expect(existsSync('${end}')).toBe(true), 1e9);
    }, 1e9);
  `;
  const run = often(tests, '--busy');
  const pids = await busyLoopsOf(run);
  await until(() => existsSync(begun) && readFileSync(begun, 'utf8') !== '', 'the test');
  const vitest = Number(readFileSync(begun, 'utf8'));
  run.child.kill('SIGKILL');
  await until(() => !pids.some(isAlive), 'the end of the busy loops');
  // The tests themselves go on to their end.
  expect(isAlive(vitest)).toBe(true);
  writeFileSync(end, '');
  await until(() => !isAlive(vitest), 'the end of the tests');
});

it('what makes no sense is refused in a sentence', async () => {
  const none = often('', '--runs', '0');
  expect(await none.exit()).toBe(2);
  expect(none.stderr).toBe('--runs must be a whole number from 1, not "0".\n');
  const unknown = often('', '--often');
  expect(await unknown.exit()).toBe(2);
  expect(unknown.stderr).toContain("Unknown option '--often'");
});
