/** `sortition bench watch`: what it costs to look on at ten peers, in lines and on a screen. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { assert } from '../domain/assert.ts';
import { WorldError } from '../node/world-error.ts';
import { Crowd } from './bench-crowd.ts';
import { describeMachine, thisMachine } from './bench-report.ts';
import { agree, PEERS } from './bench-scenario.ts';
import { BrokerProcess } from './broker-process.ts';
import { EXIT } from './exit.ts';
import { processorMs } from './process-time.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { duration } from './values.ts';
import { Wishes } from './wishes.ts';

type Values = { readonly for: number; readonly json: boolean };

const settings: Settings<Values> = {
  for: { flags: '--for <time>', help: 'how long each is measured', fallback: '60s', ...duration },
  json: { flags: '--json', help: 'one JSON object for each' },
};

type Way = {
  readonly name: 'json' | 'screen';
  readonly what: string;
  /** Percent of one core, its start included. */
  readonly target: number;
  readonly open: (port: number) => Promise<{ readonly child: ChildProcess; readonly pid: number }>;
};

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

/** As users start peers, but for one thread each: the machine must have some time left for us. */
const CLIENT_ARGS = ['--threads', '1', '--difficulty', 'interval2:3000'];

/** As long as a watcher may take to leave. */
const GOODBYE_MS = 3_000;

const COLUMNS = 120;
const LINES = 40;

const WAYS: readonly Way[] = [
  { name: 'json', what: 'watch --json into a pipe', target: 3, open: openJson },
  {
    name: 'screen',
    what: `watch on a terminal of ${COLUMNS} by ${LINES}`,
    target: 6,
    open: openScreen,
  },
];

export function createWatchBench(): Command {
  const command = new Command('watch').description(
    'processor time that it takes to look on at ten peers that mine',
  );
  return addSettings(command, settings).action(async () => {
    await measureAll(readSettings(command, settings));
  });
}

async function measureAll({ for: ms, json }: Values): Promise<void> {
  // An exit takes the clients and the broker along, which a signal would not.
  new Wishes(() => process.exit(EXIT.failed));
  const machine = thisMachine();
  if (!json) write(describeMachine(machine));
  const broker = await BrokerProcess.open('embedded');
  assert(broker !== null, 'Our own broker is there.');
  const at = ['--host', '127.0.0.1', '--port', String(broker.port), '--peers', String(PEERS)];
  const crowd = new Crowd([...at, ...CLIENT_ARGS]);
  try {
    crowd.start(PEERS);
    await crowd.until(() => agree(crowd.peers), 'ten peers elect');
    for (const way of WAYS) {
      const found = await measure(way, broker.port, ms);
      if (found === null) continue;
      const { percent, cpuMs } = found;
      const { name, what, target } = way;
      const isMet = percent < target;
      if (json) write(JSON.stringify({ bench: 'watch', name, what, ms, cpuMs, percent, machine }));
      else {
        const text = `${cpuMs} ms in ${ms / 1000} s, ${percent.toFixed(2)} % of a core`;
        write(`${what}: ${text} (promised under ${target} %: ${isMet ? 'met' : 'MISSED'})`);
      }
    }
  } finally {
    await crowd.end();
    await broker.end();
  }
}

/** Null where it cannot be measured here, which is said. */
async function measure(
  way: Way,
  port: number,
  ms: number,
): Promise<{ cpuMs: number; percent: number } | null> {
  if (way.name === 'screen' && !hasScript()) {
    process.stderr.write(
      '*** The screen was not measured: there is no "script" that makes a ***\n',
    );
    process.stderr.write('*** terminal (util-linux, on Linux alone).                        ***\n');
    return null;
  }
  const { child, pid } = await way.open(port);
  const killer = (): void => void child.kill('SIGKILL');
  process.on('exit', killer);
  try {
    await sleep(ms);
    const cpuMs = processorMs(pid);
    return { cpuMs, percent: (100 * cpuMs) / ms };
  } finally {
    process.kill(pid, 'SIGTERM');
    // It leaves in order, and a terminal with it.
    await Promise.race([once(child, 'exit'), sleep(GOODBYE_MS)]);
    child.kill();
    process.off('exit', killer);
  }
}

async function openJson(port: number): ReturnType<Way['open']> {
  const child = spawn(process.execPath, [PROGRAM, 'watch', '--json', '-p', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout?.resume();
  return { child, pid: child.pid ?? 0 };
}

/** In a terminal that `script` makes, and which goes with it. */
async function openScreen(port: number): ReturnType<Way['open']> {
  const watch = `exec "${process.execPath}" "${PROGRAM}" watch -p ${port}`;
  const { CI: _, ...env } = process.env;
  const child = spawn(
    'script',
    ['-qfec', `stty cols ${COLUMNS} rows ${LINES}; ${watch}`, '/dev/null'],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...env, TERM: 'xterm-256color' } },
  );
  child.stdout?.resume();
  // The shell that `script` starts becomes the watcher.
  for (let tries = 0; tries < 100; tries += 1) {
    const pid = childOf(child.pid ?? 0);
    if (pid !== null) return { child, pid };
    await sleep(10);
  }
  child.kill();
  throw new WorldError('The terminal of "script" did not come up.', {
    code: 'bench-failed',
    facts: {},
  });
}

function childOf(pid: number): number | null {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
    return first === undefined || first === '' ? null : Number(first);
  } catch {
    return null;
  }
}

function hasScript(): boolean {
  return process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
