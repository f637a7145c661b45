/** `sortition explore`: every state that a small world can come to, and random ways through it. */

import { Command } from 'commander';
import { nodeHasher } from '../node/crypto.ts';
import { checkersOf, type Violation, Watch } from '../sim/checkers/all.ts';
import { type Outcome, playSchedule } from '../sim/small/schedule.ts';
import { type Finding, search } from '../sim/small/search.ts';
import type { Cast } from '../sim/small/stage.ts';
import { oneBlock, oneElection } from '../sim/small/worlds.ts';
import { EXIT } from './exit.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { whole } from './values.ts';

type Values = {
  readonly states: number;
  readonly crashes: number;
  readonly losses: number;
  readonly schedules: number;
  readonly seed: number;
};

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
  losses: {
    flags: '--losses <count>',
    help: 'so often somebody hears late or never; any: nothing needs to be heard at once',
    fallback: '2',
    isArgumentOnly: true,
    allowed: 'a whole number from 0 to 99, or the word any',
    read: (text) => (text === 'any' ? Number.POSITIVE_INFINITY : whole(0, 99).read(text)),
  },
  schedules: {
    flags: '--schedules <count>',
    help: 'then play so many random schedules, and as many with changes of the roster',
    fallback: '2000',
    isArgumentOnly: true,
    ...whole(0, 100_000_000),
  },
  seed: {
    flags: '--seed <number>',
    help: 'another seed draws other lots; that of the first schedule, the others follow',
    fallback: '1',
    isArgumentOnly: true,
    ...whole(0, 999_999_999),
  },
};

const casts = {
  'random schedules': { seats: 3, extra: 0 },
  'random schedules, members come and go': { seats: 3, extra: 1 },
};

const worlds = { 'one election': oneElection, 'one block, two controllers': oneBlock };

export function createExploreCommand(): Command {
  const command = new Command('explore').description(
    'look at every state that a few peers can come to, whatever is lost, late or doubled',
  );
  return addSettings(command, settings).action(() => explore(readSettings(command, settings)));
}

function explore(values: Values): void {
  for (const [title, begin] of Object.entries(worlds)) exploreWorld(title, begin, values);
  if (values.schedules === 0) return;
  for (const [title, cast] of Object.entries(casts)) playSchedules(title, cast, values);
}

function exploreWorld(
  title: string,
  begin: typeof oneElection,
  { states, crashes, losses, seed }: Values,
): void {
  const { world, start } = begin(nodeHasher, seed, { crashes, losses });
  const startedAt = performance.now();
  const finding = search(world, start, {
    checkers: checkersOf(nodeHasher),
    most: states,
    onLayer: (depth, looked) => showProgress(`${looked} states, ${depth} steps deep`),
  });
  tell(report(title, finding), startedAt);
  if (finding.violation !== null) process.exitCode = EXIT.failed;
}

function report(title: string, { states, depth, isComplete, violation }: Finding): string {
  const looked = `${title}: ${states} states, ${depth} steps deep`;
  if (violation === null)
    return `${looked}, ${isComplete ? 'all there are' : 'not all'}: all holds`;
  return [...stepLines(violation.steps), `${looked}: ${inWords(violation)}`].join('\n');
}

function playSchedules(title: string, cast: Cast, { schedules, seed: first }: Values): void {
  const startedAt = performance.now();
  const sum = { terms: 0, blocks: 0 };
  for (let seed = first; seed < first + schedules; seed += 1) {
    const { violation, terms, blocks } = play(cast, seed);
    if (violation !== null) {
      const steps: string[] = [];
      play(cast, seed, (step) => steps.push(step));
      const found = `${title}, seed ${seed}: ${inWords(violation)}`;
      tell([...stepLines(steps), found].join('\n'), startedAt);
      process.exitCode = EXIT.failed;
      return;
    }
    sum.terms += terms;
    sum.blocks += blocks;
    const played = seed - first + 1;
    if (played % 100 === 0) showProgress(`${played} of ${schedules} schedules`);
  }
  const done = `${schedules} schedules, ${sum.terms} terms, ${sum.blocks} sealed blocks`;
  tell(`${title}: ${done}: all holds`, startedAt);
}

function play(cast: Cast, seed: number, onStep?: (step: string) => void): Outcome {
  const watch = new Watch(checkersOf(nodeHasher));
  const see = watch.see.bind(watch);
  return playSchedule({ hasher: nodeHasher, cast, seed, see, ...(onStep && { onStep }) });
}

const stepLines = (steps: readonly string[]): readonly string[] => steps.map((step) => `  ${step}`);

const inWords = ({ name, sentence }: Violation): string => `${name}, ${sentence}`;

function tell(text: string, startedAt: number): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(`${text} (${seconds.toFixed(1)} s)\n`);
}

/** On a terminal only; whoever reads a file wants the last line. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${text}`);
}
