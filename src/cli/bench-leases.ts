/** `sortition bench leases`: a leased search, against the same peers mining each for itself. */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { formatCount, formatRate, formatSeconds } from '../client/describe.ts';
import { noncesMost } from '../lease/quest.ts';
import { WorldError } from '../node/world-error.ts';
import { bareEnvironment } from './bare-environment.ts';
import { describeMachine, thisMachine } from './bench-report.ts';
import { BrokerProcess } from './broker-process.ts';
import { Fleet } from './fleet.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { whole } from './values.ts';

type Values = {
  readonly nonces: number;
  readonly runs: number;
  readonly miners: number;
  readonly kills: number;
  readonly json: boolean;
};

const settings: Settings<Values> = {
  nonces: {
    flags: '--nonces <count>',
    help: 'how many are searched in each run, without a find',
    fallback: '200000000',
    ...whole(1_000_000, noncesMost),
  },
  runs: {
    flags: '--runs <count>',
    help: 'interleaved runs of both',
    fallback: '3',
    ...whole(1, 99),
  },
  miners: {
    flags: '--miners <count>',
    help: 'peers that search, with a thread each; the controller comes besides',
    fallback: '2',
    ...whole(1, 50),
  },
  kills: {
    flags: '--kills <count>',
    help: 'so many peers that search are killed on the way, and others started beforehand',
    fallback: '0',
    ...whole(0, 10),
  },
  json: { flags: '--json', help: 'a JSON object for each run' },
};

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

/** Harder than 2 × 10^9 nonces ever are. */
const PUZZLE = ['--algorithm', 'sha256d', '--bits', '60'];

type Told = Readonly<Record<string, unknown>> & { readonly kind: string };

type Run = { readonly leased: number; readonly free: number; readonly seconds: number };

export function createLeasesBench(): Command {
  const command = new Command('leases').description(
    'time a search that a network shares, against the same peers mining each for itself',
  );
  return addSettings(command, settings).action(async () => {
    const values = readSettings(command, settings);
    const say = (text: string): void => {
      process.stdout.write(`${text}\n`);
    };
    if (!values.json) say(describeMachine(thisMachine()));
    const runs: Run[] = [];
    for (let run = 1; run <= values.runs; run += 1) {
      const free = await mineFreely(values);
      const { perSecond: leased, seconds } = await searchLeased(values);
      runs.push({ leased, free, seconds });
      if (values.json) say(JSON.stringify({ run, leased, free, seconds, share: leased / free }));
      else say(`run ${run}: ${describeRun({ leased, free, seconds })}`);
    }
    const shares = runs.map(({ leased, free }) => leased / free).sort((a, b) => a - b);
    const middle = shares[Math.floor(shares.length / 2)] ?? 0;
    if (!values.json)
      say(`median ${(100 * middle).toFixed(1)} %; 95 % are asked of it (docs/benchmarks.md)`);
  });
}

function describeRun({ leased, free, seconds }: Run): string {
  const share = `${((100 * leased) / free).toFixed(1)} %`;
  const took = formatSeconds(1000 * seconds);
  return `${formatRate(leased)} leased in ${took}, ${formatRate(free)} free: ${share}`;
}

/** Hashes a second of as many processes as there are miners, each with a part of the nonces. */
async function mineFreely({ nonces, miners }: Values): Promise<number> {
  const part = Math.ceil(nonces / miners);
  const all = Array.from({ length: miners }, async (_, index) => {
    const bounds = ['--from', String(index * part), '--to', String((index + 1) * part)];
    const args = ['mine', '--json', '--workers', '1', '--block', 'bench:', ...PUZZLE, ...bounds];
    const last = (await tell(args)).find(({ kind }) => kind === 'exhausted');
    if (last === undefined) throw failure('A miner did not come to its end.');
    return Number(last['elapsedMs']);
  });
  const slowest = Math.max(...(await Promise.all(all)));
  return (1000 * part * miners) / slowest;
}

/** The same nonces, leased by a network; from the asking to the answer. */
async function searchLeased(values: Values): Promise<{ perSecond: number; seconds: number }> {
  const { nonces, miners, kills } = values;
  const broker = await BrokerProcess.open('embedded');
  if (broker === null) throw failure('The embedded broker did not start.');
  const peers = miners + 1 + kills;
  const place = ['--port', String(broker.port)];
  let mandates = 0;
  const searching: number[] = [];
  const args = [...place, '--peers', String(peers), '--threads', '1', '--difficulty', 'fixed:40'];
  const fleet = new Fleet({
    program: PROGRAM,
    args: ['client', '--json', ...args],
    onSaid: (at, { kind }) => {
      if (kind === 'mandate') mandates += 1;
      if (kind === 'lease') searching.push(at);
    },
    onEnded: () => {},
  });
  try {
    for (let started = 0; started < peers; started += 1) fleet.start();
    await until(() => mandates >= peers, 'a controller');
    let killed = 0;
    const ask = ['search', '--json', ...place, '--prefix', 'bench:', ...PUZZLE];
    const told = await tell([...ask, '--to', String(nonces)], ({ kind, covered }) => {
      const isDue = killed < kills && Number(covered) > ((killed + 1) * nonces) / (kills + 1);
      const victim = searching.findLast((at) => fleet.isAlive(at));
      if (kind !== 'covered' || !isDue || victim === undefined) return;
      killed += 1;
      fleet.kill(victim);
    });
    const last = told.find(({ kind }) => kind === 'exhausted');
    if (last?.['isProven'] !== true) throw failure('The search was not answered, or not proven.');
    const seconds = Number(last['elapsedMs']) / 1000;
    return { perSecond: nonces / seconds, seconds };
  } finally {
    fleet.killAll();
    await fleet.end();
    await broker.end();
  }
}

/** Runs the program, and gives all that it told. */
async function tell(
  args: readonly string[],
  onTold: (told: Told) => void = () => {},
): Promise<readonly Told[]> {
  const env = bareEnvironment();
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.on('exit', kill);
  const all: Told[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line) as Told;
    all.push(told);
    onTold(told);
  }
  process.off('exit', kill);
  return all;
}

const POLL_MS = 20;
const PATIENCE_MS = 60_000;

async function until(isDone: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!isDone()) {
    if (performance.now() > deadline)
      throw failure(`There was not ${what} in ${formatCount(PATIENCE_MS / 1000)} s.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function failure(sentence: string): WorldError {
  return new WorldError(sentence, { code: 'bench-failed', facts: {} });
}
