/** What others can make us say: a bounded number of answers of each kind a second. */

import type { Instant } from '../domain/names.ts';

type Limit = { readonly perSecond: number; readonly atOnce: number };

export type Budget =
  | 'member-pages'
  | 'outsider-pages'
  | 'spare-pages'
  | 'batches'
  | 'refusals'
  | 'outcomes'
  | 'greetings';

/** A page is some 46 KiB, and read from the disk: what one asker alone could ever get, for all. */
const limits: Readonly<Record<Budget, Limit>> = {
  'member-pages': { perSecond: 100, atOnce: 20 },
  'outsider-pages': { perSecond: 50, atOnce: 10 },
  /** Where another one should answer, or the request may be an old one. */
  'spare-pages': { perSecond: 5, atOnce: 5 },
  batches: { perSecond: 10, atOnce: 4 },
  refusals: { perSecond: 50, atOnce: 100 },
  outcomes: { perSecond: 50, atOnce: 100 },
  greetings: { perSecond: 1, atOnce: 20 },
};

/** What is left of each; all of it where nothing was spent yet. */
export type Budgets = Partial<Record<Budget, { readonly left: number; readonly at: Instant }>>;

/** Less than this short of one is a matter of rounding. */
const nearlyOne = 0.999;

function leftOf(budgets: Budgets, budget: Budget, at: Instant): number {
  const { perSecond, atOnce } = limits[budget];
  const before = budgets[budget];
  if (before === undefined) return atOnce;
  return Math.min(atOnce, before.left + ((at - before.at) * perSecond) / 1000);
}

/** In how many milliseconds there is one more; 0 where there is one now. */
export function waitFor(budgets: Budgets, budget: Budget, at: Instant): number {
  const left = leftOf(budgets, budget, at);
  return left >= nearlyOne ? 0 : ((1 - left) * 1000) / limits[budget].perSecond;
}

/** Takes one; false where none is left. */
export function spend(budgets: Budgets, budget: Budget, at: Instant): boolean {
  const left = leftOf(budgets, budget, at);
  if (left < nearlyOne) return false;
  budgets[budget] = { left: left - 1, at };
  return true;
}
