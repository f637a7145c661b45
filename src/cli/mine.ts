/** `sortition mine`: searches nonces for a block in this process alone, or by a Worker. */

import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { NONCES } from '../miner/layout.ts';
import { readBlockFile, replaceBlockFile } from '../node/block-file.ts';
import type { Place } from '../node/worker/ask-worker.ts';
import { beforeComplaint, EXIT } from './exit.ts';
import { askForBlocks, firstBlockFor } from './mine-master.ts';
import { Mine, type Plan } from './mine-run.ts';
import { watchSignals } from './mine-signals.ts';
import { type MineTeller, tellPeople, tellPrograms } from './mine-teller.ts';
import {
  difficultyOf,
  nonceSettings,
  type PuzzleValues,
  puzzleSettings,
} from './puzzle-settings.ts';
import { remark } from './remark.ts';
import {
  addSettings,
  labelOf,
  preferTyped,
  readSettings,
  type Settings,
  sourceOf,
  usageError,
} from './setting.ts';
import { place, text, whole } from './values.ts';

type Values = PuzzleValues & {
  readonly block: string | null;
  readonly file: string | null;
  readonly workers: number | null;
  readonly worker: Place | null;
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly json: boolean;
};

const MOST_WORKERS = 256;
const MOST_BLOCKS = 1_000_000_000;
/** What a file is begun with. */
export const GENESIS = 'sortition genesis block';

const puzzle = puzzleSettings('sha256');

const settings: Settings<Values> = {
  block: { flags: '--block <text>', help: 'what the nonce is put behind', fallback: null, ...text },
  file: {
    flags: '--file <path>',
    help: 'file of the last block, which its digest replaces; made if there is none',
    fallback: null,
    ...text,
  },
  zeros: puzzle.zeros,
  bits: puzzle.bits,
  workers: {
    flags: '--workers <count>',
    help: 'threads that mine, a part of the nonces each (default: one a core)',
    fallback: null,
    allowed: `a whole number from 1 to ${MOST_WORKERS}, or with --worker 0 to end that`,
    read: whole(0, MOST_WORKERS).read,
  },
  worker: {
    flags: '--worker <where>',
    help:
      'have a Worker search (sortition worker, or one of the course): host:port, or a port of ' +
      'this machine; the block is in --file, last_block.txt unless said otherwise',
    fallback: null,
    isArgumentOnly: true,
    allowed: 'a port from 1 to 65535, or host:port',
    read: (typed) => {
      const where = place.read(typed);
      return where === null || where.port === 0 ? null : where;
    },
  },
  ...nonceSettings(NONCES),
  algorithm: puzzle.algorithm,
  count: {
    flags: '--count <blocks>',
    help: 'so many blocks, each the digest of the one before',
    fallback: '1',
    ...whole(1, MOST_BLOCKS),
  },
  json: { flags: '--json', help: 'an object a line (docs/command-line.md)' },
};

export function createMineCommand(): Command {
  const command = new Command('mine').description(
    'search a nonce for a block, alone or by a Worker',
  );
  return addSettings(command, settings).action(async () => {
    const values = preferTyped(
      command,
      readSettings(command, settings),
      ['zeros', 'bits'],
      ['block', 'file'],
    );
    const { worker } = values;
    if (worker !== null) {
      refuseForWorker(command);
      process.exitCode = await askAnother(values, worker);
      return;
    }
    const plan = planOf(values);
    const block = firstBlock(values);
    const teller = values.json ? tellPrograms(plan) : tellPeople(plan);
    process.exitCode = await mineBlocks(block, plan, values, teller);
  });
}

/** What a Worker is not told. Throws a `usage` error where it was typed. */
function refuseForWorker(command: Command): void {
  for (const name of ['from', 'to', 'algorithm'] as const) {
    if (sourceOf(command, name) !== 'argument') continue;
    const label = labelOf(command, name, settings[name]);
    throw usageError(`${label} is up to the Worker: leave it out beside --worker.`);
  }
}

function askAnother(values: Values, worker: Place): Promise<number> {
  const { block, file, workers, count, json } = values;
  const wanted = workers ?? Math.min(availableParallelism(), MOST_WORKERS);
  const bits = difficultyOf(values);
  const errand = { place: worker, workers: wanted, bits, count, json };
  refuseTwoBlocks(values);
  return askForBlocks(errand, firstBlockFor(errand, block, file));
}

function planOf(values: Values): Plan {
  const { from, to, algorithm } = values;
  const workers = values.workers ?? Math.min(availableParallelism(), MOST_WORKERS);
  const bits = difficultyOf(values);
  if (workers === 0) throw usageError('--workers 0 is for --worker alone, which it ends.');
  if (from >= to) {
    throw usageError(`--from ${from} must be below --to ${to}, which is not tried itself.`);
  }
  return { algorithm, bits, from, to, workers };
}

/** What to mine behind. A file is made at once: better to learn now that it cannot be written. */
function firstBlock(values: Values): string {
  const { block, file } = values;
  refuseTwoBlocks(values);
  if (block !== null) return block;
  if (file === null) {
    throw usageError('Say what to mine: --block TEXT, or --file PATH to read the last block.');
  }
  const found = readBlockFile(file);
  const last = found ?? GENESIS;
  replaceBlockFile(file, found, last);
  return last;
}

function refuseTwoBlocks({ block, file }: Values): void {
  if (block !== null && file !== null) {
    throw usageError('--block and --file each say what to mine: leave one out.');
  }
}

/** Resolves with what to exit with. */
async function mineBlocks(
  first: string,
  plan: Plan,
  { file, count }: Values,
  teller: MineTeller,
): Promise<number> {
  const mine = new Mine(plan, remark);
  const ending = watchSignals(() => mine.stop());
  const forget = beforeComplaint(() => teller.release());
  try {
    let block = first;
    for (let mined = 0; mined < count; mined += 1) {
      teller.begin(block);
      const outcome = await mine.mine(block, teller);
      teller.end(outcome);
      if (outcome.kind === 'exhausted') return EXIT.failed;
      if (outcome.kind === 'stopped') return ending.code();
      if (file !== null) replaceBlockFile(file, block, outcome.digest);
      block = outcome.digest;
    }
    return EXIT.ok;
  } finally {
    forget();
    ending.forget();
    await mine.close();
  }
}
