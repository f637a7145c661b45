/** What a broker may be set not to take from anybody, and how a peer does without it. */

/** Wills, retained messages and acknowledgements make things faster; nothing depends on them. */
export type Manner = {
  readonly hasWill: boolean;
  /** Also of the will. */
  readonly retains: boolean;
  /** The highest that is asked for. */
  readonly qos: 0 | 1;
};

export const FULL: Manner = { hasWill: true, retains: true, qos: 1 };

/** In this order they are tried where a broker answers nothing to the one before. */
export const MANNERS: readonly Manner[] = [
  FULL,
  { hasWill: true, retains: false, qos: 1 },
  { hasWill: true, retains: true, qos: 0 },
  { hasWill: true, retains: false, qos: 0 },
  { hasWill: false, retains: false, qos: 0 },
];

/** Which to begin with, by how many connections in a row ended at once; then again from 0. */
const AFTER_SHORT: readonly number[] = [0, 1, 3];

export function firstManner(shortlived: number): number {
  return AFTER_SHORT[shortlived % AFTER_SHORT.length] ?? 0;
}
