/** `sortition bench election`: how soon ten peers all know whom they have elected. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { Crowd, Timed } from './bench-crowd.ts';
import {
  agree,
  type Brokers,
  brokersSetting,
  lastToldAt,
  measure,
  PEERS,
  type Scenario,
  tenThatMine,
  untilFollowed,
} from './bench-scenario.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { oneOf, whole } from './values.ts';

type Values = {
  readonly elections: number;
  readonly broker: Brokers;
  readonly scenario: 'last-late' | 'at-once' | 'mining' | 'all';
  readonly json: boolean;
};

const LATE_MS = 3_000;

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
  broker: brokersSetting,
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
  return addSettings(command, settings).action(async () => {
    const { elections, broker, scenario, json } = readSettings(command, settings);
    const chosen = scenarios.filter(({ name }) => [name, 'all'].includes(scenario));
    const timed = chosen.map((each) => ({ ...each, times: elections }));
    await measure({ bench: 'election', scenarios: timed, brokers: broker, json });
  });
}

async function untilFounded(crowd: Crowd): Promise<number> {
  await crowd.until(() => agree(crowd.peers), 'ten peers elect');
  return lastToldAt(crowd.peers) - Math.max(...crowd.peers.map(cameAt));
}

async function measureMining(crowd: Crowd): Promise<number> {
  const controller = await tenThatMine(crowd);
  const before = controller.mandate?.term ?? 0;
  crowd.kill(controller);
  await untilFollowed(crowd, before);
  const suspicions = crowd.peers.flatMap(({ suspectedAt }) => suspectedAt ?? []);
  return lastToldAt(crowd.peers) - Math.min(...suspicions);
}

const isConnected = ({ connectedAt }: Timed): boolean => connectedAt !== null;
const cameAt = ({ connectedAt }: Timed): number => connectedAt ?? 0;
