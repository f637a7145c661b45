/** `sortition bench election`: how soon ten peers all know whom they have elected. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { type BenchBroker, openEmbedded, openMosquitto } from './bench-broker.ts';
import { Crowd, type Timed } from './bench-crowd.ts';
import {
  describeFindings,
  describeMachine,
  type Findings,
  findingsAsJson,
  type Target,
  thisMachine,
} from './bench-report.ts';
import { EXIT } from './exit.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { whole } from './values.ts';
import { Wishes } from './wishes.ts';

type Scenario = {
  readonly name: 'last-late' | 'at-once' | 'mining';
  readonly what: string;
  readonly target: Target;
  readonly clientArgs: readonly string[];
  /** Milliseconds from the moment that counts until everybody knows the mandate. */
  readonly measure: (crowd: Crowd) => Promise<number>;
};

type Values = {
  readonly elections: number;
  readonly broker: 'aedes' | 'mosquitto' | 'both';
  readonly scenario: Scenario['name'] | 'all';
  readonly json: boolean;
};

const PEERS = 10;
const LATE_MS = 3_000;
/** After this, V8 has compiled the kernels for good, and all threads are busy. */
const WARM_MS = 1_500;

const scenarios: readonly Scenario[] = [
  {
    name: 'last-late',
    what: 'from the last SUBACK, the last of ten 3 s late, mining off',
    target: { medianMs: 120, worstMs: 300 },
    clientArgs: ['--no-mine'],
    measure: async (crowd) => {
      crowd.start(PEERS - 1);
      await crowd.until(() => crowd.peers.every(isConnected), 'nine connect');
      await sleep(LATE_MS);
      crowd.start(1);
      return await untilFounded(crowd);
    },
  },
  {
    name: 'at-once',
    what: 'from the last SUBACK, all started at once',
    target: { medianMs: 250, worstMs: null },
    clientArgs: ['--threads', '6'],
    measure: async (crowd) => {
      crowd.start(PEERS);
      return await untilFounded(crowd);
    },
  },
  {
    name: 'mining',
    what: "from the first suspicion after a controller's death, all mine with six threads",
    target: { medianMs: 400, worstMs: null },
    clientArgs: ['--threads', '6', '--difficulty', 'fixed:40'],
    measure: measureMining,
  },
];

const settings: Settings<Values> = {
  elections: {
    flags: '--elections <count>',
    help: 'how many of each scenario on each broker',
    fallback: '20',
    ...whole(1, 10_000),
  },
  broker: {
    flags: '--broker <which>',
    help: 'aedes (our own), mosquitto or both',
    fallback: 'both',
    ...oneOf('aedes', 'mosquitto', 'both'),
  },
  scenario: {
    flags: '--scenario <which>',
    help: 'last-late, at-once, mining or all',
    fallback: 'all',
    ...oneOf('last-late', 'at-once', 'mining', 'all'),
  },
  json: { flags: '--json', help: 'a JSON object for each scenario and broker' },
};

export function createElectionBench(): Command {
  const command = new Command('election').description(
    'time elections among ten client processes until all ten know the mandate',
  );
  return addSettings(command, settings).action(() => bench(readSettings(command, settings)));
}

async function bench(values: Values): Promise<void> {
  // An exit takes the clients and the broker along, which a signal would not.
  new Wishes(() => process.exit(EXIT.failed));
  const machine = thisMachine();
  if (!values.json) write(describeMachine(machine));
  const chosen = scenarios.filter(({ name }) => [name, 'all'].includes(values.scenario));
  for (const open of openersOf(values.broker)) {
    const broker = await open();
    if (broker === null) {
      tellLoudly('mosquitto was not measured: it is neither on PATH nor in /usr/sbin.');
      continue;
    }
    for (const scenario of chosen) {
      const findings = await measureAll(broker, scenario, values.elections);
      if (values.json) write(findingsAsJson(findings, machine));
      else for (const line of describeFindings(findings)) write(line);
    }
    await broker.end();
  }
}

function openersOf(which: Values['broker']): readonly (() => Promise<BenchBroker | null>)[] {
  return [
    ...(which === 'mosquitto' ? [] : [openEmbedded]),
    ...(which === 'aedes' ? [] : [openMosquitto]),
  ];
}

async function measureAll(
  broker: BenchBroker,
  scenario: Scenario,
  elections: number,
): Promise<Findings> {
  const values: number[] = [];
  const failures: string[] = [];
  for (let election = 1; election <= elections; election += 1) {
    const crowd = new Crowd([
      ...['--host', '127.0.0.1', '--port', String(broker.port), '--peers', String(PEERS)],
      // Nothing retained by an election before it is to be met.
      ...['--prefix', `bench/${scenario.name}/${election}`, ...scenario.clientArgs],
    ]);
    const title = `${broker.name}, ${scenario.name}, ${election} of ${elections}`;
    try {
      const ms = await scenario.measure(crowd);
      values.push(ms);
      tellProgress(`${title}: ${ms} ms`, election === elections);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
      tellProgress(`${title}: failed`, election === elections);
    } finally {
      await crowd.end();
    }
  }
  const { name, what, target } = scenario;
  const about = { bench: 'election', broker: broker.name, scenario: name, what };
  return { ...about, values, failures, target };
}

async function untilFounded(crowd: Crowd): Promise<number> {
  await crowd.until(() => agree(crowd.peers), 'ten peers elect');
  return Math.max(...crowd.peers.map(toldAt)) - Math.max(...crowd.peers.map(cameAt));
}

async function measureMining(crowd: Crowd): Promise<number> {
  crowd.start(PEERS);
  await crowd.until(() => agree(crowd.peers), 'ten peers elect');
  const controller = crowd.peers.find(({ name, mandate }) => name === mandate?.controller);
  const miners = crowd.peers.filter((peer) => peer !== controller);
  if (controller === undefined) throw new Error('the controller is none of the ten');
  await crowd.until(() => miners.every(({ isMining }) => isMining), 'nine peers mine');
  await sleep(WARM_MS);
  const before = controller.mandate?.term ?? 0;
  crowd.kill(controller);
  const isAfter = ({ mandate }: Timed): boolean => (mandate?.term ?? 0) > before;
  await crowd.until(() => crowd.peers.every(isAfter) && agree(crowd.peers), 'nine peers elect');
  const suspicions = crowd.peers.flatMap(({ suspectedAt }) => suspectedAt ?? []);
  return Math.max(...crowd.peers.map(toldAt)) - Math.min(...suspicions);
}

/** Whether all know the mandate of one term. */
function agree(peers: readonly Timed[]): boolean {
  const terms = new Set(peers.map(({ mandate }) => mandate?.term));
  return peers.length >= PEERS - 1 && terms.size === 1 && !terms.has(undefined);
}

const isConnected = ({ connectedAt }: Timed): boolean => connectedAt !== null;
const cameAt = ({ connectedAt }: Timed): number => connectedAt ?? 0;
const toldAt = ({ mandate }: Timed): number => mandate?.at ?? 0;

function oneOf<Word extends string>(
  ...words: readonly Word[]
): { readonly allowed: string; readonly read: (text: string) => Word | null } {
  const last = words.at(-1) ?? '';
  return {
    allowed: `${words.slice(0, -1).join(', ')} or ${last}`,
    read: (text) => words.find((word) => word === text) ?? null,
  };
}

/** One line that changes where somebody looks on; a line each in a log. */
function tellProgress(text: string, isLast: boolean): void {
  const { stderr } = process;
  if (stderr.isTTY === true) stderr.write(`\r\x1b[K${isLast ? '' : text}`);
  else stderr.write(`${text}\n`);
}

function tellLoudly(text: string): void {
  process.stderr.write(`*** ${text} ***\n`);
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
