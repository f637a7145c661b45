/** The quests that a peer has heard of, and which of them is searched for (PROTOCOL 13). */

import type { Instant, QuestID } from '../domain/names.ts';
import type { Outcome, Quest } from '../domain/quest.ts';
import { newBook } from '../lease/book.ts';
import { guestsMost, questsMost } from '../lease/quest.ts';
import { zerosOf } from '../miner/candidates.ts';
import type { HeardQuest } from './quest-state.ts';
import type { State } from './state.ts';
import type { Step } from './step.ts';

/** Whoever wants a quest asks for it each second; nobody searches for one that nobody wants. */
const wantedMs = 15_000;

/** What is known of one is kept so long: whoever asked may only be cut off. */
const keptMs = 120_000;

/** A service may be down for long, and what was searched or found for it is not to be lost. */
const keptForSourceMs = 86_400_000;

/** Those that wait, and as many that are answered or that nobody wants any more. */
const keptMost = 2 * questsMost;

export function questOf({ quests }: State, id: QuestID): HeardQuest | null {
  return quests.find((each) => each.id === id) ?? null;
}

/** Quests that wait for an answer, the one that is searched for first of all. */
export function wantedQuests(step: Step): readonly HeardQuest[] {
  return step.state.quests.filter((each) => isWanted(step, each));
}

export function isWanted(step: Step, { outcome, askedAt }: HeardQuest): boolean {
  return outcome === null && step.since(askedAt) < wantedMs;
}

/** What the network searches for: one quest after another. */
export function presentQuest(step: Step): HeardQuest | null {
  return wantedQuests(step)[0] ?? null;
}

/** Who asks for a quest: its controller does it for a service. */
export type Asker = 'controller' | 'member' | 'guest';

/** A quest by this name that we know, which somebody wants again; else a new one. */
export function takeQuest(step: Step, id: QuestID, quest: Quest, asker: Asker): HeardQuest {
  const { state, now } = step;
  const known = questOf(state, id);
  if (known !== null) {
    known.askedAt = now.at;
    if (asker === 'member' && !known.isForMembers && known !== presentQuest(step))
      place(state, known, placeForMembers(step, known));
    known.isForMembers ||= asker !== 'guest';
    return known;
  }
  makeRoom(step);
  const { algorithm, prefix, bits, from, to } = quest;
  const book = newBook({ algorithm, prefix, bits, from, to });
  const heard: HeardQuest = {
    id,
    book,
    askedAt: now.at,
    isErrand: asker === 'controller',
    isForMembers: asker !== 'guest',
    isForOthers: false,
    outcome: null,
  };
  // However many others wait, a service's task is the next one.
  const present = presentQuest(step);
  const next = present === null ? state.quests.length : state.quests.indexOf(present) + 1;
  if (asker === 'controller') place(state, heard, next);
  else if (asker === 'member') place(state, heard, placeForMembers(step, heard));
  else place(state, heard, state.quests.length);
  step.note({ kind: 'quest', quest: id, algorithm, bits, from, to });
  step.alarmBy('quests', 0);
  return heard;
}

/** Behind `at` others, from where it stood if it did. */
function place(state: State, heard: HeardQuest, at: number): void {
  const before = state.quests.slice(0, at).filter((each) => each !== heard);
  const after = state.quests.slice(at).filter((each) => each !== heard);
  state.quests = [...before, heard, ...after];
}

/** Members and guests take turns: behind the last quest of a member, and one guest's. */
function placeForMembers(step: Step, heard: HeardQuest): number {
  const { quests } = step.state;
  const waiting = wantedQuests(step).filter((each) => each !== heard);
  const last = waiting.findLastIndex(({ isForMembers }) => isForMembers);
  const before = waiting[Math.min(last + 1, waiting.length - 1)];
  return before === undefined ? quests.length : quests.indexOf(before) + 1;
}

/** A guest's quest that took long lets the others pass; false if it goes on all the same. */
export function yieldTurn(step: Step, present: HeardQuest): boolean {
  const { state } = step;
  if (present.isForMembers || wantedQuests(step).length < 2) return false;
  place(state, present, state.quests.length);
  return true;
}

/** Whether as many others wait as may. */
export function isCrowded(step: Step, asker: Asker): boolean {
  const wanted = wantedQuests(step);
  const guests = wanted.filter(({ isForMembers }) => !isForMembers);
  return wanted.length >= questsMost || (asker === 'guest' && guests.length >= guestsMost);
}

/** Quests of others never push out those of a service, whose find may be left, nor they them. */
function makeRoom(step: Step): void {
  const { state } = step;
  if (state.quests.length < keptMost) return;
  const idle = state.quests.filter((each) => !isWanted(step, each));
  const errands = idle.filter(({ isErrand }) => isErrand);
  const isMostErrands = 2 * errands.length > idle.length;
  const oldest = idle.find(({ isErrand }) => isErrand === isMostErrands);
  state.quests = state.quests.filter((each) => each !== oldest);
}

/** Forgets what nobody has wanted for long. */
export function forgetQuests(step: Step): void {
  const { state } = step;
  const hasSource = state.settings.hasSource === true;
  const keptFor = ({ isErrand }: HeardQuest): number =>
    hasSource && isErrand ? keptForSourceMs : keptMs;
  state.quests = state.quests.filter((each) => step.since(each.askedAt) < keptFor(each));
}

/** Nobody here wants this quest any more: another one's turn comes at once. */
export function dropQuest({ state, now }: Step, id: QuestID): void {
  const heard = questOf(state, id);
  if (heard !== null) heard.askedAt = (now.at - wantedMs) as Instant;
}

/** Leading zero bits of the digest of a nonce. */
export function zerosIn({ algorithm, prefix }: Quest): (nonce: number) => number {
  const form = { algorithm, header: prefix, nonceForm: 'decimal' } as const;
  return (nonce) => zerosOf(form, nonce);
}

/** Whether an outcome can be true, as far as that shows at once. */
export function isPossible(quest: Quest, outcome: Outcome): boolean {
  if (outcome.kind !== 'found') return true;
  const { nonce } = outcome;
  return nonce >= quest.from && nonce < quest.to && zerosIn(quest)(nonce) >= quest.bits;
}
