/** What is to befall a world: drawn from its seed alone, and written down before it begins. */

import type { ElectionRule } from '../domain/contract.ts';
import type { Admission } from '../domain/roster.ts';
import { Chance } from './chance.ts';
import { PERSONALITY_NAMES, type PersonalityName } from './personality.ts';

/** Whom a deed is done to, as things stand when its time has come. */
export type Aim = 'controller' | 'member' | 'anybody';

type Aimed = {
  readonly aim: Aim;
  /** At least 0, less than 1: which of them. */
  readonly draw: number;
};
type Lasting = { readonly forMs: number };

/** One thing that befalls a world, `afterMs` after the one before it. */
export type Deed = { readonly afterMs: number } & (
  | {
      readonly what: 'weather';
      readonly loss: number;
      readonly repeat: number;
      readonly delayMs: number;
    }
  /** Comes back after `forMs` with what its disk holds. */
  | ({ readonly what: 'crash' } & Aimed & Lasting)
  /** Its disk is lost with it. */
  | ({ readonly what: 'destroy' } & Aimed)
  | ({ readonly what: 'leave' } & Aimed)
  | ({ readonly what: 'freeze' } & Aimed & Lasting)
  | ({ readonly what: 'cut-off'; readonly way: 'up' | 'down' | 'both' } & Aimed & Lasting)
  /** So many peers, the controller among them if that is the aim, are out of the broker's reach. */
  | ({ readonly what: 'partition'; readonly share: number } & Aimed & Lasting)
  | ({ readonly what: 'broker'; readonly keepsRetained: boolean } & Lasting)
  | ({ readonly what: 'disk-full' } & Aimed & Lasting)
  | { readonly what: 'arrival' }
);

/** How a member may be bad without ever contradicting itself in what counts. */
export type InsiderKind =
  /** Hears all, and says nothing. */
  | 'silent'
  /** Says heartbeats, and nothing else. */
  | 'beating'
  /** As controller: opens nothing, proposes nothing, leases nothing. */
  | 'stuck'
  /** As controller: tells no peer that a block is sealed. */
  | 'secretive'
  /** Claims terms, heights, beats and incarnations as far as numbers go, and a rate of 1. */
  | 'boastful'
  /** As controller: removes living members, one after another. */
  | 'expelling'
  /** As controller: hears no solutions and no transactions. */
  | 'choosy';

export const INSIDER_KINDS: readonly [InsiderKind, ...InsiderKind[]] = [
  'silent',
  'beating',
  'stuck',
  'secretive',
  'boastful',
  'expelling',
  'choosy',
];

/** All that distinguishes one life from another. */
export type Plan = {
  readonly seed: number;
  readonly personality: PersonalityName;
  /** Seats, and peers more than there are seats. */
  readonly peers: number;
  readonly extra: number;
  /** How wrong clocks are at most: their rate, and their walls. */
  readonly driftRate: number;
  readonly driftMs: number;
  /** Whether deeds begin before there is a network. */
  readonly isEarly: boolean;
  /** Whether a majority is lost for good in the end, so that nothing may be decided any more. */
  readonly isDoomed: boolean;
  readonly deeds: readonly Deed[];
  readonly election: ElectionRule;
  /** Whether peers have Names, each its own; only where the lowest one governs. */
  readonly hasNames: boolean;
  readonly admit: Admission;
  readonly difficulty: string;
  /** Whether accounts of people begin with something, so that money moves before it is earned. */
  readonly hasGenesis: boolean;
  /** Whether a stranger without a seat repeats, floods and claims what it likes. */
  readonly hasStranger: boolean;
  /** How one member is bad; null where none is. */
  readonly insider: InsiderKind | null;
};

/** What is chosen beforehand, and not by the seed. */
export type Wish = {
  readonly peers?: number | undefined;
  readonly personality?: PersonalityName | undefined;
  readonly hasGenesis?: boolean | undefined;
  readonly hasStranger?: boolean | undefined;
  readonly election?: ElectionRule | undefined;
  /** Null for no bad member. */
  readonly insider?: InsiderKind | null | undefined;
};

/** A world in which everybody means well. */
export const withoutBad: Wish = { hasStranger: false, insider: null };

/** Worlds with a stranger, and worlds of three or more with a bad member, of all. */
const strangerShare = 1 / 3;
const insiderShare = 1 / 3;

/** Worlds with Names, of those in which the lowest one governs. */
const namedShare = 2 / 3;

/** A bad member must be a minority. */
const insiderPeers = 3;

/** As issue and workshops have them: median 5. */
const sizes = [1, 2, 3, 3, 4, 4, 5, 5, 5, 5, 6, 6, 7, 8, 9, 10, 11] as const;

const admissions = ['waiting', 'waiting', 'waiting', 'waiting', 'roster', 'none'] as const;

const difficulties = ['fixed:4', 'fixed:4', 'interval2:6000@4'] as const;

const fewestDeeds = 5;
const mostDeeds = 9;

/** The life of a seed, except for what is chosen beforehand. */
export function planLife(seed: number, wish: Wish = {}): Plan {
  const chance = new Chance(seed * 7919);
  const peers = pick(chance, sizes);
  const personality = pick(chance, PERSONALITY_NAMES);
  const extra = chance.happens(0.4) ? 1 + Math.floor(chance.next() * 3) : 0;
  const isEarly = chance.happens(0.3);
  const isDrifting = chance.happens(0.5);
  const isDoomed = chance.happens(0.05);
  const count = fewestDeeds + Math.floor(chance.next() * (mostDeeds - fewestDeeds + 1));
  const deeds = Array.from({ length: count }, () => drawDeed(chance));
  const isOld = chance.happens(0.1);
  return {
    seed,
    personality: wish.personality ?? personality,
    peers: wish.peers ?? peers,
    extra,
    isEarly,
    isDoomed,
    driftRate: isDrifting ? 0.02 : 0,
    driftMs: isDrifting ? 3_600_000 : 0,
    deeds,
    election: wish.election ?? (isOld ? 'lowest' : 'draw'),
    hasNames: wish.election === 'present' && new Chance(seed * 7919 + 4).happens(namedShare),
    admit: pick(chance, admissions),
    difficulty: pick(chance, difficulties),
    hasGenesis: wish.hasGenesis ?? false,
    ...drawBad(seed, wish, wish.peers ?? peers),
  };
}

/** With dice of its own: the rest of a life is what it would be without. */
function drawBad(seed: number, wish: Wish, peers: number): Pick<Plan, 'hasStranger' | 'insider'> {
  const chance = new Chance(seed * 7919 + 1);
  const hasStranger = chance.happens(strangerShare);
  const hasInsider = chance.happens(insiderShare);
  const drawn = pick(chance, INSIDER_KINDS);
  const insider = wish.insider === undefined ? (hasInsider ? drawn : null) : wish.insider;
  return {
    hasStranger: wish.hasStranger ?? hasStranger,
    insider: peers < insiderPeers ? null : insider,
  };
}

function drawDeed(chance: Chance): Deed {
  const afterMs = chance.happens(0.4) ? chance.next() * 500 : chance.next() * 12_000;
  return { afterMs, ...drawEvent(chance) };
}

type Happening<T> = T extends unknown ? Omit<T, 'afterMs'> : never;

function drawEvent(chance: Chance): Happening<Deed> {
  const draw = chance.next();
  const aim = pick(chance, ['controller', 'controller', 'member', 'anybody'] as const);
  const forMs = chance.happens(0.5) ? chance.next() * 4_000 : chance.next() * 25_000;
  const aimed = { aim, draw };
  switch (pick(chance, likely)) {
    case 'weather':
      return {
        what: 'weather',
        loss: chance.next() * 0.3,
        repeat: chance.next() * 0.2,
        delayMs: chance.happens(0.3) ? 3_000 : 300,
      };
    case 'crash':
      return { what: 'crash', ...aimed, forMs };
    case 'destroy':
      return { what: 'destroy', ...aimed };
    case 'leave':
      return { what: 'leave', ...aimed };
    case 'freeze':
      return { what: 'freeze', ...aimed, forMs };
    case 'cut-off':
      return { what: 'cut-off', ...aimed, forMs, way: pick(chance, ['up', 'down', 'both']) };
    case 'partition':
      return { what: 'partition', ...aimed, forMs, share: chance.next() };
    case 'broker':
      return { what: 'broker', forMs, keepsRetained: chance.happens(0.5) };
    case 'disk-full':
      return { what: 'disk-full', ...aimed, forMs };
    case 'arrival':
      return { what: 'arrival' };
  }
}

const likely = [
  'weather',
  'crash',
  'crash',
  'crash',
  'destroy',
  'leave',
  'freeze',
  'freeze',
  'cut-off',
  'cut-off',
  'partition',
  'broker',
  'disk-full',
  'arrival',
] as const satisfies readonly Deed['what'][];

function pick<T>(chance: Chance, from: readonly [T, ...T[]]): T {
  return from[Math.floor(chance.next() * from.length)] ?? from[0];
}

/** `crash of the controller for 3.2 s`, for people. */
export function describeDeed(deed: Deed): string {
  const words = [deed.what];
  const details = [];
  if ('aim' in deed)
    details.push(
      `aimed at ${deed.aim === 'controller' ? 'the controller' : `a ${deed.aim}`}`.replace(
        'a anybody',
        'anybody',
      ),
    );
  if ('way' in deed) details.push(`way: ${deed.way}`);
  if ('share' in deed) details.push(`${Math.round(deed.share * 100)} % of all`);
  if ('loss' in deed)
    details.push(
      `loss ${deed.loss.toFixed(2)}, repeats ${deed.repeat.toFixed(2)}, up to ${deed.delayMs} ms`,
    );
  if ('keepsRetained' in deed) details.push(deed.keepsRetained ? 'keeps its memory' : 'forgets');
  if ('forMs' in deed) details.push(`for ${(deed.forMs / 1000).toFixed(1)} s`);
  return details.length === 0 ? words.join(' ') : `${words.join(' ')} (${details.join(', ')})`;
}
