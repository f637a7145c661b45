/** `sortition bench`: measures what the documents claim, a command for each claim. */

import { Command } from 'commander';
import { createElectionBench } from './bench-election.ts';
import { createFailoverBench } from './bench-failover.ts';
import { createGatewayBench } from './bench-gateway.ts';
import { createLeasesBench } from './bench-leases.ts';
import { createLeftoversBench } from './bench-leftovers.ts';
import { createMemoryBench } from './bench-memory.ts';
import { createKernelsBench } from './bench-mining.ts';
import { createPrefixesBench } from './bench-prefixes.ts';
import { createSyncBench } from './bench-sync.ts';
import { createWatchBench } from './bench-watch.ts';
import { createWorkersBench } from './bench-workers.ts';
import { prepare } from './exit.ts';

export function createBenchCommand(): Command {
  const command = new Command('bench').description('measure how fast things are on this machine');
  const benches = [
    createElectionBench(),
    createFailoverBench(),
    createKernelsBench(),
    createPrefixesBench(),
    createWorkersBench(),
    createMemoryBench(),
    createSyncBench(),
    createGatewayBench(),
    createWatchBench(),
    createLeasesBench(),
    createLeftoversBench(),
  ];
  for (const bench of benches) {
    // A measurement is told all on the command line: the environment may be that of peers.
    for (const option of bench.options) delete option.envVar;
    command.addCommand(prepare(bench));
  }
  return command;
}
