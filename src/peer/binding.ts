/** A vote in a founding binds its voter to that roster for a while (PROTOCOL 5.6). */

import type { Roster } from '../domain/roster.ts';
import type { Step } from './step.ts';

/** Since the last vote there without its coming about; since the start, for who restarted. */
export const bindingMs = 60_000;

/** The roster that we may not desert; null for who is free. */
export function bindingOf(step: Step): Roster | null {
  const { memory, boundAt } = step.state;
  return memory.binding !== null && step.since(boundAt) < bindingMs ? memory.binding : null;
}
