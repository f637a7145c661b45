#!/usr/bin/env node
/** Runs the tests again and again, and keeps a table of what became of each run. */

import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, constants, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `npm run test:often -- [options] [-- what Vitest is given]

  --runs <count>   how many runs (1)
  --busy           beside a busy loop on each core
  --fresh          each time in a fresh clone of the last commit, after "npm ci"
  --built          do not build first: the build is there
  --keep <folder>  for the table, and what failed runs have written (test-runs)
  --table          run nothing: count what is in the table

  npm run test:often -- --runs 5 --busy
  npm run test:often -- --runs 20 --built -- test/net/start.test.ts
`;

const SELF = fileURLToPath(import.meta.url);
const TOP = resolve(SELF, '../..');

/** Names the file for the reporter below; not SORTITION_…, which would be a setting. */
const REPORT = 'TEST_OFTEN_REPORT';

/** Keeps one core busy; ends by itself when its parent is gone, whatever ended that one. */
const BUSY_LOOP = `
  const parent = process.ppid;
  while (process.ppid === parent) for (const end = Date.now() + 100; Date.now() < end; );
`;

/** The tests may end their own processes before they are killed. */
const POLITE_MS = 3_000;

const HEAD = `| Date (UTC) | Commit | Kind | Result | Passed | Failed | Retried | Skipped | Seconds | Which failed, or were retried |
| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | --- |
`;

/** What Vitest tells of a test: it passed, failed, was retried (and passed then) or skipped. */
function fateOf(test) {
  const { state } = test.result();
  if (state === 'passed' && (test.diagnostic()?.retryCount ?? 0) > 0) return 'retried';
  return state === 'pending' ? 'skipped' : state;
}

/** Hears from Vitest how a run has ended, and writes down what became of its tests. */
// biome-ignore lint/style/noDefaultExport: Vitest takes no other.
export default class Reporter {
  onTestRunEnd(files, errors) {
    const counts = { passed: 0, failed: 0, retried: 0, skipped: 0 };
    const names = errors.map(({ message }) => `outside of all tests: ${message}`);
    for (const file of files) {
      const path = relative(process.cwd(), file.moduleId);
      const { failed } = counts;
      for (const test of file.children.allTests()) {
        const fate = fateOf(test);
        counts[fate] += 1;
        if (fate === 'failed' || fate === 'retried') names.push(`${path} > ${test.fullName}`);
      }
      const isHookAtFault = !file.ok() && counts.failed === failed;
      if (isHookAtFault) names.push(`${path}, before or after its tests`);
    }
    writeFileSync(process.env[REPORT], JSON.stringify({ counts, names }));
  }
}

/** Ids of the processes that must end with us. */
const running = new Set();
let isInterrupted = false;

/** Starts a process with a group of its own, so that all that it starts can be ended with it. */
function start(command, args, options) {
  const child = spawn(command, args, { detached: true, ...options });
  if (child.pid !== undefined) running.add(child.pid);
  const code = new Promise((done) => {
    child.on('error', () => done(127));
    child.on('close', (exitCode, signal) => done(exitCode ?? signal));
  });
  return { child, code: code.finally(() => running.delete(child.pid)) };
}

function end(id, signal) {
  try {
    process.kill(-id, signal);
  } catch {
    // It has ended by itself.
  }
}

function startBusyLoops() {
  const loops = Array.from({ length: availableParallelism() }, () =>
    start(process.execPath, ['--eval', BUSY_LOOP], { stdio: 'ignore' }),
  );
  process.stdout.write(`busy loops: ${loops.map(({ child }) => child.pid).join(' ')}\n`);
  return loops;
}

async function endBusyLoops(loops) {
  for (const { child } of loops) end(child.pid, 'SIGKILL');
  await Promise.all(loops.map(({ code }) => code));
}

const git = (...args) => execFileSync('git', ['-C', TOP, ...args], { encoding: 'utf8' }).trim();

/** With a plus where this checkout has more than its last commit, and that is what is tested. */
function commitOf({ fresh }) {
  const isChanged = !fresh && git('status', '--porcelain') !== '';
  return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? '+' : ''}`;
}

/** Runs a command where the tests are; all it writes is shown, and kept in `log`. */
function runAt(place, scratch, [command, ...args]) {
  // A Vitest that runs this one is none of the tests' business; other runs share the usual folder.
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST'));
  const temporary = join(scratch, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const env = {
    ...Object.fromEntries(own),
    TMPDIR: temporary,
    [REPORT]: join(scratch, 'report.json'),
  };
  const { child, code } = start(command, args, {
    cwd: place,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (piece) => {
      process.stdout.write(piece);
      appendFileSync(join(scratch, 'log'), piece);
    });
  }
  return code;
}

/** Gives the cells of a row. */
async function runOnce(values, given, scratch) {
  const date = new Date().toISOString().slice(0, 19);
  const commit = commitOf(values);
  const place = values.fresh ? join(scratch, 'clone') : TOP;
  let code = 0;
  if (values.fresh) {
    git('clone', '--quiet', TOP, place);
    code = await runAt(place, scratch, ['npm', 'ci', '--no-audit', '--no-fund']);
  }
  const from = performance.now();
  const loops = values.busy ? startBusyLoops() : [];
  const command = values.built ? ['npx', 'vitest', 'run'] : ['npm', 'test', '--'];
  const reporters = ['--reporter=default', `--reporter=${SELF}`];
  if (code === 0) code = await runAt(place, scratch, [...command, ...reporters, ...given]);
  await endBusyLoops(loops);
  const seconds = Math.round((performance.now() - from) / 1000);

  const report = join(scratch, 'report.json');
  const nothing = { counts: {}, names: [`nothing was tested (${code})`] };
  const { counts, names } = existsSync(report) ? JSON.parse(readFileSync(report)) : nothing;
  const result = code === 0 && names.length === 0 ? 'held' : 'FAILED';
  const kinds = [values.fresh && 'fresh', values.busy && 'busy', ...given].filter(Boolean);
  const numbers = ['passed', 'failed', 'retried', 'skipped'].map((name) => counts[name] ?? 0);
  const kind = kinds.join(' ') || 'plain';
  return [date, commit, kind, result, ...numbers, seconds, names.join('; ') || '-'];
}

/** Adds a row, and keeps what a failed run has written. */
function keep(folder, cells, scratch) {
  mkdirSync(folder, { recursive: true });
  const table = join(folder, 'table.md');
  if (!existsSync(table)) writeFileSync(table, HEAD);
  const row = cells.map((cell) => String(cell).replace(/\s+/g, ' ').replaceAll('|', '/'));
  appendFileSync(table, `| ${row.join(' | ')} |\n`);
  process.stdout.write(`${row.join(', ')}\n`);
  const [date, , , result] = row;
  if (result === 'held' || !existsSync(join(scratch, 'log'))) return;
  const log = join(folder, `${date.replaceAll(':', '')}.log`);
  copyFileSync(join(scratch, 'log'), log);
  process.stdout.write(`What it has written is in ${log}.\n`);
}

/** For each commit and kind: how many runs held, and of how many. */
function count(folder) {
  const table = join(folder, 'table.md');
  const rows = existsSync(table) ? readFileSync(table, 'utf8').trim().split('\n').slice(2) : [];
  const tally = new Map();
  for (const row of rows) {
    const [commit, kind, result] = row
      .split('|')
      .map((cell) => cell.trim())
      .slice(2);
    const name = `${commit} ${kind}`;
    const { held, runs } = tally.get(name) ?? { held: 0, runs: 0 };
    tally.set(name, { held: held + (result === 'held' ? 1 : 0), runs: runs + 1 });
  }
  for (const [name, { held, runs }] of tally)
    process.stdout.write(`${name}: ${held} of ${runs} ${runs === 1 ? 'run' : 'runs'} held\n`);
  if (rows.length === 0) process.stdout.write(`There is no run in ${table} yet.\n`);
}

/** Ends all that runs; the run that is interrupted gets no row. */
async function stop(signal, scratch) {
  isInterrupted = true;
  for (const id of running) end(id, 'SIGTERM');
  const deadline = performance.now() + POLITE_MS;
  while (running.size > 0 && performance.now() < deadline)
    await new Promise((done) => setTimeout(done, 50));
  for (const id of running) end(id, 'SIGKILL');
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  process.exit(128 + constants.signals[signal]);
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '1' },
      busy: { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      built: { type: 'boolean', default: false },
      keep: { type: 'string', default: join(TOP, 'test-runs') },
      table: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const runs = Number(values.runs);
  if (values.help) return void process.stdout.write(HELP);
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error(`--runs must be a whole number from 1, not "${values.runs}".`);
  if (values.fresh && values.built) throw new Error('A fresh clone has no build: leave one out.');
  const scratch = mkdtempSync(join(tmpdir(), 'sortition-often-'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.once(signal, () => void stop(signal, scratch));
  try {
    for (let run = 0; run < runs && !values.table; run += 1) {
      const own = mkdtempSync(join(scratch, 'run-'));
      const cells = await runOnce(values, positionals, own);
      if (isInterrupted) return;
      keep(values.keep, cells, own);
      if (cells[3] !== 'held') process.exitCode = 1;
      rmSync(own, { recursive: true, force: true, maxRetries: 3 });
    }
    count(values.keep);
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

if (process.argv[1] === SELF) {
  main().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  });
}
