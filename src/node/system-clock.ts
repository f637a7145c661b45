/** The clock of the machine. */

import type { Clock } from '../client/clock.ts';
import type { Instant, UnixMs } from '../domain/names.ts';

/** A timer of Node waits 2^31 - 1 ms at the most; nothing here waits so long. */
export const systemClock: Clock = {
  now: () => ({ at: performance.now() as Instant, unix: Date.now() as UnixMs }),
  wake: (at, ring) => {
    const timer = setTimeout(ring, Math.max(0, Math.ceil(at - performance.now())));
    return () => clearTimeout(timer);
  },
};
