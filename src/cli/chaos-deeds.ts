/** Draws from a seed what befalls a network next, so that it never loses its majority by it. */

import { Chance } from '../sim/chance.ts';
import type { Machine } from './chaos-machine.ts';
import type { Way } from './relay.ts';

/** How a peer is called in a run: `p1`. */
export type Label = string;

/** When a controller is struck: while a challenge is open, or right after it said a proposal. */
export type When = 'challenge' | 'proposal';

/** What befalls the network; `backMs`: so long until it is mended, or somebody new has come. */
export type Deed =
  | {
      readonly kind: 'kill-controller' | 'freeze-controller';
      readonly when: When;
      readonly backMs: number;
    }
  | { readonly kind: 'kill' | 'freeze'; readonly peer: Label; readonly backMs: number }
  /** Back, it refuses everybody for `refusesMs` more, as while its logins are not ready yet. */
  | { readonly kind: 'kill-broker'; readonly backMs: number; readonly refusesMs: number }
  | {
      readonly kind: 'cut';
      readonly peers: readonly Label[];
      readonly way: Way;
      readonly backMs: number;
    }
  /** One after another; each has gone, or has been given up, before the next one is told. */
  | {
      readonly kind: 'leave';
      readonly peers: readonly Label[];
      readonly by: 'SIGTERM' | 'SIGHUP' | 'parent';
      readonly backMs: number;
    }
  | { readonly kind: 'join'; readonly machine: Machine }
  | { readonly kind: 'flood'; readonly backMs: number };

export type DeedKind = Deed['kind'];

/** One living peer as whoever draws sees it. */
export type Target = {
  readonly label: Label;
  readonly isMember: boolean;
  readonly isController: boolean;
  /** Takes part: neither frozen nor cut off nor about to leave, and it has joined. */
  readonly isAble: boolean;
  /** Lives through all of the run, so that one can see whether it grows. */
  readonly isSpared: boolean;
};

export type Situation = {
  readonly peers: readonly Target[];
  /** So many members more take part than a majority of the roster needs. */
  readonly spare: number;
  /** N, the seats. */
  readonly seats: number;
  /** Ours to kill, and there. */
  readonly isBrokerOurs: boolean;
  readonly isFlooding: boolean;
  /** Poor machines on which no peer is yet. */
  readonly machines: readonly Machine[];
  /** Processes can be frozen: not so on Windows. */
  readonly canFreeze: boolean;
};

/** How often each is drawn, relative to the others. */
const WEIGHTS: Readonly<Record<DeedKind, number>> = {
  'kill-controller': 4,
  'freeze-controller': 3,
  'kill-broker': 2,
  cut: 3,
  kill: 2,
  freeze: 1,
  leave: 2,
  join: 2,
  flood: 1,
};

const KINDS = Object.keys(WEIGHTS) as DeedKind[];

/** Ways to be cut off; the last is a network that is merely slow. */
const WAYS = ['closed', 'closed', 'frozen', 'deaf', 'mute', 'slow'] as const;

/** A relay that passes everything, but so late. */
const LATE_MS = [100, 1_500] as const;

/** More than the seats may be there, but not many more. */
const MOST_OBSERVERS = 2;

const TRIES = 50;

/** Far apart, so that two deeds of a seed are not alike. */
const STEP = 7_919;

/** The dice of one deed of a run. */
export function chanceOf(seed: number, number: number): Chance {
  return new Chance(seed * STEP + number);
}

/** Null where nothing can befall it now. All chances come from `chance`. */
export function drawDeed(chance: Chance, situation: Situation): Deed | null {
  for (let time = 0; time < TRIES; time += 1) {
    const deed = tryToDraw(drawKind(chance), chance, situation);
    if (deed !== null) return deed;
  }
  return null;
}

function drawKind(chance: Chance): DeedKind {
  const all = KINDS.reduce((sum, kind) => sum + WEIGHTS[kind], 0);
  let left = chance.next() * all;
  for (const kind of KINDS) {
    left -= WEIGHTS[kind];
    if (left < 0) return kind;
  }
  return 'join';
}

function tryToDraw(kind: DeedKind, chance: Chance, situation: Situation): Deed | null {
  switch (kind) {
    case 'kill-controller':
    case 'freeze-controller':
      return strikeController(kind, chance, situation);
    case 'kill':
    case 'freeze':
      return strikePeer(kind, chance, situation);
    case 'kill-broker':
      if (!situation.isBrokerOurs) return null;
      return killBroker(chance);
    case 'cut':
      return cut(chance, situation);
    case 'leave':
      return leave(chance, situation);
    case 'join':
      if (situation.peers.length >= situation.seats + MOST_OBSERVERS) return null;
      return { kind, machine: someMachine(chance, situation) };
    case 'flood':
      return situation.isFlooding ? null : { kind, backMs: someMs(chance, 5_000, 20_000) };
  }
}

function strikeController(
  kind: 'kill-controller' | 'freeze-controller',
  chance: Chance,
  situation: Situation,
): Deed | null {
  const controller = situation.peers.find(({ isController, isAble }) => isController && isAble);
  if (controller === undefined || situation.spare < 1) return null;
  if (kind === 'kill-controller' && controller.isSpared) return null;
  if (kind === 'freeze-controller' && !situation.canFreeze) return null;
  const when = chance.happens(0.5) ? 'proposal' : 'challenge';
  return { kind, when, backMs: someMs(chance, 1_000, 40_000) };
}

/** Half of those who come have a sound one. */
function someMachine(chance: Chance, { machines }: Situation): Machine {
  return chance.happens(0.5) ? 'sound' : (pick(chance, machines) ?? 'sound');
}

function strikePeer(kind: 'kill' | 'freeze', chance: Chance, situation: Situation): Deed | null {
  if (kind === 'freeze' && !situation.canFreeze) return null;
  const peer = pick(
    chance,
    takeable(situation, 1).filter(({ isSpared }) => kind === 'freeze' || !isSpared),
  );
  if (peer === null) return null;
  return { kind, peer: peer.label, backMs: someMs(chance, 1_000, 40_000) };
}

function killBroker(chance: Chance): Deed {
  const backMs = someMs(chance, 200, 9_000);
  const refusesMs = chance.happens(0.5) ? someMs(chance, 500, 8_000) : 0;
  return { kind: 'kill-broker', backMs, refusesMs };
}

function cut(chance: Chance, situation: Situation): Deed | null {
  const word = pick(chance, WAYS) ?? 'closed';
  const way = word === 'slow' ? someMs(chance, ...LATE_MS) : word;
  // Who is only slow still takes part, after a fashion.
  const most = word === 'slow' ? situation.seats : situation.spare;
  const count = 1 + Math.floor(chance.next() * 4);
  const peers = pickSome(chance, takeable(situation, word === 'slow' ? 0 : 1), count, most);
  if (peers.length === 0) return null;
  return { kind: 'cut', peers, way, backMs: someMs(chance, 3_000, 60_000) };
}

function leave(chance: Chance, situation: Situation): Deed | null {
  const some = takeable(situation, 1).filter(({ isSpared }) => !isSpared);
  const count = 1 + Math.floor(chance.next() * 3);
  const peers = pickSome(chance, some, count, situation.spare);
  if (peers.length === 0) return null;
  const by = pick(chance, ['SIGTERM', 'SIGHUP', 'parent'] as const) ?? 'parent';
  return { kind: 'leave', peers, by, backMs: someMs(chance, 1_000, 20_000) };
}

/** Who may be taken away where so many members must be to spare; an observer always may. */
function takeable(situation: Situation, spare: number): readonly Target[] {
  const canSpare = situation.spare >= spare;
  return situation.peers.filter(({ isAble, isMember }) => isAble && (canSpare || !isMember));
}

/** At most `count`, and at most `mostMembers` members among them. */
function pickSome(
  chance: Chance,
  from: readonly Target[],
  count: number,
  mostMembers: number,
): readonly Label[] {
  const left = [...from];
  const picked: Target[] = [];
  while (picked.length < count && left.length > 0) {
    const [next] = left.splice(Math.floor(chance.next() * left.length), 1);
    const members = picked.filter(({ isMember }) => isMember).length;
    if (next !== undefined && (!next.isMember || members < mostMembers)) picked.push(next);
  }
  return picked.map(({ label }) => label);
}

function pick<Item>(chance: Chance, from: readonly Item[]): Item | null {
  return from[Math.floor(chance.next() * from.length)] ?? null;
}

/** Short times are as likely as long ones. */
function someMs(chance: Chance, low: number, high: number): number {
  return Math.round(low * (high / low) ** chance.next());
}
