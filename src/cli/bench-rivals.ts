/** What kernels are measured against: what else a program can hash with, here or elsewhere. */

import { execFile } from 'node:child_process';
import * as nodeCrypto from 'node:crypto';
import { promisify } from 'node:util';

/** Something that tries nonces; only what it does in `run` counts. */
export type Contender = {
  readonly name: string;
  /** `kernel` is ours, `library` runs in this process, `program` is started for each round. */
  readonly kind: 'kernel' | 'library' | 'program';
  /** Tries for about so many milliseconds; returns digests a second, both of processor time. */
  readonly run: (forMs: number) => number | Promise<number>;
};

/** A block as people give it to a miner: with its nonce it fits one block of the digest. */
const HEADER = 'sortition bench, block 12: ';
/** Nonces begin here, and have ten digits. */
export const FROM = 1_000_000_000;
/** With its nonce as long as the messages of `openssl speed`, which take two blocks. */
const LONG_HEADER = HEADER.padEnd(64 - String(FROM).length, 'x');
/** No digest begins so. */
const WANTED = '000000000000';
const BATCH = 500;

const execFileText = promisify(execFile);

/**
 * Runs `tryNonces` again and again, each time with the next `batch` nonces, for about `forMs` of
 * processor time: what else the machine has to do is not counted in. Returns nonces a second.
 */
export function rateOf(
  forMs: number,
  batch: number,
  tryNonces: (from: number, count: number) => void,
): number {
  const start = busyMs();
  let [tried, ms] = [0, 0];
  while (ms < forMs) {
    const until = performance.now() + forMs - ms;
    do {
      tryNonces(FROM + tried, batch);
      tried += batch;
    } while (performance.now() < until);
    ms = busyMs() - start;
  }
  return (tried / ms) * 1000;
}

/** Processor time of this process. Windows counts it in steps as long as a turn: there, time. */
function busyMs(): number {
  if (process.platform === 'win32') return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Contenders in this process; those whose package is not installed are left out. */
export async function findLibraries(): Promise<readonly Contender[]> {
  const { createHash } = nodeCrypto;
  // Since Node 20.12; its types come later.
  const oneShot = (nodeCrypto as { hash?: (name: string, text: string) => string }).hash;
  const found = [
    oneShot && library('crypto.hash', (text) => oneShot('sha256', text)),
    oneShot && library('crypto.hash, 64 bytes', (text) => oneShot('sha256', text), LONG_HEADER),
    library('createHash', (text) => createHash('sha256').update(text).digest('hex')),
    await unlessMissing(async () => {
      const hasher = await (await import('hash-wasm')).createSHA256();
      return library('hash-wasm', (text) => hasher.init().update(text).digest());
    }),
    await unlessMissing(async () => {
      const { sha256 } = await import('@noble/hashes/sha2.js');
      const { bytesToHex, utf8ToBytes } = await import('@noble/hashes/utils.js');
      return library('@noble/hashes', (text) => bytesToHex(sha256(utf8ToBytes(text))));
    }),
  ];
  return found.filter((each) => each !== undefined);
}

function library(name: string, digest: (text: string) => string, header = HEADER): Contender {
  const tryNonces = (from: number, count: number): void => {
    for (let nonce = from; nonce < from + count; nonce += 1) {
      if (digest(header + nonce).startsWith(WANTED)) throw new Error(`${name} is out of order.`);
    }
  };
  return { name, kind: 'library', run: (forMs) => rateOf(forMs, BATCH, tryNonces) };
}

async function unlessMissing<Value>(make: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await make();
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** The loop that every newcomer writes; each thread has nonces of its own. */
const PYTHON = `
import hashlib, sys, threading, time
block, seconds, threads = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
end = time.perf_counter() + seconds
tried = [0] * threads
def mine(lane):
    nonce = (lane + 1) * 10**9
    while time.perf_counter() < end:
        for nonce in range(nonce, nonce + 2000):
            if hashlib.sha256((block+str(nonce)).encode()).hexdigest()[:6]=="000000": pass
        nonce += 1
        tried[lane] += 2000
start = time.process_time()
lanes = [threading.Thread(target=mine, args=(lane,)) for lane in range(threads)]
for lane in lanes: lane.start()
for lane in lanes: lane.join()
print(sum(tried) / (time.process_time() - start))
`;

/** Contenders that are programs on the PATH; those that are not there are left out. */
export async function findPrograms(): Promise<readonly Contender[]> {
  const found: Contender[] = [];
  if (await runs('openssl', ['version'])) {
    found.push({ name: 'openssl speed, 64 bytes', kind: 'program', run: runOpenssl });
  }
  if (await runs('python3', ['--version'])) {
    for (const [threads, word] of [
      [1, 'one thread'],
      [6, 'six threads'],
    ] as const) {
      const run = (forMs: number): Promise<number> => runPython(forMs, threads);
      found.push({ name: `python3 hashlib, ${word}`, kind: 'program', run });
    }
  }
  return found;
}

async function runs(program: string, args: readonly string[]): Promise<boolean> {
  try {
    await execFileText(program, args);
    return true;
  } catch {
    return false;
  }
}

async function runPython(forMs: number, threads: number): Promise<number> {
  const args = ['-c', PYTHON, HEADER, String(forMs / 1000), String(threads)];
  return Number((await execFileText('python3', args)).stdout);
}

/**
 * Whole seconds are all that it takes; it counts processor time. With -mr it prints
 * `+F:22:sha256:416000000.00`, bytes a second.
 */
async function runOpenssl(forMs: number): Promise<number> {
  const seconds = String(Math.max(1, Math.round(forMs / 1000)));
  const args = ['speed', '-mr', '-bytes', '64', '-seconds', seconds, '-evp', 'sha256'];
  const { stdout } = await execFileText('openssl', args);
  return Number(/^\+F:\d+:[^:]+:([\d.]+)/m.exec(stdout)?.[1]) / 64;
}
