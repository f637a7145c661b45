/** Takes away from a failing life whatever it fails without. */

import type { Plan } from './plan.ts';

/** The plan with as few deeds as `isFailing` needs: without any one of them it does not fail. */
export function shrink(plan: Plan, isFailing: (smaller: Plan) => boolean): Plan {
  for (const index of plan.deeds.keys()) {
    const smaller = { ...plan, deeds: plan.deeds.toSpliced(index, 1) };
    if (isFailing(smaller)) return shrink(smaller, isFailing);
  }
  return plan;
}
