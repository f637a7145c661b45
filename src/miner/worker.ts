/** A mining thread: scans its lane piece by piece while the order that it has is in force. */

import { constants, setPriority } from 'node:os';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { assert } from '../domain/assert.ts';
import type { Work } from '../domain/contract.ts';
import type { TransactionID, WorkID } from '../domain/names.ts';
import { warmUp } from './kernel.ts';
import { prepareFastest } from './kernel-file.ts';
import { nextPiece } from './lanes.ts';
import type { Order, Report, ThreadData } from './order.ts';

const port = parentPort;
assert(port !== null, 'A mining thread is started by a pool.');
const data = workerData as ThreadData;
const { place } = data;
const [inForce, scanning] = [new Int32Array(data.inForce), new Int32Array(data.scanning)];

/** So many nonces show in a fraction of a millisecond that a thread is at work. */
const FIRST = 2048;
/** A thread that is about to be replaced is waited for in vain: 4 ms for each order. */
const MOST_NAPS = 20;
const NAP_MS = 0.2;

giveWay();
if (data.warmUp !== null) warmUp(prepareFastest, workLike(data.warmUp));
let order: Order | null = null;
for (;;) {
  const number = Atomics.load(inForce, 0);
  order = lastReceived() ?? order;
  if (order !== null && order.number === number) {
    obey(order);
    tellScanning(0);
    order = null;
  } else {
    // The pool posts an order before it puts the order in force: so none is slept through.
    Atomics.wait(inForce, 0, number);
  }
}

/** Ends with the order, with a solution, or with the lane. */
function obey({ number, search, work, lanes, lane, tried }: Order): void {
  const kernel = prepareFastest(work);
  tellScanning(1);
  const counts = new BigInt64Array(tried);
  let isFirst = true;
  while (Atomics.load(inForce, 0) === number) {
    const before = Number(Atomics.load(counts, lane));
    const piece = nextPiece(lanes, lane, before);
    if (piece === null) {
      tell({ kind: 'exhausted', search, lane });
      return;
    }
    const scan = kernel.scan(piece.from, isFirst ? Math.min(piece.count, FIRST) : piece.count);
    if (scan.near.length > 0) tell({ kind: 'near', search, nonces: scan.near });
    const after = before + scan.tried;
    // Told before it is counted: if the thread dies in between, its successor finds it again.
    if (scan.found !== null) tell({ kind: 'found', search, nonce: scan.found, lane, tried: after });
    Atomics.store(counts, lane, BigInt(after));
    if (scan.found !== null) {
      Atomics.compareExchange(inForce, 0, number, number + 1);
      return;
    }
    if (isFirst) letOthersBegin(number);
    isFirst = false;
  }
}

/**
 * The system gives a core to threads of the lowest priority for milliseconds at a time: where there
 * are fewer cores than threads, the last would begin when all the others had had their turns.
 */
function letOthersBegin(number: number): void {
  for (let naps = 0; naps < MOST_NAPS && scanning.includes(0); naps += 1)
    Atomics.wait(inForce, 0, number, NAP_MS);
}

/** The last order that the pool has posted since; a thread that sleeps or scans takes no events. */
function lastReceived(): Order | null {
  assert(port !== null, 'A mining thread is started by a pool.');
  let last: Order | null = null;
  for (;;) {
    const received = receiveMessageOnPort(port);
    if (received === undefined) return last;
    last = received.message as Order;
  }
}

/** For whoever measures how fast threads start and stop. */
function tellScanning(flag: 0 | 1): void {
  Atomics.store(scanning, place, flag);
  Atomics.notify(scanning, place);
}

/** Some work of a kind. */
function workLike(kind: Pick<Work, 'algorithm' | 'nonceForm'>): Work {
  const [id, transactionID] = ['warm-up' as WorkID, 0 as TransactionID];
  return { id, transactionID, header: '', bits: 60, ...kind };
}

function tell(report: Report): void {
  port?.postMessage(report);
}

/** Mining must not starve the protocol. Only Linux has priorities for single threads. */
function giveWay(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, constants.priority.PRIORITY_LOW);
  } catch {
    // Where it is forbidden, the thread mines at the usual priority.
  }
}
