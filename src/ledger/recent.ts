/** What was said without a nonce in the last blocks: for so long nobody may say the same again. */

import type { ClientID } from '../domain/names.ts';
import type { Recent } from '../domain/standing.ts';
import type { Fault } from '../domain/transaction.ts';

/** A message without a nonce applies if it is in none of so many blocks before its own. */
export const repeatBlocks = 1_000;

/** A drawer is of so many blocks: a longer one costs more to copy, more drawers more to search. */
const drawerBlocks = 32;

export const nothingRecent: Recent = {};

/** The same sender and message is in one of the last blocks before `number`, or in it already. */
export function faultOfRepeat(
  recent: Recent,
  name: ClientID,
  message: string,
  number: number,
): Fault | null {
  const entry = entryOf(name, message);
  for (const drawer of Object.values(recent)) {
    const at = drawer[entry];
    if (at === undefined || at < number - repeatBlocks) continue;
    const again = at + repeatBlocks + 1;
    const problem = `its sender said the same in block ${at}, and may again from block ${again} on`;
    return { code: 'REPEATED', problem };
  }
  return null;
}

/** What the next block adds; copied when there is something to add, and then written to. */
export type RecentDraft = {
  recent: Recent;
  /** Of the next block. */
  readonly number: number;
  /** The drawer that is no longer that of the `recent` it began with. */
  own: Record<string, number> | null;
};

export function recentDraftOf(recent: Recent, number: number): RecentDraft {
  return { recent, number, own: null };
}

/** Keeps that this was said in the next block; ask `faultOfRepeat` first. */
export function noteSaid(draft: RecentDraft, name: ClientID, message: string): void {
  draft.own ??= openDrawer(draft);
  draft.own[entryOf(name, message)] = draft.number;
}

/** Drawers of which no block counts any more go. */
function openDrawer(draft: RecentDraft): Record<string, number> {
  const { recent, number } = draft;
  const oldest = Math.floor((number - repeatBlocks) / drawerBlocks);
  const newest = Math.floor(number / drawerBlocks);
  const own = { ...recent[newest] };
  const kept = Object.entries(recent).filter(([drawer]) => Number(drawer) >= oldest);
  draft.recent = { ...Object.fromEntries(kept), [newest]: own };
  return own;
}

function entryOf(name: ClientID, message: string): string {
  return `${name} ${message}`;
}
