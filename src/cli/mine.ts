/** `sortition mine`: searches nonces for a block in this process alone, without a broker. */

import { availableParallelism, constants } from 'node:os';
import { Command } from 'commander';
import { NONCES } from '../miner/layout.ts';
import { readBlockFile, replaceBlockFile } from '../node/block-file.ts';
import { beforeComplaint, EXIT } from './exit.ts';
import { ignoresHangup } from './hangup.ts';
import { Mine, type Plan } from './mine-run.ts';
import { type MineTeller, tellPeople, tellPrograms } from './mine-teller.ts';
import {
  difficultyOf,
  nonceSettings,
  type PuzzleValues,
  puzzleSettings,
} from './puzzle-settings.ts';
import { remark } from './remark.ts';
import { addSettings, preferTyped, readSettings, type Settings, usageError } from './setting.ts';
import { text, whole } from './values.ts';

type Values = PuzzleValues & {
  readonly block: string | null;
  readonly file: string | null;
  readonly workers: number | null;
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
    ...whole(1, MOST_WORKERS),
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
  const command = new Command('mine').description('search a nonce for a block, alone');
  return addSettings(command, settings).action(async () => {
    const values = preferTyped(
      command,
      readSettings(command, settings),
      ['zeros', 'bits'],
      ['block', 'file'],
    );
    const plan = planOf(values);
    const block = firstBlock(values);
    const teller = values.json ? tellPrograms(plan) : tellPeople(plan);
    process.exitCode = await mineBlocks(block, plan, values, teller);
  });
}

function planOf(values: Values): Plan {
  const { from, to, algorithm } = values;
  const workers = values.workers ?? Math.min(availableParallelism(), MOST_WORKERS);
  const bits = difficultyOf(values);
  if (from >= to) {
    throw usageError(`--from ${from} must be below --to ${to}, which is not tried itself.`);
  }
  return { algorithm, bits, from, to, workers };
}

/** What to mine behind. A file is made at once: better to learn now that it cannot be written. */
function firstBlock({ block, file }: Values): string {
  if (block !== null && file !== null) {
    throw usageError('--block and --file each say what to mine: leave one out.');
  }
  if (block !== null) return block;
  if (file === null) {
    throw usageError('Say what to mine: --block TEXT, or --file PATH to read the last block.');
  }
  const found = readBlockFile(file);
  const last = found ?? GENESIS;
  replaceBlockFile(file, found, last);
  return last;
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

/** The first signal stops politely; a second one ends the process as usual. */
function watchSignals(stop: () => void): { code: () => number; forget: () => void } {
  let code: number = EXIT.failed;
  const hear = (signal: NodeJS.Signals): void => {
    code = 128 + constants.signals[signal];
    stop();
  };
  const hangup: NodeJS.Signals[] = ignoresHangup() ? [] : ['SIGHUP'];
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', ...hangup, 'SIGBREAK'];
  for (const signal of signals) process.once(signal, hear);
  // Whoever has read enough: `sortition mine … | head`.
  process.stdout.once('error', stop);
  return {
    code: () => code,
    forget: () => {
      for (const signal of signals) process.off(signal, hear);
      process.stdout.off('error', stop);
    },
  };
}
