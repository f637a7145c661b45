/** Runs a false world through a bad life, and says what did not hold (PROTOCOL 9). */

import { describe } from '../client/describe.ts';
import type { Hasher } from '../domain/crypto.ts';
import { sortedGenesis } from '../domain/genesis.ts';
import { digestOfGenesis } from '../ledger/genesis.ts';
import { accountKeyOf } from '../wire/transaction.ts';
import { Chance } from './chance.ts';
import { Chatter } from './chatter.ts';
import { checkersOf, type Violation, Watch } from './checkers/all.ts';
import type { Checker } from './checkers/fact.ts';
import { problemOfDoom, problemOfHealing, problemOfPrecedence } from './checkers/liveness.ts';
import { Fate } from './deeds.ts';
import { Ills, type Siege } from './ills.ts';
import { Moods, problemOfService, serviceBitsOf } from './moods.ts';
import { PERSONALITIES } from './personality.ts';
import { describeDeed, type Plan } from './plan.ts';
import { Quests } from './quests.ts';
import { peopleOf, type Settled, Traffic, trafficSeed } from './traffic.ts';
import { World, type WorldOptions } from './world.ts';

/** Long enough for any suspicion, a few elections given up, and a binding that has to lapse. */
const foundingMs = 60_000;

/** No life is shorter. */
const shortestMs = 120_000;

/** What each of the people has from the start, where anybody has anything. */
const givenUnits = 1_000;

/** How often a network finds a solution, however many mine. */
const blockMs = 6_000;

const stuck: Violation = { name: 'liveness', sentence: 'So much happens that no time passes.' };

export type Life = {
  readonly plan: Plan;
  readonly world: World;
  readonly violation: Violation | null;
  readonly faults: number;
  /** From the loss of a controller to the first mandate after it, in virtual milliseconds. */
  readonly failoversMs: readonly number[];
  readonly settled: Settled;
  /** Messages without a nonce that were handed to peers. */
  readonly chatted: number;
  readonly siege: Siege;
};

/**
 * All chances of a life come from its plan. It ends with the first violation. `onCarried` is shown
 * all that reaches its broker, and when.
 */
export function live(
  plan: Plan,
  hasher: Hasher,
  checkers: readonly Checker[] = checkersOf(hasher),
  onCarried?: WorldOptions['onCarried'],
): Life {
  const watch = new Watch(checkers);
  let violation: Violation | null = null;
  let ills: Ills | null = null;
  const world = new World({
    seed: plan.seed,
    hasher,
    personality: PERSONALITIES[plan.personality],
    settings: settingsOf(plan, hasher),
    serviceBits: serviceBitsOf(plan.seed),
    solveMs: blockMs * (plan.peers + plan.extra),
    onFact: (fact) => {
      violation ??= watch.see(fact);
      ills?.see(fact);
    },
    ...(onCarried !== undefined && { onCarried }),
  });
  const bad = new Ills(world, plan, hasher);
  ills = bad;
  const fate = new Fate(world, plan);
  const traffic = new Traffic(world, plan.seed, hasher);
  traffic.begin();
  const chatter = new Chatter(world, plan.seed, hasher);
  chatter.begin();
  new Quests(world, plan.seed).begin();
  const moods = new Moods(world, plan.seed);
  moods.begin();
  const isOver = (): boolean => {
    if (world.agenda.isStuck) violation ??= stuck;
    return violation !== null;
  };
  const pass = (ms: number): boolean => world.runUntil(isOver, ms);
  for (let started = 0; started < plan.peers + plan.extra; started += 1) {
    fate.arrive();
    if (world.chance.happens(0.5)) pass(world.chance.next() * 3_000);
  }
  if (!plan.isEarly) world.runUntil(() => isOver() || world.controller() !== null, foundingMs);
  bad.begin();
  for (const deed of plan.deeds) {
    if (pass(deed.afterMs)) break;
    fate.befall(deed);
  }
  pass(Math.max(20_000, shortestMs - 40_000 - world.agenda.now));
  fate.heal();
  moods.end();
  bad.rest();
  const unwell = problemAfter({ plan, world, fate, bad }, isOver);
  pass(shortestMs - world.agenda.now);
  return {
    plan,
    world,
    violation: violation ?? unwell,
    faults: fate.done,
    failoversMs: failovers(world, fate.beheadings),
    // Without a majority, and under a controller that leaves them out, transactions wait.
    settled: traffic.settle(plan.isDoomed || plan.insider !== null),
    chatted: chatter.sent,
    siege: bad.sum(),
  };
}

type Stage = {
  readonly plan: Plan;
  readonly world: World;
  readonly fate: Fate;
  readonly bad: Ills;
};

/** What was not well once all faults were over, one trial after another; null for nothing. */
function problemAfter({ plan, world, fate, bad }: Stage, isOver: () => boolean): Violation | null {
  const trials = [
    () => problemOfHealing(world, isOver),
    () => (plan.election === 'present' ? problemOfPrecedence(world, isOver) : null),
    () => problemOfService(world, isOver),
    () => bad.besiege(isOver),
    () => (plan.isDoomed ? problemOfEnd(world, fate, isOver) : null),
  ];
  for (const trial of trials) {
    const problem = isOver() ? null : trial();
    if (problem !== null) return problem;
  }
  return null;
}

function problemOfEnd(world: World, fate: Fate, isOver: () => boolean): Violation | null {
  fate.doom();
  return problemOfDoom(world, isOver);
}

function settingsOf(plan: Plan, hasher: Hasher): NonNullable<WorldOptions['settings']> {
  const { seed, peers, election, admit, difficulty, hasGenesis } = plan;
  const settings = { peers, election, admit, difficulty };
  if (!hasGenesis) return settings;
  const people = peopleOf(new Chance(trafficSeed(seed)), hasher);
  const genesisList = sortedGenesis(
    people.map(({ publicKey }) => ({ key: accountKeyOf(publicKey), units: givenUnits })),
  );
  return { ...settings, genesisList, genesis: digestOfGenesis(genesisList, hasher) };
}

function failovers(world: World, beheadings: readonly number[]): readonly number[] {
  const mandates = world.told.filter(({ note }) => note.kind === 'mandate');
  return beheadings.flatMap((at) => {
    const next = mandates.find((told) => told.at > at);
    return next === undefined ? [] : [next.at - at];
  });
}

/** `seed 7: 5 seats, 2 more peers, mosquitto`. */
export function titleOf(plan: Plan): string {
  const { seed, peers, extra, personality, isEarly, isDoomed, election, admit, difficulty } = plan;
  const { hasStranger, insider, hasGenesis } = plan;
  const money = hasGenesis ? ', money from the start' : '';
  const more = extra === 0 ? '' : `, ${extra} more peers`;
  const how = `${isEarly ? ', faults at once' : ''}${isDoomed ? ', doomed' : ''}`;
  const who = election === 'draw' ? '' : `, election=${election}`;
  const seats = admit === 'waiting' ? '' : `, admit=${admit}`;
  const work = difficulty === 'fixed:4' ? '' : `, ${difficulty}`;
  const what = `${who}${seats}${work}${money}`;
  const bad = `${hasStranger ? ', a stranger' : ''}${insider ? `, a ${insider} member` : ''}`;
  return `seed ${seed}: ${peers} seats${more}, ${personality}${how}${what}${bad}`;
}

/** What happened, for somebody who has to find out why. */
export function retell({ plan, world }: Life): string {
  const deeds = plan.deeds.map((deed, index) => `  deed ${index}: ${describeDeed(deed)}`);
  const told = world.told.map(({ at, peer, note }) => {
    const text = describe(note, (id) => world.nameOf(id));
    return `${at.toFixed(1).padStart(9)} ${peer.padEnd(4)} ${text}`;
  });
  return [titleOf(plan), ...deeds, ...told].join('\n');
}
