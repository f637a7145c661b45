/** The Time of what the controller opens, which goes on with the ledger though clocks are wrong. */

import type { UnixMs } from '../domain/names.ts';
import { latestTime } from '../ledger/difficulty.ts';
import type { Step } from './step.ts';

/**
 * Our clock's time, or where the ledger is ahead of it, its last Time and what has passed since by
 * the clock that never goes back: so the difference is true, however wrong a clock was before.
 */
export function timeToOpen({ state, now }: Step): UnixMs {
  const parentTime = state.memory.chain?.time ?? null;
  const latest = latestTime(parentTime);
  if (parentTime === null) return Math.min(now.unix, latest) as UnixMs;
  const passedMs = Math.max(1, Math.floor(now.at - state.tipOpenedAt));
  return Math.min(Math.max(now.unix, parentTime + passedMs), latest) as UnixMs;
}
