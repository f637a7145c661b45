/** What a client of the labs cannot have read of another: by other keys, or before it came. */

import type { LabKeys } from './lab-charge.ts';
import { shortLab } from './lab-charge.ts';
import type { Member, Spoken } from './lab-roll.ts';

/** Why: `unheard` before it came, `early` before it voted, when some do not listen to votes yet. */
export type Why = 'spelling' | 'unheard' | 'early';

/** Whose words a client lacks, by why. */
export type Lacks = Readonly<Record<Why, readonly Member[]>>;

type Words = 'introductions' | 'votes';

/** What `reader` lacks of these others. */
export function lacksOf(reader: Member, others: readonly Member[], words: Words): Lacks {
  const lacks: Record<Why, Member[]> = { spelling: [], unheard: [], early: [] };
  for (const other of others) {
    if (other === reader || other[words].size === 0) continue;
    const why = problemWith(reader, other, words);
    if (why !== null) lacks[why].push(other);
  }
  return lacks;
}

function problemWith(reader: Member, other: Member, words: Words): Why | null {
  const readable = [...other[words].values()].filter((word) => reads(reader, word, words));
  if (readable.length === 0) return 'spelling';
  const lastAt = Math.max(...readable.map((word) => word.lastAt));
  if (lastAt < reader.cameAt) return 'unheard';
  return words === 'votes' && lastAt < (reader.votedAt ?? 0) ? 'early' : null;
}

/** Whether it surely can: whoever says a key reads it. Where it has said none, who knows. */
export function reads(reader: Member, word: Spoken, words: Words): boolean {
  const own = [...reader[words].values()];
  return own.length === 0 || own.some(({ keys }) => areAlike(keys, word.keys));
}

function areAlike(a: LabKeys, b: LabKeys): boolean {
  return areCommon(a, b, 'client') && areCommon(a, b, 'vote') && areCommon(a, b, 'topic');
}

function areCommon(a: LabKeys, b: LabKeys, what: keyof LabKeys): boolean {
  const isUnknown = a[what].length === 0 || b[what].length === 0;
  return isUnknown || a[what].some((key) => b[what].includes(key));
}

/** `ClientID and VoteID`: all keys by which these have said such words. */
export function keysIn(members: readonly Member[], words: Words): string {
  const all = members.flatMap((member) => [...member[words].values()]).map(({ keys }) => keys);
  return listOf([...new Set(all.flatMap(({ client, vote }) => [...client, ...vote]))]);
}

/** ` on election`: where these vote; nothing where some of the others vote there, too. */
export function topicsIn(
  members: readonly Member[],
  others: readonly Member[],
  words: Words,
): string {
  const topicsOf = (some: readonly Member[]): readonly string[] =>
    some.flatMap((member) => [...member[words].values()]).flatMap(({ keys }) => keys.topic);
  const topics = [...new Set(topicsOf(members))];
  const there = topicsOf(others);
  const areOthers = topics.length > 0 && !topics.some((topic) => there.includes(topic));
  return areOthers ? ` on ${listOf(topics)}` : '';
}

/** Names of some, and how many more. */
export function namesIn(members: readonly Member[]): string {
  return listOf(members.map(({ name }) => shortLab(name)));
}

const LISTED_MOST = 4;

function listOf(texts: readonly string[]): string {
  const shown = texts.slice(0, LISTED_MOST);
  const left = texts.length - shown.length;
  const all = left === 0 ? shown : [...shown, `${left} more`];
  const last = all.at(-1) ?? '';
  return all.length < 2 ? last : `${all.slice(0, -1).join(', ')} and ${last}`;
}
