/** Peers and journals of a user who may have only a few threads, as `ulimit -u` sets it. */

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, type TestContext } from 'vitest';
import { openBroker } from '../../broker/broker.ts';
import { confinesOf, poorMachines } from '../../src/cli/chaos-machine.ts';
import { skipLoudly } from './loud-skip.ts';
import { endPrograms, Program } from './program.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  await endPrograms();
  for (const step of undo.splice(0).reverse()) await step();
});

const BUILT = new URL('../../dist/src/', import.meta.url);
/** A user without any process, and how many threads Node has in one; else the test is skipped. */
function poorUser(context: TestContext): { uid: number; threads: number } {
  const file = new URL('cli/main.js', BUILT).pathname;
  if (!poorMachines(file).includes('few-threads'))
    skipLoudly(context, `Only root on Linux runs processes as another user, who can read ${file}.`);
  const { user } = confinesOf('few-threads');
  if (user === undefined) throw new Error('Such a machine has a user of its own.');
  return user;
}

async function openPlace(): Promise<readonly string[]> {
  const broker = await openBroker({ port: 0 });
  undo.push(() => broker.close());
  return ['client', '--json', '-p', String(broker.port), '--difficulty', 'fixed:12'];
}

it('a peer that gets some of its threads mines with those, and says how many', async (context) => {
  const { uid, threads } = poorUser(context);
  const args = [...(await openPlace()), '--peers', '1', '--threads', '6'];
  const peer = new Program(args, { uid, limits: `-u ${threads + 3}` });
  await peer.hear('threads-missing');
  const [missing] = peer.all('threads-missing');
  expect(missing).toMatchObject({ wanted: 6, reason: 'EAGAIN' });
  expect([1, 2, 3]).toContain(missing?.['running']);
  await peer.hear('result', 3);
  expect(peer.all('threads-missing')).toHaveLength(1);
  peer.child.kill('SIGTERM');
  expect(await peer.exit()).toBe(0);
});

it('a peer that gets no thread votes and acknowledges without mining', async (context) => {
  const { uid, threads } = poorUser(context);
  const args = [...(await openPlace()), '--peers', '3'];
  const poor = new Program([...args, '--threads', '6'], { uid, limits: `-u ${threads}` });
  const others = [1, 2].map(() => new Program([...args, '--threads', '1']));
  await poor.hear('threads-missing');
  expect(poor.all('threads-missing')[0]).toMatchObject({ running: 0, wanted: 6 });
  await poor.hear('paused');
  const { length } = poor.all('result');
  await poor.hear('result', length + 3);
  expect(poor.all('result').some(({ isOwn }) => isOwn)).toBe(false);
  for (const peer of [poor, ...others]) peer.child.kill('SIGTERM');
  for (const peer of [poor, ...others]) expect(await peer.exit()).toBe(0);
});

it('mining alone goes on with the workers that start, and fails without one', async (context) => {
  const { uid, threads } = poorUser(context);
  const mine = ['mine', '--block', 'x', '--bits', '40', '--from', '0', '--to', '300000'];
  const few = new Program([...mine, '--workers', '6'], { uid, limits: `-u ${threads + 2}` });
  expect(await few.exit()).toBe(1);
  expect(few.stderr).toMatch(
    /^The system allows no more mining threads \(EAGAIN\); [12] of 6 run\.$/m,
  );
  expect(few.stdout).toContain('300000 hashes');
  const none = new Program([...mine, '--workers', '6'], { uid, limits: `-u ${threads}` });
  expect(await none.exit()).toBe(1);
  expect(none.stderr).toBe('The system allows no more mining threads (EAGAIN); none runs.\n');
});

it('a journal has its thread before the mining threads take what there is', async (context) => {
  const { uid, threads } = poorUser(context);
  const folder = mkdtempSync(join(tmpdir(), 'sortition-threads-'));
  undo.push(() => rmSync(folder, { recursive: true }));
  chmodSync(folder, 0o777);
  const program = `
    import { Worker } from 'node:worker_threads';
    import { openStore, writeRows } from ${JSON.stringify(new URL('node/level-store.js', BUILT))};
    const store = await openStore(${JSON.stringify(join(folder, 'store'))}, true);
    try {
      for (;;) new Worker('setInterval(() => {}, 1000)', { eval: true });
    } catch {}
    const value = 'x'.repeat(100_000);
    for (let row = 0; row < 120; row += 1) await writeRows(store, [{ key: String(row), value }]);
    console.log('written');
    process.exit();`;
  const command = `ulimit -u ${threads + 4} && exec "$0" --input-type=module -e "$1"`;
  const args = ['-c', command, process.execPath, program];
  const asUser = { uid, gid: uid, cwd: '/', encoding: 'utf8' } as const;
  expect(execFileSync('bash', args, asUser)).toBe('written\n');
});

it('a run tells which peers lack threads, and a founding that fails, why', async (context) => {
  const { uid, threads } = poorUser(context);
  const rules = [
    '--peers',
    '2',
    '--threads',
    '64',
    '--challenges',
    '2',
    '--difficulty',
    'fixed:12',
  ];
  const start = ['start', '-p', '0', '--json', ...rules];
  const run = new Program(start, { uid, limits: `-u ${3 * threads + 12}` });
  expect(await run.exit(), run.stderr + run.stdout.slice(-2_000)).toBe(0);
  expect(run.all('threads-missing')[0]).toMatchObject({ wanted: 64, reason: 'EAGAIN' });
  const none = new Program(start, { uid, limits: `-u ${threads + 4}` });
  expect(await none.exit()).toBe(1);
  expect(none.stderr).toBe(
    'Only 0 of the 2 peers that found the network are alive: start fewer (--peers), ' +
      'or raise the limit for threads and processes (ulimit -u).\n',
  );
});
