/** Which nonces each thread tries: lanes share none, leave none out, and can go on. */

import { STEP } from './layout.ts';

/**
 * The nonces from `from` on, `nonces` of them, dealt to `count` lanes (numbered from 0): step by
 * step in turn, so that the lowest are tried first, or to each lane a part without a gap.
 */
export type Lanes = {
  readonly count: number;
  readonly from: number;
  readonly nonces: number;
  readonly deal: 'steps' | 'parts';
};

/** Nonces to scan without a pause: `from` and those after it, `count` in all. */
export type Piece = { readonly from: number; readonly count: number };

/** The next piece of a lane that has tried so many of its nonces; null at the lane's end. */
export function nextPiece(lanes: Lanes, lane: number, tried: number): Piece | null {
  const done = tried % STEP;
  const [offset, end] =
    lanes.deal === 'parts'
      ? [partStart(lanes, lane) + tried, partStart(lanes, lane + 1)]
      : [(Math.floor(tried / STEP) * lanes.count + lane) * STEP + done, lanes.nonces];
  const count = Math.min(STEP - done, end - offset);
  return count > 0 ? { from: lanes.from + offset, count } : null;
}

/** The lane that tries `nonce`. */
export function laneOf(lanes: Lanes, nonce: number): number {
  const offset = nonce - lanes.from;
  if (lanes.deal === 'steps') return Math.floor(offset / STEP) % lanes.count;
  let lane = 0;
  while (partStart(lanes, lane + 1) <= offset) lane += 1;
  return lane;
}

/**
 * Which lane the thread at each place tries: the one that it has, else its own, until that is done;
 * then one that no thread has. No lane has two threads, which would count each other's nonces.
 */
export function shareLanes(
  count: number,
  places: readonly number[],
  before: ReadonlyMap<number, number>,
  done: ReadonlySet<number>,
): ReadonlyMap<number, number> {
  const kept = new Map<number, number>();
  for (const place of places) {
    const lane = before.get(place);
    if (lane !== undefined && !done.has(lane)) kept.set(place, lane);
  }
  for (const place of places) {
    const isFree = !done.has(place) && ![...kept.values()].includes(place);
    if (!kept.has(place) && isFree) kept.set(place, place);
  }
  const taken = new Set([...done, ...kept.values()]);
  const left = Array.from({ length: count }, (_, lane) => lane).filter((lane) => !taken.has(lane));
  // Where none is left, one that is done: there the thread has nothing to search.
  const [idle = 0] = done;
  return new Map(places.map((place) => [place, kept.get(place) ?? left.shift() ?? idle]));
}

/** How far behind `from` a lane's part begins; the first parts have what does not divide. */
function partStart({ count, nonces }: Lanes, lane: number): number {
  return Math.floor(nonces / count) * lane + Math.min(lane, nonces % count);
}
