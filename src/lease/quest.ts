/** What may be asked of a network, and what it is called (PROTOCOL 13). */

import type { Hasher } from '../domain/crypto.ts';
import type { QuestID } from '../domain/names.ts';
import type { Quest, QuestFault } from '../domain/quest.ts';

/** Characters of a prefix. */
export const prefixMost = 1_024;

/** Nonces of a quest. */
export const noncesMost = 2_000_000_000;

/** So many wait at a time, the one that is searched among them. */
export const questsMost = 16;

/** The most of them that no member wants: the other places are for members. */
export const guestsMost = 12;

/** After this time a quest, answered or not, leaves time for a block: payments wait for one. */
export const questTurnMs = 30_000;

/** The same for everybody who asks the same: so an answer serves them all. */
export function questIDOf({ algorithm, bits, from, to, prefix }: Quest, hasher: Hasher): QuestID {
  const text = `sortition/quest\n${algorithm}\n${bits}\n${from}\n${to}\n${prefix}`;
  return hasher.sha256(text) as string as QuestID;
}

/** Why nobody takes this quest up; null if it may be. */
export function problemOfQuest({ prefix, from, to }: Quest): QuestFault | null {
  if (prefix.length > prefixMost) return 'prefix-too-long';
  if (from >= to) return 'range-empty';
  return to - from > noncesMost ? 'range-too-big' : null;
}
