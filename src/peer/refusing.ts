/** Tells people of refused messages, at most once a second for each code. */

import type { RefusalCode } from '../domain/refusal.ts';
import type { Step } from './step.ts';

/** Says what has gathered since the last time. */
export function tellRefusals(step: Step): void {
  const { untold } = step.state;
  for (const code of Object.keys(untold) as RefusalCode[]) {
    const heap = untold[code];
    delete untold[code];
    if (heap !== undefined) step.note({ kind: 'refused', code, ...heap });
  }
}
