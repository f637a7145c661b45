/** `sortition bench failover`: how soon ten peers that mine have another controller. */

import { Command } from 'commander';
import type { Crowd, Timed } from './bench-crowd.ts';
import {
  type Brokers,
  brokersSetting,
  lastToldAt,
  measure,
  type Scenario,
  tenThatMine,
  untilFollowed,
} from './bench-scenario.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { whole } from './values.ts';

type Values = {
  readonly kills: number;
  readonly stops: number;
  readonly broker: Brokers;
  readonly json: boolean;
};

const settings: Settings<Values> = {
  kills: {
    flags: '--kills <count>',
    help: 'how often the controller is killed (SIGKILL), on each broker',
    fallback: '20',
    ...whole(0, 10_000),
  },
  stops: {
    flags: '--stops <count>',
    help: 'how often it is frozen (SIGSTOP)',
    fallback: '3',
    ...whole(0, 10_000),
  },
  broker: brokersSetting,
  json: { flags: '--json', help: 'a JSON object for each of the two and each broker' },
};

const killed: Scenario = {
  name: 'killed',
  what: 'from the SIGKILL of the controller of ten that mine with six threads',
  target: { medianMs: 1_000, worstMs: 2_500 },
  clientArgs: [],
  measure: (crowd) => follow(crowd, (controller) => crowd.kill(controller)),
};

const frozen: Scenario = {
  name: 'frozen',
  what: 'from its SIGSTOP, likewise',
  target: { medianMs: null, worstMs: 25_000 },
  clientArgs: [],
  measure: (crowd) => follow(crowd, (controller) => crowd.freeze(controller)),
};

export function createFailoverBench(): Command {
  const command = new Command('failover').description(
    'time how soon nine of ten know the next controller, as users start them',
  );
  return addSettings(command, settings).action(async () => {
    const { kills, stops, broker, json } = readSettings(command, settings);
    const about = { bench: 'failover', brokers: broker, json };
    await measure({
      ...about,
      scenarios: [
        { ...killed, times: kills },
        { ...frozen, times: stops },
      ],
    });
  });
}

/** Milliseconds until the last of the other nine knows the next mandate. */
async function follow(crowd: Crowd, strike: (controller: Timed) => void): Promise<number> {
  const controller = await tenThatMine(crowd);
  const before = controller.mandate?.term ?? 0;
  const struckAt = Date.now();
  strike(controller);
  await untilFollowed(crowd, before);
  return lastToldAt(crowd.peers) - struckAt;
}
