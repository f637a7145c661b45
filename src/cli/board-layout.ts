/** How many lines each part of a board gets on a screen. */

import type { Board } from './board.ts';

/** Lines of each part, without its title; 0 for a part for which there is no room. */
export type BoardLayout = {
  readonly peers: number;
  readonly results: number;
  readonly refusals: number;
  readonly events: number;
  /** Empty lines between the parts. */
  readonly isAiry: boolean;
};

/** Title, head, draw, the challenge with its bar, foot, and a title for each of four parts. */
const FIXED_LINES = 10;
const GAPS = 5;
const LEAST = { results: 1, refusals: 1, events: 1 };
const LEAST_LINES = LEAST.results + LEAST.refusals + LEAST.events;
const MOST = { results: 12, refusals: 8, events: 12 };

/** Shares out `lines` of a screen; peers come first, then what was refused. */
export function layOutBoard(lines: number, { peers, refusals }: Board): BoardLayout {
  const room = Math.max(0, lines - FIXED_LINES);
  const forPeers = Math.min(Math.max(1, peers.length), Math.max(1, room - LEAST_LINES));
  const rest = Math.max(0, room - forPeers);
  const isAiry = rest >= GAPS + 4 * LEAST_LINES;
  const left = isAiry ? rest - GAPS : rest;
  const wanted = Math.max(LEAST.refusals, Math.min(MOST.refusals, refusals.length));
  const forRefusals = Math.min(wanted, Math.max(0, Math.floor(left / 3)));
  const half = Math.floor((left - forRefusals) / 2);
  const forResults = Math.min(MOST.results, half);
  const forEvents = Math.min(MOST.events, left - forRefusals - forResults);
  return {
    peers: forPeers,
    results: forResults,
    refusals: forRefusals,
    events: forEvents,
    isAiry,
  };
}

/** How many lines a board with this layout has in all. */
export function heightOfBoard({ peers, results, refusals, events, isAiry }: BoardLayout): number {
  return FIXED_LINES + (isAiry ? GAPS : 0) + peers + results + refusals + events;
}
