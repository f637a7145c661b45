/** The small worlds that are looked at wholly: one election, and one block with two controllers. */

import { assert } from '../../domain/assert.ts';
import type { Hasher } from '../../domain/crypto.ts';
import type { Fact } from '../checkers/fact.ts';
import { type Bounds, type Scene, SmallWorld } from './world.ts';

/** How many crashes and losses there may be. */
export type Faults = Pick<Bounds, 'crashes' | 'losses'>;

export type Start = {
  readonly world: SmallWorld;
  readonly start: { readonly scene: Scene; readonly facts: readonly Fact[] };
};

/** Three members elect their first controller; whatever they say may be lost, late or doubled. */
export function oneElection(hasher: Hasher, seed: number, faults: Faults): Start {
  const bounds = { terms: 1, blocks: 0, ...faults };
  const world = new SmallWorld({ hasher, peers: 3, seed, bounds });
  return { world, start: world.begin() };
}

/**
 * Three members obey a controller, whose challenge they know. They may mine one block, and one of
 * them may become controller in its stead. Commitments and reveals are heard at once by all.
 */
export function oneBlock(hasher: Hasher, seed: number, faults: Faults): Start {
  const bounds = { terms: 2, blocks: 1, ...faults };
  const prompt = ['commitment', 'reveal'] as const;
  const world = new SmallWorld({ hasher, peers: 3, seed, bounds, prompt });
  return { world, start: settle(world) };
}

/** Lets everybody suspect, and hear everything, until one is obeyed by all, and mined for. */
function settle(world: SmallWorld): Start['start'] {
  let { scene, facts } = world.begin();
  const seen = new Set<string>();
  while (!isSettled(scene)) {
    seen.add(world.keyOf(scene));
    const next = world
      .actions(scene)
      .filter(({ what }) => what === 'suspect' || typeof what !== 'string')
      .filter(({ move }) => (move.to.state.election?.term ?? 1) === 1)
      .flatMap((action) => world.after(scene, action).slice(0, 1))
      .find((after) => !seen.has(world.keyOf(after.scene)));
    assert(next !== undefined, 'A calm election comes about.');
    scene = next.scene;
    facts = [...facts, ...next.facts];
  }
  return { scene: world.forget(scene), facts };
}

function isSettled({ locals }: Scene): boolean {
  return locals.every(({ state }) => state.mining !== null || state.office?.opening);
}
