/** `sortition bench workers`: how fast mining threads start and stop, and add up. */

import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { formatRate } from '../client/describe.ts';
import { measureTogether, measureTurns } from './bench-pool.ts';
import { describeMachine, medianOf, percentileOf, thisMachine } from './bench-report.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { whole } from './values.ts';

type Values = { readonly workers: number; readonly rounds: number; readonly json: boolean };

const settings: Settings<Values> = {
  workers: {
    flags: '--workers <count>',
    help: 'threads',
    fallback: '6',
    ...whole(1, 256),
  },
  rounds: {
    flags: '--rounds <count>',
    help: 'so often they stop and start',
    fallback: '50',
    ...whole(1, 10_000),
  },
  json: { flags: '--json', help: 'one JSON object' },
};

const RATE_ROUNDS = 7;
const TURN_MS = 1_000;

export function createWorkersBench(): Command {
  const command = new Command('workers').description(
    'how fast mining threads start and stop, and what they do together',
  );
  return addSettings(command, settings).action(async () => {
    const { workers, rounds, json } = readSettings(command, settings);
    const { startMs, stopMs } = await measureTurns(workers, rounds);
    const { one, all } = await measureTogether(workers, RATE_ROUNDS, TURN_MS);
    const cores = availableParallelism();
    // More threads than cores, or fewer: so many can work at once.
    const atOnce = Math.min(cores, workers);
    const ratio = medianOf(all.map((rate, round) => rate / (atOnce * (one[round] ?? Number.NaN))));
    const machine = thisMachine();
    if (json) {
      const times = { stop: summaryOf(stopMs), start: summaryOf(startMs) };
      const rates = { one: medianOf(one), all: medianOf(all), atOnce, ratio };
      write(JSON.stringify({ machine, workers, rounds, ...times, rates }));
      return;
    }
    write(describeMachine(machine));
    write(`${workers} threads, ${rounds} rounds`);
    for (const [what, values] of [
      ['stop', stopMs],
      ['start', startMs],
    ] as const) {
      const { medianMs, p99Ms } = summaryOf(values);
      write(`${what.padEnd(6)} median ${medianMs.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`);
    }
    write(`one    ${formatRate(medianOf(one))}`);
    write(`all    ${formatRate(medianOf(all))}, ${ratio.toFixed(2)} of ${atOnce} times one`);
  });
}

function summaryOf(values: readonly number[]): { medianMs: number; p99Ms: number } {
  return { medianMs: medianOf(values), p99Ms: percentileOf(values, 99) };
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
