/** What of a run goes where on a live screen: how many lines each part has, and short words. */

import type { Idle } from '../domain/idle.ts';
import { describeEnding } from './start-fact.ts';
import type { PeerRow } from './start-peers.ts';
import type { Story } from './start-story.ts';

/** Lines of each part, without its title. */
export type Layout = {
  readonly peers: number;
  readonly results: number;
  readonly events: number;
  /** Empty lines between the parts. */
  readonly isAiry: boolean;
};

/** Head, three titles, two lines of the challenge, foot. */
const FIXED_LINES = 7;
const GAPS = 4;
const LEAST = { peers: 1, results: 2, events: 2 };
const MOST = { results: 8, events: 14 };

/** Shares out `lines` of a screen among the parts of it; peers come first. */
export function layOut(lines: number, peers: number): Layout {
  const room = Math.max(0, lines - FIXED_LINES);
  const forPeers = Math.max(LEAST.peers, room - LEAST.results - LEAST.events);
  const shown = Math.min(peers, forPeers);
  const rest = Math.max(0, room - shown);
  const isAiry = rest >= GAPS + 3 * (LEAST.results + LEAST.events);
  const left = isAiry ? rest - GAPS : rest;
  const results = Math.min(MOST.results, Math.max(LEAST.results, Math.floor(left / 3)), left);
  const events = Math.min(MOST.events, left - results);
  return { peers: shown, results, events, isAiry };
}

/** How many lines a screen with this layout has in all. */
export function heightOf({ peers, results, events, isAiry }: Layout): number {
  return FIXED_LINES + (isAiry ? GAPS : 0) + peers + results + events;
}

/** The rows for which there is room: who has ended gives way first, then the latest. */
export function rowsShown(rows: readonly PeerRow[], room: number): readonly PeerRow[] {
  if (rows.length <= room) return rows;
  const living = rows.filter(({ ending }) => ending === null);
  const ended = rows.filter(({ ending }) => ending !== null);
  const kept = new Set([...living, ...ended.reverse()].slice(0, room));
  return rows.filter((row) => kept.has(row));
}

/** What a peer is, or was at its end. */
export function roleOf(row: PeerRow, story: Story): string {
  if (row.ending !== null && row.wasController) return 'controller';
  if (row.name !== null && row.name === story.controller) return 'controller';
  if (story.term === 0) return '';
  return story.isMember(row.name) ? 'member' : 'observer';
}

/** What a peer does, in a few words. */
export function stateOf(row: PeerRow): string {
  if (row.ending !== null) return describeEnding(row.ending);
  if (row.name === null) return 'is starting';
  return row.idle === null ? 'mines' : shortIdle(row.idle);
}

/** Why a peer does not mine, in a few words. */
export function shortIdle(idle: Idle): string {
  switch (idle.reason) {
    case 'disconnected':
      return 'has no connection';
    case 'name-in-use':
      return 'waits for its name';
    case 'journal':
      return 'cannot write';
    case 'peers-missing':
      return `sees ${idle.known} of ${idle.wanted} peers`;
    case 'founding':
      return 'draws the lot';
    case 'no-network':
      return 'hears of no network';
    case 'learning':
      return 'asks for the founding';
    case 'behind':
      return `catches up, ${idle.height} of ${idle.of}`;
    case 'no-controller':
      return 'has no controller';
    case 'governing':
      return 'governs';
    case 'no-challenge':
      return 'awaits a challenge';
    case 'solved':
      return 'has a solution';
    case 'proposed':
      return 'awaits the result';
    case 'no-transactions':
      return 'awaits transactions';
    case 'no-work':
      return 'awaits work';
    case 'exhausted':
      return 'has tried everything';
    case 'old-mandate':
      return 'awaits an old controller';
    case 'leaving':
      return 'is leaving';
    case 'paused':
      return 'is paused';
    case 'finished':
      return 'is done';
  }
}

/** How the status of a peer, a few texts below all that scrolls, fits into the lines there are. */
export function fitBottom(
  texts: readonly string[],
  { columns, lines }: { readonly columns: number; readonly lines: number },
): { readonly hasGap: boolean; readonly wraps: boolean; readonly parts: number } {
  // Words that are kept whole leave up to half of a line empty.
  const lineCount = (text: string): number =>
    text.length <= columns ? 1 : 2 * Math.ceil(text.length / columns);
  const most = texts.reduce((sum, text) => sum + lineCount(text), 1);
  return {
    hasGap: lines > texts.length,
    wraps: most <= lines,
    parts: Math.max(0, Math.min(texts.length, lines)),
  };
}

/** 75 seconds as `1:15`. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `fraction` of `width` characters filled; what is more than the whole fills it, too. */
export function bar(fraction: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}
