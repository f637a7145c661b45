/** Looks at every scene that a small world can come to, the nearest first. */

import { type Violation, Watch } from '../checkers/all.ts';
import type { Checker, Fact } from '../checkers/fact.ts';
import { describeStep } from './telling.ts';
import type { Action, Scene, SmallWorld } from './world.ts';

/** How a scene was come to, the last step first. */
type Trail = {
  readonly before: Trail | null;
  readonly action: Action | null;
  readonly facts: readonly Fact[];
  readonly mishaps: readonly string[];
};

type Place = { readonly scene: Scene; readonly trail: Trail };

export type Finding = {
  /** Different states that were looked at. */
  readonly states: number;
  /** All states within so many steps of the first were looked at, and where it ended, some more. */
  readonly depth: number;
  /** There are no others. */
  readonly isComplete: boolean;
  /** The nearest violation, and the steps to it. */
  readonly violation: (Violation & { readonly steps: readonly string[] }) | null;
};

export type SearchOptions = {
  readonly checkers: readonly Checker[];
  /** Stops after so many states. */
  readonly most: number;
  /** Told after each layer. */
  readonly onLayer?: (depth: number, states: number) => void;
};

export function search(
  world: SmallWorld,
  start: { readonly scene: Scene; readonly facts: readonly Fact[] },
  { checkers, most, onLayer }: SearchOptions,
): Finding {
  const seen = new Set([world.keyOf(start.scene)]);
  const root: Trail = { before: null, action: null, facts: start.facts, mishaps: [] };
  let layer: Place[] = [{ scene: start.scene, trail: root }];
  for (let depth = 0; ; depth += 1) {
    const next: Place[] = [];
    for (const place of neighbours(world, layer, seen)) {
      const violation = judge(place.trail, checkers);
      const isEnough = violation !== null || seen.size >= most;
      if (isEnough) return { states: seen.size, depth, isComplete: false, violation };
      next.push(place);
    }
    if (next.length === 0) return { states: seen.size, depth, isComplete: true, violation: null };
    layer = next;
    onLayer?.(depth + 1, seen.size);
  }
}

/** The scenes one step further that were not seen before; from now on they were. */
function* neighbours(
  world: SmallWorld,
  layer: readonly Place[],
  seen: Set<string>,
): Generator<Place> {
  for (const { scene, trail } of layer) {
    for (const action of world.actions(scene)) {
      for (const after of world.after(scene, action)) {
        const key = world.keyOf(after.scene);
        if (seen.has(key)) continue;
        seen.add(key);
        const { facts, mishaps } = after;
        yield { scene: after.scene, trail: { before: trail, action, facts, mishaps } };
      }
    }
  }
}

/** Only what is said, recorded or noted can be wrong; hearing alone harms nobody. */
function isTelling(facts: readonly Fact[]): boolean {
  return facts.some(({ kind }) => kind === 'said' || kind === 'recorded' || kind === 'noted');
}

/** Shows the checkers all that happened on the way. */
function judge(trail: Trail, checkers: readonly Checker[]): Finding['violation'] {
  if (!isTelling(trail.facts)) return null;
  const trails: Trail[] = [];
  for (let at: Trail | null = trail; at !== null; at = at.before) trails.push(at);
  trails.reverse();
  const watch = new Watch(checkers);
  for (const { facts } of trails) {
    for (const fact of facts) {
      const violation = watch.see(fact);
      if (violation === null) continue;
      const steps = trails.flatMap(({ action, mishaps }) =>
        action === null ? [] : [describeStep(action.peer, action.what), ...mishaps],
      );
      return { ...violation, steps };
    }
  }
  return null;
}
