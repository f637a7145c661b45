/** The main job, as users start it: a broker and peers in processes of their own, to the end. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { connectAsync } from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { zeroBits } from '../../src/ledger/block.ts';
import { killController } from './program.ts';
import { isAlive, until } from './until.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const SMALL = ['--peers', '3', '--threads', '1'];

type Run = {
  readonly child: ChildProcess;
  out: string;
  err: string;
  /** Null while it runs. */
  code: number | null;
};

const runs: Run[] = [];
afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.child.kill('SIGTERM');
    await until(() => run.code !== null, 'the run ends', 10_000);
  }
});

/** Runs `sortition start` on any free port, unless `args` say otherwise. */
function start(...args: readonly string[]): Run {
  const child = spawn(process.execPath, [PROGRAM, 'start', '--port', '0', ...SMALL, ...args]);
  const run: Run = { child, out: '', err: '', code: null };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    run.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    run.err += text;
  });
  child.on('close', (code) => {
    run.code = code ?? -1;
  });
  runs.push(run);
  return run;
}

const ended = (run: Run): Promise<void> => until(() => run.code !== null, 'the run ends', 50_000);

const linesOf = (run: Run): readonly string[] => run.out.trimEnd().split('\n');

type Told = { readonly kind: string; readonly [field: string]: unknown };

/** What a run with `--json` has told so far, of one kind. */
function told(run: Run, kind: string): readonly Told[] {
  return run.out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Told)
    .filter((fact) => fact.kind === kind);
}

/** Resolves once the broker of a run has passed a challenge on, so that the next one knows it. */
async function challengeHeard(run: Run): Promise<void> {
  await until(() => told(run, 'broker').length > 0, 'there is a broker', 20_000);
  const client = await connectAsync(String(told(run, 'broker')[0]?.['url']));
  try {
    let isHeard = false;
    client.on('message', () => {
      isHeard = true;
    });
    await client.subscribeAsync('sd/challenge');
    const isTold = () => isHeard && told(run, 'challenge').length > 0;
    await until(isTold, 'a challenge is open', 20_000);
  } finally {
    await client.endAsync();
  }
}

/** By a program that is none of ours, where there is one. */
function sha256(text: string): string {
  const { stdout, status } = spawnSync('sha256sum', { input: text, encoding: 'utf8' });
  if (status === 0) return stdout.slice(0, 64);
  return createHash('sha256').update(text).digest('hex');
}

const pidsOf = (run: Run): readonly number[] => told(run, 'peer').map(({ pid }) => Number(pid));

test('three peers elect a controller once, and solve what they are asked to', async () => {
  const run = start('--difficulty', 'fixed:14', '--challenges', '2', '--show-preimages');
  await ended(run);
  expect(run.err).toBe('');
  expect(run.code).toBe(0);
  expect(linesOf(run).filter((line) => line.includes('is controller of term'))).toHaveLength(1);
  expect(linesOf(run).at(-1)).toMatch(/^2 results in 1 term, /);
  const preimages = linesOf(run).filter((line) => line.startsWith('sortition:'));
  expect(preimages).toHaveLength(2);
  for (const [index, preimage] of preimages.entries()) {
    const digest = sha256(preimage);
    expect(zeroBits(digest)).toBeGreaterThanOrEqual(14);
    expect(preimage.startsWith(`sortition:${index}:`)).toBe(true);
    // In the closing table.
    expect(run.out).toMatch(new RegExp(`^ +${index} +14 .* ${digest}$`, 'm'));
  }
});

test('programs are told each result once, and a summary in the end', async () => {
  const run = start('--difficulty', 'fixed:12', '--challenges', '3', '--json');
  await ended(run);
  expect(run.code).toBe(0);
  const results = told(run, 'result');
  expect(results.map(({ transactionID }) => transactionID)).toEqual([0, 1, 2]);
  expect(told(run, 'drawn')).toHaveLength(1);
  const [summary] = told(run, 'summary');
  expect(summary).toMatchObject({ terms: 1, results: results.map(({ digest }) => ({ digest })) });
  expect(pidsOf(run).filter(isAlive)).toEqual([]);
});

test('a controller is killed, and the next one goes on with the same challenge', async () => {
  // Nobody solves it, so that it is open whenever the controller dies.
  const run = start('--difficulty', 'fixed:40', '--challenges', '1', '--json');
  await challengeHeard(run);
  const pid = await killController((kind) => told(run, kind));
  await until(() => told(run, 'challenge').length > 1, 'it is open again', 20_000);
  run.child.kill('SIGTERM');
  await ended(run);
  expect(told(run, 'gone')).toMatchObject([{ wasController: true, living: 2 }]);
  const [before, after] = told(run, 'challenge');
  expect(after).toMatchObject({ isSame: true, preimage: before?.['preimage'] });
  expect(Number(after?.['term'])).toBeGreaterThan(Number(before?.['term']));
  const [summary] = told(run, 'summary');
  const killed = { pid, wasController: true, how: 'died' };
  expect(summary?.['peers']).toEqual(expect.arrayContaining([expect.objectContaining(killed)]));
});

test('where too few are left to decide anything, the run says so and fails', async () => {
  const run = start('--difficulty', 'fixed:40', '--json');
  await until(() => told(run, 'challenge').length > 0, 'a challenge is open', 20_000);
  for (const pid of pidsOf(run).slice(0, 2)) process.kill(pid, 'SIGKILL');
  await ended(run);
  expect(run.code).toBe(1);
  expect(run.err).toBe(
    'Only 1 member is alive where a majority is 2: nothing can be decided any more.\n',
  );
  expect(pidsOf(run).filter(isAlive)).toEqual([]);
});

test('a port that is taken is passed over, and the run says so', async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const run = start('--port', String(port), '--difficulty', 'fixed:10', '--challenges', '1');
  await ended(run);
  server.close();
  expect(run.code).toBe(0);
  const [first = ''] = linesOf(run);
  expect(first.startsWith(`port ${port} is taken: broker on mqtt://127.0.0.1:`)).toBe(true);
  expect(first).not.toMatch(new RegExp(`:${port}$`));
});

test('Ctrl-C ends a run without end in order, with its tables', async () => {
  const run = start('--difficulty', 'fixed:12', '--challenges', '0');
  await until(() => run.out.includes('result 1'), 'two results', 20_000);
  run.child.kill('SIGINT');
  await ended(run);
  expect(run.code).toBe(0);
  expect(run.err).toBe('');
  expect(linesOf(run).at(-1)).toMatch(/ results in 1 term, /);
});

test('no peer outlives a run that is killed', async () => {
  const run = start('--difficulty', 'fixed:40', '--json');
  await until(() => told(run, 'challenge').length > 0, 'a challenge is open', 20_000);
  const pids = pidsOf(run);
  expect(pids).toHaveLength(3);
  run.child.kill('SIGKILL');
  await until(() => !pids.some(isAlive), 'all peers are gone');
});
