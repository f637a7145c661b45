/** `sortition simulate`: bad lives of false worlds, and what did not hold in them. */

import { Command } from 'commander';
import { nodeHasher } from '../node/crypto.ts';
import { live, retell } from '../sim/life.ts';

export function createSimulateCommand(): Command {
  return new Command('simulate')
    .description('run seeded worlds of loss, repeats, delays, kills and broker outages')
    .option('--worlds <count>', 'how many worlds', '100')
    .option('--seed <number>', 'seed of the first one; the others follow', '1')
    .option('--retell', 'tell all that happens, step by step')
    .action(simulate);
}

type Options = { readonly worlds: string; readonly seed: string; readonly retell?: true };

function simulate(this: Command, options: Options): void {
  const worlds = wholeNumber(this, '--worlds', options.worlds);
  const first = wholeNumber(this, '--seed', options.seed);
  const startedAt = performance.now();
  let broken = 0;
  for (let seed = first; seed < first + worlds; seed += 1) {
    const { world, title, fault } = live(seed, nodeHasher);
    if (options.retell) process.stdout.write(`${retell(world)}\n`);
    if (options.retell || fault !== null)
      process.stdout.write(`${title}: ${fault ?? 'all holds'}\n`);
    if (fault !== null) {
      broken += 1;
      process.stdout.write(`  told by: sortition simulate --worlds 1 --seed ${seed} --retell\n`);
    }
    showProgress(seed - first + 1, worlds);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const rate = (worlds / seconds).toFixed(1);
  process.stdout.write(`${worlds} worlds, ${rate} a second, ${broken} with a fault\n`);
  if (broken > 0) process.exitCode = 1;
}

function wholeNumber(command: Command, option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    command.error(`error: ${option} is ${text}, and must be a whole number of 1 or more`, {
      exitCode: 2,
    });
  }
  return Number(text);
}

/** On a terminal only; whoever reads a file wants the last line. */
function showProgress(done: number, of: number): void {
  if (process.stderr.isTTY)
    process.stderr.write(`\r${done} of ${of} worlds${done < of ? '' : '\n'}`);
}
