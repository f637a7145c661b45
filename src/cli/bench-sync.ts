/** `sortition bench sync`: how fast a late peer fetches a ledger, and others check one. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { assert } from '../domain/assert.ts';
import { rulesOf } from '../ledger/rules.ts';
import { type LedgerPlan, makeLedger } from './bench-ledger.ts';
import { describeMachine, thisMachine } from './bench-report.ts';
import { BenchClient } from './bench-sync-client.ts';
import { type Verified, verifyLedger } from './bench-verify.ts';
import { BrokerProcess } from './broker-process.ts';
import { EXIT } from './exit.ts';
import { inMB } from './resident-size.ts';
import { makeScratchFolder } from './scratch-folder.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { whole } from './values.ts';
import { Wishes } from './wishes.ts';

type Values = { readonly blocks: number; readonly transactions: number; readonly json: boolean };

const settings: Settings<Values> = {
  blocks: {
    flags: '--blocks <count>',
    help: 'of a ledger without transactions',
    fallback: '100000',
    ...whole(0, 10_000_000),
  },
  transactions: {
    flags: '--transactions <count>',
    help: 'of another ledger, with some seventy in a block',
    fallback: '50000',
    ...whole(0, 1_000_000),
  },
  json: { flags: '--json', help: 'a JSON object for each ledger' },
};

const RULES = { peers: 3, difficulty: 'fixed:1' };

/** Of the longest wait for a single step. */
const WAIT_MS = 900_000;

/** What is asked of a ledger without transactions. */
const TARGET = { blocksPerSecond: 5_000, peakBytes: 300e6 };

/** Transactions in a full block are a few more; so there are blocks without any, too. */
const BATCH = 60;

type Measured = LedgerPlan & {
  /** From the founding that the late peer has just learnt to its last block. */
  readonly syncMs: number;
  /** From the start of its process, when it starts again, until it knows its ledger. */
  readonly recallMs: number;
  /** What was fetched, computed again by `ledger --verify`. */
  readonly verified: Verified;
  /** The largest resident sizes; null where the system does not tell. */
  readonly peaks: {
    readonly syncing: number | null;
    readonly recalling: number | null;
    readonly helping: number | null;
  };
};

export function createSyncBench(): Command {
  const command = new Command('sync').description(
    'fetch a long ledger from one neighbour, with all checks, into a data directory',
  );
  return addSettings(command, settings).action(async () => {
    const { blocks, transactions, json } = readSettings(command, settings);
    // An exit takes the clients and the broker along, which a signal would not.
    new Wishes(() => process.exit(EXIT.failed));
    const machine = thisMachine();
    if (!json) write(describeMachine(machine));
    const loaded = { blocks: Math.ceil(transactions / BATCH) + RULES.peers, transactions };
    const plans = [{ blocks, transactions: 0 }, loaded];
    for (const plan of plans.filter((each) => each.blocks > RULES.peers)) {
      const measured = await measureSync(plan);
      write(json ? JSON.stringify({ ...measured, machine }) : describe(measured));
    }
  });
}

async function measureSync(plan: LedgerPlan): Promise<Measured> {
  const place = makeScratchFolder('sync');
  const forget = (): void => rmSync(place, { recursive: true, force: true });
  process.on('exit', forget);
  const [ours, theirs] = [join(place, 'late'), join(place, 'helper')];
  await makeLedger(theirs, rulesOf(RULES), plan);
  const broker = await BrokerProcess.open('embedded');
  assert(broker !== null, 'Our own broker is there.');
  const clients: BenchClient[] = [];
  const open = (data: string): BenchClient => {
    const rules = ['--peers', String(RULES.peers), '--difficulty', RULES.difficulty];
    const args = [...rules, '--no-mine', '-p', String(broker.port), '--data', data];
    const client = new BenchClient(args, WAIT_MS);
    clients.push(client);
    return client;
  };
  try {
    const helper = open(theirs);
    await helper.hear('mandate');
    const late = open(ours);
    const began = await late.hear('founded');
    const done = await late.hear('synced');
    assert(done.to === plan.blocks, 'There is nobody who says more, or less.');
    const syncing = late.peakBytes();
    await late.leave();
    const startedAt = Date.now();
    const again = open(ours);
    const recalled = await again.hear('recalled');
    const peaks = { syncing, recalling: again.peakBytes(), helping: helper.peakBytes() };
    await again.leave();
    await helper.end();
    const verified = await verifyLedger(ours);
    const { blocks, transactions } = verified.verdict;
    assert(blocks === plan.blocks && transactions === plan.transactions, 'All of it was fetched.');
    const [syncMs, recallMs] = [done.time - began.time, recalled.time - startedAt];
    return { ...plan, syncMs, recallMs, verified, peaks };
  } finally {
    await Promise.all(clients.map((client) => client.end()));
    await broker.end();
    process.off('exit', forget);
    forget();
  }
}

function describe(measured: Measured): string {
  const { blocks, transactions, syncMs, recallMs, verified, peaks } = measured;
  const seconds = syncMs / 1000;
  const perSecond = Math.round(blocks / seconds);
  const size = (bytes: number | null): string => (bytes === null ? 'not told' : inMB(bytes));
  const isSmall = (peaks.syncing ?? 0) < TARGET.peakBytes;
  const isMet = perSecond >= TARGET.blocksPerSecond && isSmall ? 'met' : 'MISSED';
  const what =
    transactions === 0
      ? `${perSecond} blocks a second (asked: ${TARGET.blocksPerSecond}, under ` +
        `${inMB(TARGET.peakBytes)}: ${isMet})`
      : `${Math.round(transactions / seconds)} transactions a second`;
  return [
    `${blocks} blocks with ${transactions} transactions:`,
    `  fetched and checked in ${seconds.toFixed(1)} s, ${what}`,
    `  peak ${size(peaks.syncing)}, of the helper ${size(peaks.helping)}`,
    `  started again, it knows them after ${(recallMs / 1000).toFixed(1)} s, ` +
      `peak ${size(peaks.recalling)}`,
    `  computed again by ledger --verify in ${(verified.ms / 1000).toFixed(1)} s, ` +
      `peak ${size(verified.peak)}`,
  ].join('\n');
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
