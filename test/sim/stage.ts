/** What the commands of a script have in common: the world that it has made. */

import type { Delivery } from '../../src/client/link.ts';
import { assert } from '../../src/domain/assert.ts';
import type { Inhabitant, World } from '../../src/sim/world.ts';

/** The world of a script; null until its first command makes one. */
export type Stage = {
  world: World | null;
  told: number;
  /** All that has reached the broker. */
  overheard: Delivery[];
};

/** The world that a script has made. */
export function worldOf(stage: Stage): World {
  assert(stage.world !== null, 'A script begins with a world.');
  return stage.world;
}

/** `p1`, or whoever is `controller`. */
export function peerOf(stage: Stage, name: string | undefined): Inhabitant {
  const world = worldOf(stage);
  if (name !== 'controller') return world.peer(name ?? 'p1');
  const controller = world.controller();
  assert(controller !== null, 'There is a controller.');
  return controller;
}
