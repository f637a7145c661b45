/** `sortition bench`: measures what the documents claim, a command for each claim. */

import { Command } from 'commander';
import { createElectionBench } from './bench-election.ts';
import { createKernelsBench } from './bench-mining.ts';
import { prepare } from './exit.ts';

export function createBenchCommand(): Command {
  const command = new Command('bench').description('measure how fast things are on this machine');
  for (const bench of [createElectionBench(), createKernelsBench()])
    command.addCommand(prepare(bench));
  return command;
}
