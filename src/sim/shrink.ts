/** Takes away from a failing life whatever it fails without. */

import type { Plan } from './plan.ts';

/**
 * The plan with as few deeds as `isFailing` needs, and without a stranger and a bad member if it
 * fails without them: without any one more it does not fail.
 */
export function shrink(plan: Plan, isFailing: (smaller: Plan) => boolean): Plan {
  const smaller = [...withoutBad(plan), ...withoutDeed(plan)];
  for (const candidate of smaller) if (isFailing(candidate)) return shrink(candidate, isFailing);
  return plan;
}

function withoutBad(plan: Plan): readonly Plan[] {
  const lonely = plan.hasStranger ? [{ ...plan, hasStranger: false }] : [];
  return plan.insider === null ? lonely : [...lonely, { ...plan, insider: null }];
}

function withoutDeed(plan: Plan): readonly Plan[] {
  return plan.deeds.map((_, index) => ({ ...plan, deeds: plan.deeds.toSpliced(index, 1) }));
}
