/** All commands of `sortition`, put together. */

import { Command } from 'commander';
import { createBenchCommand } from './bench.ts';
import { createBrokerCommand } from './broker.ts';
import { createChaosCommand } from './chaos.ts';
import { createClientCommand } from './client.ts';
import { createDoctorCommand } from './doctor.ts';
import { prepare } from './exit.ts';
import { createExploreCommand } from './explore.ts';
import { createGatewayCommand } from './gateway.ts';
import { createMineCommand } from './mine.ts';
import { createRecordCommand } from './record.ts';
import { createReplayCommand } from './replay.ts';
import { createSimulateCommand } from './simulate.ts';
import { createStartCommand } from './start.ts';
import { createVerifyResultCommand } from './verify-result.ts';
import { readVersion } from './version.ts';
import { createWatchCommand } from './watch.ts';

export function createProgram(): Command {
  const program = prepare(new Command('sortition'))
    .description('Peers on an MQTT broker choose a controller by lot, and mine together under it.')
    .version(readVersion(), '--version', 'show the version')
    .usage('<command> [options]')
    .addHelpText('after', '\nsortition <command> --help says what each command takes.');
  const commands = [
    createStartCommand(),
    createClientCommand(),
    createBrokerCommand(),
    createVerifyResultCommand(),
    createMineCommand(),
    createWatchCommand(),
    createRecordCommand(),
    createReplayCommand(),
    createBenchCommand(),
    createSimulateCommand(),
    createExploreCommand(),
    createDoctorCommand(),
    createChaosCommand(),
    createGatewayCommand(),
  ];
  for (const command of commands) program.addCommand(prepare(command));
  return program;
}
