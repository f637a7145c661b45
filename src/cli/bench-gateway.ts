/** `sortition bench gateway`: whether a gateway keeps its composure under a load. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { assert } from '../domain/assert.ts';
import { WorldError } from '../node/world-error.ts';
import { bareEnvironment } from './bare-environment.ts';
import { describeMachine, thisMachine } from './bench-report.ts';
import { BrokerProcess } from './broker-process.ts';
import { type LoadFindings, makeFrames, runLoad } from './gateway-load.ts';
import { inMB, residentBytes } from './resident-size.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { whole } from './values.ts';

type Values = {
  readonly connections: number;
  readonly rate: number;
  readonly seconds: number;
  readonly json: boolean;
};

const settings: Settings<Values> = {
  connections: {
    flags: '--connections <count>',
    help: 'so many at once',
    fallback: '200',
    ...whole(1, 1_000),
  },
  rate: {
    flags: '--rate <frames>',
    help: 'frames a second, all together; 30 of 100 are taken',
    fallback: '10000',
    ...whole(10, 1_000_000),
  },
  seconds: { flags: '--seconds <count>', help: 'for so long', fallback: '30', ...whole(1, 600) },
  json: { flags: '--json', help: 'one JSON object' },
};

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

/** What is kept only for a while is gone by then. */
const REST_MS = 15_000;

/** Each connection sends a little first, so that what code costs once is not counted as growth. */
const WARM_SECONDS = 3;

export function createGatewayBench(): Command {
  const command = new Command('gateway').description(
    'frames through a gateway at a pace: whether each is answered rightly, how late, and its size',
  );
  return addSettings(command, settings).action(async () => {
    const values = readSettings(command, settings);
    const findings = await measure(values);
    if (values.json) write(JSON.stringify({ machine: thisMachine(), ...values, ...findings }));
    else for (const line of linesOf(findings)) write(line);
  });
}

type Findings = LoadFindings & {
  /** By which the event loop of the gateway was late, worst 99th percentile of ten seconds. */
  readonly delayMs: number;
  /** Bytes: after it has warmed up, in the middle of the load, and after a rest. */
  readonly before: number;
  readonly during: number;
  readonly after: number;
};

async function measure({ connections, rate, seconds }: Values): Promise<Findings> {
  const broker = await BrokerProcess.open('embedded');
  assert(broker !== null, 'Our own broker is there.');
  const at = ['-p', String(broker.port)];
  const rules = ['--peers', '1', '--difficulty', 'interval2:1000@18'];
  const client = start(['client', '--json', ...at, ...rules, '--threads', '1']);
  const gateway = start(['gateway', '--json', ...at, ...rules, '--listen', '0']);
  const delays: number[] = [];
  let port = 0;
  let isReady = false;
  createInterface({ input: gateway.stdout ?? process.stdin }).on('line', (line) => {
    const said = JSON.parse(line) as { kind: string; port?: number; delayMs?: number };
    port = said.port ?? port;
    if (said.kind === 'founded') isReady = true;
    if (said.delayMs !== undefined) delays.push(said.delayMs);
  });
  try {
    const deadline = performance.now() + 30_000;
    while (!isReady && performance.now() < deadline) await sleep(50);
    if (!isReady) throw failed('The gateway has found no network in 30 s: try again.');
    const warm = { port, connections, rate, seconds: WARM_SECONDS };
    await runLoad(warm, makeFrames(warm));
    const load = { port, connections, rate, seconds };
    const frames = makeFrames(load);
    await sleep(REST_MS);
    delays.length = 0;
    const before = sizeOf(gateway);
    const middle = sleep(seconds * 500).then(() => sizeOf(gateway));
    const findings = await runLoad(load, frames);
    await sleep(REST_MS);
    const after = sizeOf(gateway);
    return { ...findings, delayMs: Math.max(...delays), before, during: await middle, after };
  } finally {
    gateway.kill();
    client.kill();
    await broker.end();
  }
}

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [PROGRAM, ...args], {
    env: bareEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Throws a `WorldError` where the system does not tell, or the gateway is gone. */
function sizeOf({ pid }: ChildProcess): number {
  const bytes = pid === undefined ? null : residentBytes(pid);
  if (bytes !== null) return bytes;
  throw failed('The gateway is gone, or this system does not tell how large it is.');
}

function failed(sentence: string): WorldError {
  return new WorldError(sentence, { code: 'bench-failed', facts: {} });
}

function linesOf(findings: Findings): readonly string[] {
  const { sent, answered, yes, wrong, lost, behindMs } = findings;
  const { delayMs, before, during, after } = findings;
  return [
    describeMachine(thisMachine()),
    `${sent} frames sent, ${answered} answered (${yes} yes), ${wrong} wrongly; ` +
      `${lost} connections lost; the last answer ${behindMs} ms after the last frame`,
    `event loop late by ${delayMs} ms (99 %, the worst ten seconds)`,
    `resident ${inMB(before)} before, ${inMB(during)} in the middle, ${inMB(after)} after ` +
      `(${(after / before).toFixed(3)} times)`,
  ];
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
