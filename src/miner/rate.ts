/** How fast a search is, over its last few seconds; pauses don't count. */

/** Nonces tried and the milliseconds that took, where what is long ago counts for little. */
export type Rate = { readonly tried: number; readonly ms: number };

export const NO_RATE: Rate = { tried: 0, ms: 0 };

/** After so long a search, what was before counts for a third (1/e). */
const FADING_MS = 2000;

/** The rate after `ms` more milliseconds of searching, in which `tried` nonces were tried. */
export function afterSearch(rate: Rate, tried: number, ms: number): Rate {
  const weight = Math.exp(-ms / FADING_MS);
  return { tried: rate.tried * weight + tried, ms: rate.ms * weight + ms };
}

/** Hashes a second, as a whole number. */
export function perSecondOf(rate: Rate): number {
  return rate.ms > 0 ? Math.round((rate.tried / rate.ms) * 1000) : 0;
}
