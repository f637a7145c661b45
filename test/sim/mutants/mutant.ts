/** A mutant: a core that lacks one rule, and what must be found in it. */

import type { Wish } from '../../../src/sim/plan.ts';
import type { Cast } from '../../../src/sim/small/stage.ts';
import type { Twist } from './twist.ts';

export type Mutant = {
  /** Where the protocol says it. */
  readonly section: string;
  readonly rule: string;
  /** What this core does instead. */
  readonly instead: string;
  readonly twists: readonly Twist[];
  /** Checkers that must find it, each by itself, and a seed in which each does. */
  readonly found: Readonly<Record<string, number>>;
  /** The last words before each mark [safety] in docs/protocol.md that this mutant stands for. */
  readonly marks?: readonly string[];
};

/** One that whole worlds find: without bad peers, or with those that it needs to be found. */
export type WorldlyMutant = Mutant & { readonly beside?: Wish };

/** One that random schedules of the bare core find. */
export type BareMutant = Mutant & {
  readonly cast: Cast;
  /** Found in fewer than one of a thousand schedules. */
  readonly isRare?: true;
  /**
   * For a rule that is a second wall: what the core lacks in which the first one is gone alone. In
   * that core the same checkers must find nothing in the same seeds.
   */
  readonly behind?: readonly Twist[];
};

export function nameOf({ section, rule, instead }: Mutant): string {
  return `${section} ${rule}: a core that ${instead}`;
}
