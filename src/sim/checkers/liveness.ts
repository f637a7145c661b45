/** Liveness: a controller and blocks once faults are over, and nothing without a majority. */

import { UNFOUNDED } from '../../domain/names.ts';
import { compareNamed, type Named } from '../../election/precedence.ts';
import type { Inhabitant, World } from '../world.ts';
import type { Violation } from './all.ts';

/** Long enough for any suspicion, a few elections given up, and a binding that has to lapse. */
const healMs = 120_000;

/** All must be well this soon after the bad ones are gone. */
const recoverMs = 60_000;

/** A controller makes way after ten minutes at the latest, and a few heartbeats. */
const makeWayMs = 660_000;

/** What every living peer must have heard of since. */
const blocksMore = 2;

/** Time for that, even if one miner has to go on with a search that was planned to be long. */
const blocksMs = 400_000;

/** No network is well that has sealed fewer in all. */
const blocksLeast = 10;

/** Acknowledgements of one block may all be there, though nobody has appended it yet. */
const lastWords = 1;

/** Lets a world without faults go on until all is well, and says what was not well in the end. */
export function problemOfHealing(world: World, isOver: () => boolean): Violation | null {
  if (!world.runUntil(() => isOver() || world.controller() !== null, healMs))
    return problem('No controller came after the faults were over.');
  const height = Math.max(highest(world) + blocksMore, blocksLeast);
  // Asked after every event: the first one who lacks the block answers for all.
  const isFlowing = world.runUntil(
    () => isOver() || world.alive().every((peer) => world.view(peer).height >= height),
    blocksMs,
  );
  return isFlowing ? null : problem(`Block ${height} did not reach everybody.`);
}

/** Where the lowest one governs: it does in the end, of the members that are here. */
export function problemOfPrecedence(world: World, isOver: () => boolean): Violation | null {
  const isLowest = (): boolean => {
    const controller = world.controller();
    if (controller === null) return false;
    const { members } = world.view(controller);
    const here = world.alive().filter(({ self }) => members.includes(self.clientID));
    return here.every((peer) => compareNamed(namedOf(controller), namedOf(peer)) <= 0);
  };
  if (world.runUntil(() => isOver() || isLowest(), makeWayMs)) return null;
  return problem('The lowest member that is here did not come to govern.');
}

function namedOf({ self, settings }: Inhabitant): Named {
  return { clientID: self.clientID, name: settings.name ?? null };
}

/** Lets a world go on without its bad ones: all agree on a controller and have another block. */
export function problemOfRecovery(world: World, isOver: () => boolean): Violation | null {
  const height = highest(world) + 1;
  const isWell = (): boolean =>
    world.alive().every((peer) => world.view(peer).height >= height) && world.controller() !== null;
  if (world.runUntil(() => isOver() || isWell(), recoverMs)) return null;
  return problem('A minute after the bad were gone all was not well.');
}

/** Lets a world that has lost its majority go on: nothing is decided, and all members say why. */
export function problemOfDoom(world: World, isOver: () => boolean): Violation | null {
  const most = Math.max(0, ...world.peers.map((peer) => world.view(peer).height)) + lastWords;
  const since = world.told.length;
  world.runUntil(isOver, healMs);
  if (isOver()) return null;
  if (highest(world) > most) return problem('A minority sealed a block.');
  const told = world.told.slice(since);
  const silent = world
    .alive()
    .filter((peer) => world.view(peer).role === 'member')
    .find(({ name }) => !told.some(({ peer, note }) => peer === name && isNoQuorum(note.kind)));
  return silent === undefined
    ? null
    : problem(`${silent.name} did not say that no majority is there.`);
}

const isNoQuorum = (kind: string): boolean => kind === 'no-quorum';

/** How many blocks anybody has who lives; -1 for none at all. */
function highest(world: World): number {
  return Math.max(UNFOUNDED, ...world.alive().map((peer) => world.view(peer).height));
}

function problem(sentence: string): Violation {
  return { name: 'liveness', sentence };
}
