/** `sortition bench kernels`: how fast one thread hashes, beside libraries and programs. */

import { Command } from 'commander';
import { formatRate } from '../client/describe.ts';
import { measureKernels, nameOf, type Row, ratioOf } from './bench-kernels.ts';
import { describeMachine, thisMachine } from './bench-report.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { whole } from './values.ts';

type Values = { readonly rounds: number; readonly rivals: boolean; readonly json: boolean };

const settings: Settings<Values> = {
  rounds: {
    flags: '--rounds <count>',
    help: 'so often each has its turn; the median counts',
    fallback: '7',
    ...whole(1, 1_000),
  },
  rivals: {
    flags: '--no-rivals',
    help: 'leave out libraries and programs of others',
  },
  json: { flags: '--json', help: 'one JSON object' },
};

/** What the others are compared with. */
const BASE = nameOf('sha256', 'padded-hex', 'ts');
const TURN_MS = 300;

export function createKernelsBench(): Command {
  const command = new Command('kernels').description(
    'rates of the mining kernels on one thread, in interleaved rounds',
  );
  addSettings(command, settings);
  return command.action(async () => {
    const values = readSettings(command, settings);
    const { rounds, rivals } = values;
    const rows = await measureKernels({ rounds, rivals, turnMs: TURN_MS, onRound });
    const base = rows.find(({ name }) => name === BASE);
    const machine = thisMachine();
    if (values.json) write(JSON.stringify({ machine, rows }));
    else for (const line of [describeMachine(machine), ...tableOf(rows, base)]) write(line);
  });
}

function tableOf(rows: readonly Row[], base: Row | undefined): readonly string[] {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows.map((row) => {
    const ratio = base === undefined ? '' : `  ${ratioOf(row, base).toFixed(2)}`;
    return `${row.name.padEnd(width)}  ${formatRate(row.perSecond).padStart(12)}${ratio}`;
  });
}

function onRound(round: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\rround ${round} `);
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
