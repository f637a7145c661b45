/** `sortition simulate`: bad lives of false worlds, and what did not hold in them. */

import { Command } from 'commander';
import type { ElectionRule } from '../domain/contract.ts';
import { nodeHasher } from '../node/crypto.ts';
import { type Life, live, retell, titleOf } from '../sim/life.ts';
import { PERSONALITY_NAMES, type PersonalityName } from '../sim/personality.ts';
import { INSIDER_KINDS, type InsiderKind, type Plan, planLife } from '../sim/plan.ts';
import { shrink } from '../sim/shrink.ts';
import { Tally } from '../sim/tally.ts';
import { EXIT } from './exit.ts';
import { addSettings, readSettings, type Settings } from './setting.ts';
import { SimulateBar } from './simulate-bar.ts';
import { electionRule, electionWord, whole } from './values.ts';

type Values = {
  readonly worlds: number;
  readonly seed: number;
  readonly peers: number | null;
  readonly personality: PersonalityName | null;
  readonly genesis: boolean;
  readonly strangers: 'always' | 'never' | null;
  readonly insiders: InsiderKind | 'never' | null;
  readonly election: ElectionRule | null;
  readonly deeds: readonly number[] | null;
  readonly retell: boolean;
  readonly json: boolean;
};

const MOST_SEED = 999_999_999;

const settings: Settings<Values> = {
  worlds: {
    flags: '--worlds <count>',
    help: 'how many worlds',
    fallback: '100',
    isArgumentOnly: true,
    ...whole(1, 10_000_000),
  },
  seed: {
    flags: '--seed <number>',
    help: 'seed of the first one; the others follow',
    fallback: '1',
    isArgumentOnly: true,
    ...whole(1, MOST_SEED),
  },
  peers: {
    flags: '--peers <count>',
    help: 'seats of every world; otherwise 1 to 11, as the seed has it',
    fallback: null,
    isArgumentOnly: true,
    ...whole(1, 50),
  },
  personality: {
    flags: '--personality <broker>',
    help: `manners of every broker: ${PERSONALITY_NAMES.join(', ')}; otherwise as the seed has it`,
    fallback: null,
    isArgumentOnly: true,
    allowed: `one of ${PERSONALITY_NAMES.join(', ')}`,
    read: (text) => PERSONALITY_NAMES.find((name) => name === text) ?? null,
  },
  genesis: { flags: '--genesis', help: 'accounts of people begin with something in every world' },
  strangers: {
    flags: '--strangers <when>',
    help: 'whether a stranger repeats and floods: always or never; otherwise in a third',
    fallback: null,
    isArgumentOnly: true,
    allowed: 'always or never',
    read: (text) => (text === 'always' || text === 'never' ? text : null),
  },
  insiders: {
    flags: '--insiders <kind>',
    help: `how a member is bad: ${INSIDER_KINDS.join(', ')}, never; otherwise a third`,
    fallback: null,
    isArgumentOnly: true,
    allowed: `one of ${INSIDER_KINDS.join(', ')}, never`,
    read: (text) => [...INSIDER_KINDS, 'never' as const].find((kind) => kind === text) ?? null,
  },
  election: {
    flags: '--election <rule>',
    help: 'of every world: draw, lowest or incumbent; otherwise draw, or incumbent in a tenth',
    fallback: null,
    isArgumentOnly: true,
    ...electionRule,
  },
  deeds: {
    flags: '--deeds <numbers>',
    help: 'of what befalls a world, only these, as 0,3 or none',
    fallback: null,
    isArgumentOnly: true,
    allowed: 'numbers with commas between them, such as 0,3, or the word none',
    read: readDeeds,
  },
  retell: { flags: '--retell', help: 'tell all that happens, step by step' },
  json: { flags: '--json', help: 'the totals as one line of JSON, after those for people' },
};

export function createSimulateCommand(): Command {
  const command = new Command('simulate').description(
    'run seeded worlds of loss, repeats, delays, kills, partitions, full disks and broker outages',
  );
  return addSettings(command, settings).action(() => simulate(readSettings(command, settings)));
}

async function simulate(values: Values): Promise<void> {
  const { worlds, seed: first } = values;
  const bar = new SimulateBar(worlds);
  const tally = new Tally();
  const startedAt = performance.now();
  for (let seed = first; seed < first + worlds; seed += 1) {
    const life = live(planOf(seed, values), nodeHasher);
    tally.add(life);
    if (values.retell) bar.aside(`${retell(life)}\n`);
    if (values.retell || life.violation !== null)
      bar.aside(`${titleOf(life.plan)}: ${verdictOf(life)}\n`);
    if (life.violation !== null && !values.retell) bar.aside(adviceFor(life, values));
    bar.show(tally.worlds, tally.broken);
    // Promises that nobody awaits keep their world until the queue they wait in gets its turn.
    await null;
  }
  bar.hide();
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(`${tally.describe()}\n${summaryOf(tally, first, seconds)}\n`);
  if (values.json)
    process.stdout.write(`${JSON.stringify({ first, seconds, ...tally.totals() })}\n`);
  if (tally.broken > 0) process.exitCode = EXIT.failed;
}

function planOf(seed: number, values: Values): Plan {
  const { peers, personality, genesis, strangers, insiders, election, deeds } = values;
  const plan = planLife(seed, {
    peers: peers ?? undefined,
    personality: personality ?? undefined,
    election: election ?? undefined,
    hasGenesis: genesis,
    hasStranger: strangers === null ? undefined : strangers === 'always',
    insider: insiders === 'never' ? null : (insiders ?? undefined),
  });
  if (deeds === null) return plan;
  return { ...plan, deeds: plan.deeds.filter((_, index) => deeds.includes(index)) };
}

function verdictOf({ violation }: Life): string {
  return violation === null ? 'all holds' : `${violation.name}: ${violation.sentence}`;
}

/** The command that shows the same violation with as few faults as it needs. */
function adviceFor({ plan, violation }: Life, values: Values): string {
  const { peers, personality, election, genesis } = values;
  const smallest = shrink(
    plan,
    (smaller) => live(smaller, nodeHasher).violation?.name === violation?.name,
  );
  const kept = [...plan.deeds.keys()].filter((index) =>
    smallest.deeds.some((deed) => deed === plan.deeds[index]),
  );
  const wishes = [
    ...(peers === null ? [] : [`--peers ${peers}`]),
    ...(personality === null ? [] : [`--personality ${personality}`]),
    ...(genesis ? ['--genesis'] : []),
    ...(election === null ? [] : [`--election ${electionWord(election)}`]),
    `--strangers ${smallest.hasStranger ? 'always' : 'never'}`,
    `--insiders ${smallest.insider ?? 'never'}`,
    `--deeds ${kept.length === 0 ? 'none' : kept.join(',')}`,
  ].join(' ');
  return (
    `  ${kept.length} of its ${plan.deeds.length} faults are enough; told by:\n` +
    `  sortition simulate --worlds 1 --seed ${plan.seed} ${wishes} --retell\n`
  );
}

/** The last line, whatever happened. */
function summaryOf(tally: Tally, first: number, seconds: number): string {
  const { worlds, faults, broken } = tally;
  const seeds = worlds === 1 ? `seed ${first}` : `seeds ${first} to ${first + worlds - 1}`;
  const rate = `${(worlds / seconds).toFixed(1)} a second`;
  return `${worlds} worlds (${seeds}), ${rate}, ${faults} faults, ${broken} with a violation`;
}

function readDeeds(text: string): readonly number[] | null {
  if (text === 'none') return [];
  return /^\d{1,3}(,\d{1,3})*$/.test(text) ? text.split(',').map(Number) : null;
}
