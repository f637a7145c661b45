/** `sortition bench memory`: whether a client that mines grows. */

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { assert } from '../domain/assert.ts';
import { WorldError } from '../node/world-error.ts';
import { describeMachine, thisMachine } from './bench-report.ts';
import { BrokerProcess } from './broker-process.ts';
import { ClientProcess } from './fleet-process.ts';
import { inMB, residentBytes } from './resident-size.ts';
import { addSettings, readSettings, type Settings, usageError } from './setting.ts';
import { duration } from './values.ts';

type Values = { readonly early: number; readonly late: number; readonly json: boolean };

const settings: Settings<Values> = {
  early: {
    flags: '--early <time>',
    help: 'when it is measured first, after its start',
    fallback: '2m',
    ...duration,
  },
  late: {
    flags: '--late <time>',
    help: 'when it is measured again',
    fallback: '10m',
    ...duration,
  },
  json: { flags: '--json', help: 'one JSON object' },
};

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));
/** Results every few hundred milliseconds: what is kept of each would show. */
const DIFFICULTY = 'fixed:22';

export function createMemoryBench(): Command {
  const command = new Command('memory').description(
    'resident size of a client that mines with six threads, early and late',
  );
  return addSettings(command, settings).action(async () => {
    const { early, late, json } = readSettings(command, settings);
    if (early >= late) throw usageError('--early must be before --late.');
    const { sizes, results } = await measureMemory(early, late);
    const [first, last] = sizes;
    const ratio = last / first;
    const machine = thisMachine();
    if (json) {
      write(JSON.stringify({ machine, earlyMs: early, lateMs: late, first, last, ratio, results }));
      return;
    }
    write(describeMachine(machine));
    write(`after ${early / 1000} s   ${inMB(first)}`);
    write(`after ${late / 1000} s   ${inMB(last)}, ${ratio.toFixed(3)} times (${results} results)`);
  });
}

/** Bytes at both times, and how many results the client heard meanwhile. */
async function measureMemory(
  early: number,
  late: number,
): Promise<{ sizes: readonly [number, number]; results: number }> {
  const broker = await BrokerProcess.open('embedded');
  assert(broker !== null, 'Our own broker is there.');
  let results = 0;
  let end: string | null = null;
  const port = String(broker.port);
  const args = ['client', '--json', '-p', port, '--peers', '1', '--difficulty', DIFFICULTY];
  const client = new ClientProcess(PROGRAM, args, {
    onSaid: ({ kind }) => {
      if (kind === 'result') results += 1;
    },
    onEnded: ({ lastWords }) => {
      end = lastWords;
    },
  });
  try {
    const sizes: number[] = [];
    for (const ms of [early, late - early]) {
      await sleep(ms);
      if (end !== null) {
        throw new WorldError(`The client ended: ${end}`, { code: 'bench-failed', facts: {} });
      }
      sizes.push(sizeOf(client));
    }
    const [first = Number.NaN, last = Number.NaN] = sizes;
    return { sizes: [first, last], results };
  } finally {
    client.kill();
    await broker.end();
  }
}

/** Throws a `WorldError` where the system does not tell (Windows). */
function sizeOf({ pid }: ClientProcess): number {
  const bytes = residentBytes(pid);
  if (bytes !== null) return bytes;
  throw new WorldError('This system does not tell how large a process is.', {
    code: 'bench-failed',
    facts: {},
  });
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
