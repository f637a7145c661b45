/** `sortition explore`: looks at every state that a small world can come to. */

import { Command } from 'commander';
import { nodeHasher } from '../node/crypto.ts';
import { checkersOf } from '../sim/checkers/all.ts';
import { type Finding, search } from '../sim/small/search.ts';
import { oneBlock, oneElection } from '../sim/small/worlds.ts';
import { EXIT } from './exit.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { whole } from './values.ts';

type Values = { readonly states: number; readonly crashes: number; readonly seed: number };

/** A set of JavaScript holds 2^24 entries. */
const MOST_STATES = 16_000_000;

const settings: Settings<Values> = {
  states: {
    flags: '--states <count>',
    help: 'look at so many states of each world at most',
    fallback: '1000000',
    isArgumentOnly: true,
    ...whole(1, MOST_STATES),
  },
  crashes: {
    flags: '--crashes <count>',
    help: 'so many restarts from the journal may happen',
    fallback: '1',
    isArgumentOnly: true,
    ...whole(0, 9),
  },
  seed: {
    flags: '--seed <number>',
    help: 'another seed draws other lots',
    fallback: '1',
    isArgumentOnly: true,
    ...whole(0, 999_999_999),
  },
};

const worlds = { 'one election': oneElection, 'one block, two controllers': oneBlock };

export function createExploreCommand(): Command {
  const command = new Command('explore').description(
    'look at every state that three peers can come to, whatever is lost, late or doubled',
  );
  return addSettings(command, settings).action(() => explore(readSettings(command, settings)));
}

function explore({ states, crashes, seed }: Values): void {
  for (const [title, begin] of Object.entries(worlds)) {
    const { world, start } = begin(nodeHasher, seed, crashes);
    const startedAt = performance.now();
    const finding = search(world, start, {
      checkers: checkersOf(nodeHasher),
      most: states,
      onLayer: showProgress,
    });
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    const seconds = (performance.now() - startedAt) / 1000;
    process.stdout.write(`${report(title, finding)} (${seconds.toFixed(1)} s)\n`);
    if (finding.violation !== null) process.exitCode = EXIT.failed;
  }
}

function report(title: string, { states, depth, isComplete, violation }: Finding): string {
  const looked = `${title}: ${states} states, ${depth} steps deep`;
  if (violation === null)
    return `${looked}, ${isComplete ? 'all there are' : 'not all'}: all holds`;
  const { name, sentence, steps } = violation;
  return [...steps.map((step) => `  ${step}`), `${looked}: ${name}, ${sentence}`].join('\n');
}

/** On a terminal only; whoever reads a file wants the last line. */
function showProgress(depth: number, states: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${states} states, ${depth} steps deep`);
}
