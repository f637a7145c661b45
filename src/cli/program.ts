/** All commands of `sortition`, put together. */

import { Command } from 'commander';
import { prepare } from './exit.ts';
import { readVersion } from './version.ts';

/** By their names, in the order in which help lists them; loaded when they are wanted. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).createStartCommand(),
  client: async () => (await import('./client.ts')).createClientCommand(),
  broker: async () => (await import('./broker.ts')).createBrokerCommand(),
  'verify-result': async () => (await import('./verify-result.ts')).createVerifyResultCommand(),
  mine: async () => (await import('./mine.ts')).createMineCommand(),
  worker: async () => (await import('./worker.ts')).createWorkerCommand(),
  watch: async () => (await import('./watch.ts')).createWatchCommand(),
  record: async () => (await import('./record.ts')).createRecordCommand(),
  replay: async () => (await import('./replay.ts')).createReplayCommand(),
  bench: async () => (await import('./bench.ts')).createBenchCommand(),
  simulate: async () => (await import('./simulate.ts')).createSimulateCommand(),
  explore: async () => (await import('./explore.ts')).createExploreCommand(),
  check: async () => (await import('./check.ts')).createCheckCommand(),
  doctor: async () => (await import('./doctor.ts')).createDoctorCommand(),
  chaos: async () => (await import('./chaos.ts')).createChaosCommand(),
  gateway: async () => (await import('./gateway.ts')).createGatewayCommand(),
  wallet: async () => (await import('./wallet.ts')).createWalletCommand(),
  ledger: async () => (await import('./ledger.ts')).createLedgerCommand(),
  search: async () => (await import('./search.ts')).createSearchCommand(),
};

/**
 * The program with the one command that `args` begin with, or with all: who runs one command need
 * not load the others, which takes as long as many a command does.
 */
export async function createProgram(args: readonly string[] = []): Promise<Command> {
  const program = prepare(new Command('sortition'))
    .description('Peers on an MQTT broker choose a controller by lot, and mine together under it.')
    .version(readVersion(), '--version', 'show the version')
    .usage('<command> [options]')
    .addHelpText('after', '\nsortition <command> --help says what each command takes.');
  const [first = ''] = args;
  const wanted = Object.hasOwn(COMMANDS, first) ? [COMMANDS[first]] : Object.values(COMMANDS);
  for (const load of wanted) if (load !== undefined) program.addCommand(prepare(await load()));
  return program;
}
