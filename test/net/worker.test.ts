/** `sortition worker` and `sortition mine --worker`, with one another and with a notebook's. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { skipLoudly } from './loud-skip.ts';
import { endPrograms, Program } from './program.ts';
import { until } from './until.ts';

/** Behind these blocks there is a nonce early in the first half, and in the second one. */
const EARLY = '45b2d574f2b1f4d8959f945cdb4b9b42f0a08dc47820ae8';
const EARLY_NONCE = 5_165;
const HALFWAY = '2ec96148c412906166b4a50133822b1100597ccf525f78b';

/** Behind this one, no nonce below twice `HALF` gives five zeros, and some give four. */
const BARREN = 'barren';
const HALF = 100_000;

const PYTHON = spawnSync('python3', ['-c', 'import hashlib, socket']).status === 0;
const NOTEBOOK = fileURLToPath(new URL('notebook.py', import.meta.url));

let folder: string;
let file: string;
const children: ChildProcess[] = [];
const sockets: Socket[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sortition-worker-'));
  file = join(folder, 'last_block.txt');
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await endPrograms();
  rmSync(folder, { recursive: true });
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A Worker of ours on a port of its own. */
async function startWorker(
  ...args: readonly string[]
): Promise<{ readonly worker: Program; readonly port: number }> {
  const worker = new Program(['worker', '--listen', '0', '--json', ...args]);
  await worker.hear('listening');
  return { worker, port: Number(worker.all('listening')[0]?.['port']) };
}

const master = (port: number, ...args: readonly string[]): Program =>
  new Program(['mine', '--worker', String(port), ...args]);

/** A notebook's Master or Worker, and all that it has written. */
function startNotebook(...args: readonly string[]): { child: ChildProcess; said: () => string } {
  const child = spawn('python3', [NOTEBOOK, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
    });
  return { child, said: () => said };
}

/** Runs a notebook's Master to its end. */
async function askByNotebook(port: number, block: string, workers: number): Promise<string> {
  writeFileSync(file, block);
  const { child, said } = startNotebook('master', String(port), file, String(workers));
  await once(child, 'close');
  return said().trim();
}

describe("the notebook's Master", () => {
  it('has ours search, block after block, and ends it with 0', async (context) => {
    if (!PYTHON) skipLoudly(context, 'there is no python3.');
    const { worker, port } = await startWorker();
    for (const [block, workers] of [
      [EARLY, 2],
      [HALFWAY, 2],
      [EARLY, 7],
    ] as const) {
      const said = await askByNotebook(port, block, workers);
      const [, number, nonce] = /^worker (\d+) nonce (\d+) seconds [\d.]+$/.exec(said) ?? [];
      const digest = sha256(`${block}${nonce}`);
      expect(digest, said).toMatch(/^000000/);
      expect(readFileSync(file, 'utf8')).toBe(digest);
      expect(Number(number)).toBe(rangeOf(Number(nonce), workers));
    }
    expect(await askByNotebook(port, EARLY, 0)).toBe('Shutting down server');
    expect(await worker.exit()).toBe(0);
    expect(worker.all('found')).toHaveLength(3);
    expect(worker.said.at(-1)).toMatchObject({ kind: 'ended' });
    expect(worker.stderr).toBe('');
  });

  it('is told where there is no nonce, and of its own bad requests', async (context) => {
    if (!PYTHON) skipLoudly(context, 'there is no python3.');
    const { port } = await startWorker('--to', '5000');
    const none = await askByNotebook(port, EARLY, 2);
    expect(none).toBe('Worker 1 did not find nonce\nWorker 2 did not find nonce');
    expect(await askByNotebook(port, EARLY, 1_000)).toMatch(/^error .* from 1 to 256 workers/);
    expect(await askByNotebook(port, `${EARLY}\n`, 2)).toMatch(/^error .* without white space/);
    expect(await askByNotebook(port, EARLY, 1)).toBe('Worker 1 did not find nonce');
  });
});

/** Which of these equal ranges of the course's nonces this one is in, from 1 on. */
function rangeOf(nonce: number, workers: number): number {
  const all = 100_000_000;
  const size = Math.floor(all / workers);
  // What does not divide is in the first ones, one nonce each.
  const long = (all % workers) * (size + 1);
  if (nonce < long) return Math.floor(nonce / (size + 1)) + 1;
  return (all % workers) + Math.floor((nonce - long) / size) + 1;
}

describe('mine --worker', () => {
  it("has the notebook's Worker search, and puts the digest into the file", async (context) => {
    if (!PYTHON) skipLoudly(context, 'there is no python3.');
    const { child, said } = startNotebook('worker', '0', '100000000');
    await until(() => said().includes('\n'), 'the port of the notebook', 20_000);
    const port = Number(said().trim());
    writeFileSync(file, `${EARLY}\n`);
    const run = master(port, '--file', file, '--workers', '2');
    expect(await run.exit()).toBe(0);
    const digest = sha256(`${EARLY}${EARLY_NONCE}`);
    expect(run.stdout).toMatch(
      new RegExp(
        `^block {6}${EARLY}\nasked {6}127.0.0.1:${port} for 6 zeros, 2 workers\n` +
          `nonce {6}${EARLY_NONCE}\nworker {5}0\ntime {7}[\\d.e-]+ s\ndigest {5}${digest}\n$`,
      ),
    );
    expect(readFileSync(file, 'utf8')).toBe(digest);
    expect(readdirSync(folder)).toEqual(['last_block.txt']);
    const end = master(port, '--workers', '0');
    expect(await end.exit()).toBe(0);
    expect(end.stdout).toMatch(/shuts down\.\n$/);
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(0);
  });

  it("is told by the notebook's Worker that there is none", async (context) => {
    if (!PYTHON) skipLoudly(context, 'there is no python3.');
    const { said } = startNotebook('worker', '0', '4000');
    await until(() => said().includes('\n'), 'the port of the notebook', 20_000);
    writeFileSync(file, EARLY);
    const run = master(Number(said().trim()), '--file', file, '--workers', '4', '--json');
    expect(await run.exit()).toBe(1);
    expect(run.said.at(-1)).toEqual({ kind: 'exhausted', workers: 4, of: 4 });
    expect(readFileSync(file, 'utf8')).toBe(EARLY);
  });

  it('and a Worker of ours make a chain; a file that is not there is begun', async () => {
    const { worker, port } = await startWorker('--zeros', '2');
    const args = ['--file', file, '--zeros', '2', '--workers', '3', '--count', '4', '--json'];
    const run = master(port, ...args);
    expect(await run.exit()).toBe(0);
    let block = 'sortition-genesis-block';
    for (const { nonce, digest } of run.all('found')) {
      expect(sha256(`${block}${nonce}`)).toBe(digest);
      block = String(digest);
    }
    expect(run.all('found')).toHaveLength(4);
    expect(readFileSync(file, 'utf8')).toBe(block);
    const ended = master(port, '--workers', '0', '--json');
    expect(await ended.exit()).toBe(0);
    expect(await worker.exit()).toBe(0);
    expect(worker.all('searching').map(({ workers }) => workers)).toEqual([3, 3, 3, 3]);
  });

  it('believes no find without its zeros, and leaves the file', async () => {
    const { port } = await startWorker('--zeros', '1');
    writeFileSync(file, EARLY);
    const run = master(port, '--file', file, '--workers', '1', '--bits', '60');
    expect(await run.exit()).toBe(1);
    expect(run.stderr).toMatch(
      /^The worker at .* but the digest 0[0-9a-f]{63} does not begin with/,
    );
    expect(readFileSync(file, 'utf8')).toBe(EARLY);
  });

  it('says that no Worker is there, or that its block cannot be asked for', async () => {
    writeFileSync(file, 'two words');
    const spaces = master(1, '--file', file);
    expect(await spaces.exit()).toBe(5);
    expect(spaces.stderr).toMatch(/^The block in .* has white space in it, which ends a block: /);
    const missing = master(1, '--block', EARLY);
    expect(await missing.exit()).toBe(1);
    expect(missing.stderr).toMatch(/^No worker answers at 127\.0\.0\.1:1 \(ECONNREFUSED\): /);
  });

  it('stops a search by Ctrl-C, and the Worker goes on with the next', async () => {
    const { worker, port } = await startWorker('--bits', '60');
    const run = master(port, '--block', EARLY, '--workers', '2', '--json');
    await worker.hear('searching');
    run.child.kill('SIGINT');
    expect(await run.exit()).toBe(130);
    expect(run.said.at(-1)).toEqual({ kind: 'stopped' });
    await worker.hear('hung-up');
    const next = master(port, '--block', HALFWAY, '--workers', '2');
    await worker.hear('searching', 2);
    worker.child.kill('SIGTERM');
    expect(await worker.exit()).toBe(0);
    expect(await next.exit()).toBe(1);
    expect(next.stderr).toMatch(/refuses: this worker has been ended\.\n$/);
  });
});

describe('worker', () => {
  it('tells people each near miss of a search, and what became of it', async () => {
    const zeros = '00000';
    const args = ['--zeros', String(zeros.length), '--to', String(2 * HALF)];
    const worker = new Program(['worker', '--listen', '0', ...args]);
    await worker.write('Listening on 127.0.0.1:');
    const port = Number(/:(\d+)\.\n/.exec(worker.stdout)?.[1]);
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    socket.write(`${BARREN} 2\n`);
    await worker.write('None of 2 workers found a nonce: all are tried, in ');
    const near = worker.stdout.match(/^Worker [12] [0-9a-f]{16}$/gm) ?? [];
    const expected = Array.from({ length: 2 * HALF }, (_, nonce) => nonce).flatMap((nonce) => {
      const digest = sha256(`${BARREN}${nonce}`);
      const isNear = digest.startsWith(zeros.slice(1));
      return isNear ? [`Worker ${nonce < HALF ? 1 : 2} ${digest.slice(0, 16)}`] : [];
    });
    expect(expected.length).toBeGreaterThan(1);
    expect([...near].sort()).toEqual(expected.sort());
    worker.child.kill('SIGINT');
    expect(await worker.exit()).toBe(0);
  });

  it('is refused a port that is taken', async () => {
    const { port } = await startWorker();
    const second = new Program(['worker', '--listen', String(port)]);
    expect(await second.exit()).toBe(4);
    expect(second.stderr).toMatch(/^Port \d+ on 127\.0\.0\.1 is taken/);
  });
});
