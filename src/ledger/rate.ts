/** How often each sender may have a transaction taken in; plain data, and bounded. */

import type { ClientID, Instant } from '../domain/names.ts';

/** So many a second in the long run, and so many at once after a pause. */
const PER_SECOND = 20;
const AT_ONCE = 100;

/** After so long, everybody may send as many as at first, and need not be remembered. */
const FULL_AFTER_MS = (1000 * AT_ONCE) / PER_SECOND;

export type Rates = {
  readonly bySender: Record<ClientID, { readonly left: number; readonly at: Instant }>;
  /** When those who need not be remembered were last forgotten. */
  forgottenAt: Instant;
};

export function newRates(): Rates {
  return { bySender: {}, forgottenAt: 0 as Instant };
}

/** How many this sender may have taken in at `at`; less than 1 for none. */
export function leftFor(rates: Rates, sender: ClientID, at: Instant): number {
  const rate = rates.bySender[sender];
  if (rate === undefined) return AT_ONCE;
  return Math.min(AT_ONCE, rate.left + ((at - rate.at) * PER_SECOND) / 1000);
}

/** One was taken in; ask `leftFor` first. */
export function takeOne(rates: Rates, sender: ClientID, at: Instant): void {
  const { bySender } = rates;
  bySender[sender] = { left: leftFor(rates, sender, at) - 1, at };
  if (at - rates.forgottenAt < FULL_AFTER_MS) return;
  rates.forgottenAt = at;
  for (const [name, rate] of Object.entries(bySender)) {
    if (at - rate.at >= FULL_AFTER_MS) delete bySender[name as ClientID];
  }
}
