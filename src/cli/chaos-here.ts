/** Runs chaos where we are: with a status line on a terminal, as plain lines, or as JSON. */

import type { Command } from 'commander';
import { parseBrokerUrl } from '../node/mqtt-url.ts';
import { WorldError } from '../node/world-error.ts';
import { accepts, BrokerProcess } from './broker-process.ts';
import { describeMissing } from './broker-recipes.ts';
import { ChaosBar } from './chaos-bar.ts';
import { type ChaosFact, describeChaos } from './chaos-fact.ts';
import { describeOutcome, hasFailed, outcomeAsJson } from './chaos-report.ts';
import { ChaosRun } from './chaos-run.ts';
import { type ChaosValues, chaosSettings } from './chaos-settings.ts';
import type { StageBroker } from './chaos-stage.ts';
import { connectionOf, connectionSettings } from './connection-settings.ts';
import { EXIT } from './exit.ts';
import { printable } from './line-format.ts';
import { labelOf, sourceOf, usageError } from './setting.ts';
import { Wishes } from './wishes.ts';

type Values = ChaosValues & { readonly seed: number };

const FOREIGN = ['host', 'port', 'url'] as const;

/**
 * Runs to the end and sums up; the exit code is 1 if anything did not hold.
 *
 * @throws WorldError `usage`, `bad-url`, `no-broker`, `cannot-listen`.
 */
export async function chaos(command: Command, values: Values): Promise<void> {
  const { seed, json } = values;
  const broker = await openStageBroker(command, values);
  const bar = new ChaosBar(values.minutes, () => run.standing);
  const startedAt = performance.now();
  const tell = (fact: ChaosFact): void => {
    const at = performance.now() - startedAt;
    const line = json
      ? JSON.stringify({ time: Date.now(), ...fact })
      : `${clockOf(at)} ${printable(describeChaos(fact))}`;
    bar.aside(() => process.stdout.write(`${line}\n`));
  };
  const run = new ChaosRun(
    {
      broker,
      seats: values.peers,
      // On somebody else's broker there may be other networks.
      prefix: `chaos/${seed}-${process.pid}`,
      clientArgs: clientArgsOf(values),
      durationMs: values.minutes,
      everyMs: values.every,
      seed,
      heartbeatMs: values.heartbeat,
      difficulty: values.difficulty,
    },
    tell,
  );
  const wishes = new Wishes(() => run.ask());
  wishes.watchOutput();
  if (!json) bar.start();
  const outcome = await run.toItsEnd().finally(() => bar.stop());
  const lines = json ? [outcomeAsJson(outcome, seed)] : describeOutcome(outcome, seed);
  for (const line of lines) process.stdout.write(`${json ? line : printable(line)}\n`);
  if (hasFailed(outcome)) process.exitCode = EXIT.failed;
}

function clientArgsOf({ threads, difficulty, heartbeat, removal }: Values): readonly string[] {
  return [
    ...['--threads', String(threads), '--difficulty', difficulty],
    ...['--heartbeat', `${heartbeat}ms`, '--removal', `${removal}ms`],
  ];
}

async function openStageBroker(command: Command, values: Values): Promise<StageBroker> {
  const foreign = FOREIGN.find((name) => sourceOf(command, name) !== 'fallback');
  if (foreign !== undefined) return await foreignBroker(command, values, foreign);
  const opened = await BrokerProcess.open(values.broker);
  if (opened === null) {
    const missing = describeMissing(values.broker);
    throw new WorldError(`There is ${missing}; --broker embedded is always there.`, {
      code: 'no-broker',
      facts: { broker: values.broker },
    });
  }
  return { name: opened.name, host: '127.0.0.1', port: opened.port, process: opened, login: {} };
}

/** Relays stand in between, so that nothing but plain MQTT can pass. */
async function foreignBroker(
  command: Command,
  values: Values,
  by: (typeof FOREIGN)[number],
): Promise<StageBroker> {
  if (sourceOf(command, 'broker') === 'argument') {
    const label = labelOf(command, by, chaosSettings[by]);
    throw usageError(`--broker starts one, and ${label} names one that is there: leave one out.`, {
      settings: `--broker ${label}`,
    });
  }
  const noTls = { cafile: null, cert: null, key: null, insecure: false };
  const fallbacks = {
    ...noTls,
    keepalive: Number(connectionSettings.keepalive.fallback),
    patience: null,
  };
  const { url, username, password } = connectionOf(command, { ...fallbacks, ...values });
  const broker = parseBrokerUrl(url);
  if (broker.protocol !== 'mqtt') {
    throw usageError(
      `${labelOf(command, by, connectionSettings[by])} must be mqtt://: relays stand between ` +
        `peers and broker, through which ${broker.protocol}:// would not pass.`,
      { url: broker.text },
    );
  }
  if (!(await accepts(broker.port, broker.host))) {
    throw new WorldError(
      `Nothing listens at ${broker.text}: start that broker first, or let --broker start one.`,
      { code: 'no-broker', facts: { url: broker.text } },
    );
  }
  const [name, word] = [username ?? broker.username, password ?? broker.password];
  return {
    name: 'a broker that is not ours to kill',
    host: broker.host,
    port: broker.port,
    process: null,
    login: {
      ...(name !== null && { SORTITION_USERNAME: name }),
      ...(word !== null && { SORTITION_PASSWORD: word }),
    },
  };
}

/** Milliseconds as minutes and seconds: ` 2:07.3`. */
function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 100) / 10;
  const minutes = Math.floor(seconds / 60);
  const rest = (seconds - 60 * minutes).toFixed(1).padStart(4, '0');
  return `${String(minutes).padStart(2)}:${rest}`;
}
