/** What the benches of elections have in common: scenarios, brokers to measure on, and progress. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Crowd, type Timed } from './bench-crowd.ts';
import {
  describeFindings,
  describeMachine,
  type Findings,
  findingsAsJson,
  type Target,
  thisMachine,
} from './bench-report.ts';
import { BrokerProcess } from './broker-process.ts';
import { type BrokerKind, describeMissing } from './broker-recipes.ts';
import { EXIT } from './exit.ts';
import type { Setting } from './setting.ts';
import { oneOf } from './values.ts';
import { Wishes } from './wishes.ts';

export type Scenario = {
  readonly name: string;
  /** What is timed. */
  readonly what: string;
  readonly target: Target;
  readonly clientArgs: readonly string[];
  /** Milliseconds from the moment that counts until everybody knows the mandate. */
  readonly measure: (crowd: Crowd) => Promise<number>;
};

export type Measurement = {
  /** The command under `bench`. */
  readonly bench: string;
  /** And how often to measure each of them on each broker. */
  readonly scenarios: readonly (Scenario & { readonly times: number })[];
  readonly brokers: Brokers;
  readonly json: boolean;
};

export type Brokers = 'aedes' | 'mosquitto' | 'both';

export const PEERS = 10;

/** After this, V8 has compiled the kernels for good, and all threads are busy. */
const WARM_MS = 1_500;

export const brokersSetting: Setting<Brokers> = {
  flags: '--broker <which>',
  help: 'aedes (our own), mosquitto or both',
  fallback: 'both',
  ...oneOf('aedes', 'mosquitto', 'both'),
};

/** Measures and prints findings: lines for people, or an object for each scenario and broker. */
export async function measure({ bench, scenarios, brokers, json }: Measurement): Promise<void> {
  // An exit takes the clients and the broker along, which a signal would not.
  new Wishes(() => process.exit(EXIT.failed));
  const machine = thisMachine();
  if (!json) write(describeMachine(machine));
  const chosen = scenarios.filter(({ times }) => times > 0);
  for (const kind of kindsOf(brokers)) {
    const broker = await BrokerProcess.open(kind);
    if (broker === null) {
      tellLoudly(`${kind} was not measured: ${describeMissing(kind)}.`);
      continue;
    }
    for (const scenario of chosen) {
      const findings = await measureOne(broker, scenario, scenario.times, bench);
      const lines = json ? [findingsAsJson(findings, machine)] : describeFindings(findings);
      for (const line of lines) write(line);
    }
    await broker.end();
  }
}

/** The brokers that a command measures on. */
export function kindsOf(which: Brokers): readonly BrokerKind[] {
  if (which === 'both') return ['embedded', 'mosquitto'];
  return [which === 'aedes' ? 'embedded' : which];
}

async function measureOne(
  broker: BrokerProcess,
  scenario: Scenario,
  times: number,
  bench: string,
): Promise<Findings> {
  const values: number[] = [];
  const failures: string[] = [];
  for (let time = 1; time <= times; time += 1) {
    const crowd = new Crowd([
      ...['--host', '127.0.0.1', '--port', String(broker.port), '--peers', String(PEERS)],
      // Nothing that was retained before is to be met.
      ...['--prefix', `bench/${scenario.name}/${time}`, ...scenario.clientArgs],
    ]);
    const title = `${broker.name}, ${scenario.name}, ${time} of ${times}`;
    try {
      const ms = await scenario.measure(crowd);
      values.push(ms);
      tellProgress(`${title}: ${ms} ms`, time === times);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
      tellProgress(`${title}: failed`, time === times);
    } finally {
      await crowd.end();
    }
  }
  const { name, what, target } = scenario;
  const about = { bench, broker: broker.name, scenario: name, what };
  return { ...about, values, failures, target };
}

/** Whether all know the mandate of one term. */
export function agree(peers: readonly Timed[]): boolean {
  const terms = new Set(peers.map(({ mandate }) => mandate?.term));
  return peers.length >= PEERS - 1 && terms.size === 1 && !terms.has(undefined);
}

/** When the last of them knew the mandate that it knows now, in Unix milliseconds. */
export function lastToldAt(peers: readonly Timed[]): number {
  return Math.max(...peers.map(({ mandate }) => mandate?.at ?? 0));
}

/** Ten peers, all of them but the controller mining at full speed; gives the controller. */
export async function tenThatMine(crowd: Crowd): Promise<Timed> {
  crowd.start(PEERS);
  await crowd.until(() => agree(crowd.peers), 'ten peers elect');
  const controller = crowd.peers.find(({ name, mandate }) => name === mandate?.controller);
  if (controller === undefined) throw new Error('the controller is none of the ten');
  const miners = crowd.peers.filter((peer) => peer !== controller);
  await crowd.until(() => miners.every(({ isMining }) => isMining), 'nine peers mine');
  await sleep(WARM_MS);
  return controller;
}

/** Resolves once all who are heard know one mandate of a later term than `before`. */
export function untilFollowed(crowd: Crowd, before: number): Promise<void> {
  const isAfter = ({ mandate }: Timed): boolean => (mandate?.term ?? 0) > before;
  return crowd.until(() => crowd.peers.every(isAfter) && agree(crowd.peers), 'nine peers elect');
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
