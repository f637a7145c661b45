/** Which nonces each thread tries: lanes share none, leave none out, and can go on. */

import { STEP } from './layout.ts';

/** All nonces below `nonces`, dealt out to `count` lanes (numbered from 0) step by step. */
export type Lanes = { readonly count: number; readonly nonces: number };

/** Nonces to scan without a pause: `from` and those after it, `count` in all. */
export type Piece = { readonly from: number; readonly count: number };

/** The next piece of a lane that has tried so many of its nonces; null at the lane's end. */
export function nextPiece(lanes: Lanes, lane: number, tried: number): Piece | null {
  const step = Math.floor(tried / STEP) * lanes.count + lane;
  const done = tried % STEP;
  const from = step * STEP + done;
  const count = Math.min(STEP - done, lanes.nonces - from);
  return count > 0 ? { from, count } : null;
}
