/** The controller's half of a quest: leases ranges, and answers when all of them are searched. */

import type { Offer } from '../domain/message.ts';
import type { ClientID, Instant } from '../domain/names.ts';
import type { Algorithm, Outcome, QuestFault, Range } from '../domain/quest.ts';
import { freeGrants, grantsOf, lapseGrants, missingIn, setGrants } from '../lease/book.ts';
import {
  expiryOf,
  type Holder,
  mayBegin,
  mostHeld,
  nextRange,
  usualFirst,
} from '../lease/granting.ts';
import { fastestBut, forgetPace } from '../lease/pace.ts';
import { questTurnMs } from '../lease/quest.ts';
import { NEVER } from './alarms.ts';
import { isInRoster, presentRoster } from './memory.ts';
import type { HeardQuest } from './quest-state.ts';
import { presentQuest, questOf, yieldTurn } from './quests.ts';
import type { Office, State } from './state.ts';
import type { Step } from './step.ts';

/** Who did not say anything of a quest for so long does not count as searching. */
const workerMs = 10_000;

/** The most time for a block in a quest: a challenge that is too hard takes a quarter at most. */
const blockTurnMs = 10_000;

/** Whether no challenge is opened for now: quests go before blocks, save for one between them. */
export function doesQuestGoFirst(step: Step): boolean {
  const { office } = step.state;
  return office !== null && office.blockUntil === null && presentQuest(step) !== null;
}

/** Whatever happens to a quest: after some time a block is due, and after that it goes on. */
export function takeTurns(step: Step): void {
  const { office } = step.state;
  if (office === null || !office.isGoverning) return;
  const present = presentQuest(step);
  if (present === null) {
    office.questsSince = null;
    return;
  }
  const { now } = step;
  office.questsSince ??= now.at;
  if (office.blockUntil !== null) {
    if (office.blockUntil > now.at) return;
    Object.assign(office, { blockUntil: null, questsSince: now.at });
  }
  if (step.since(office.questsSince) < questTurnMs) return;
  office.blockUntil = (now.at + blockTurnMs) as Instant;
  if (yieldTurn(step, present)) freeGrants(present.book, () => true);
}

/** Our office, if we may answer now. */
function officeNow({ state }: Step): Office | null {
  const { office, link } = state;
  return office?.isGoverning && link.isConnected && !link.isLeaving ? office : null;
}

/** Nothing is leased while a block is due, and there is one to search for. */
function isLeasing(step: Step, { blockUntil, opening }: Office): boolean {
  return blockUntil === null || (opening === null && !step.isSet('open'));
}

/**
 * Leases to `holder` what it can do next, and says all that it has. It may not know which quest is
 * the first: what counts is that it is free. How fast it says that it is counts for little.
 */
export function leaseTo(step: Step, holder: ClientID, said: Pick<Offer, 'quest' | 'rate'>): void {
  const office = officeNow(step);
  const heard = presentQuest(step);
  if (office === null || heard === null || isGone(step, holder)) return;
  if (!isLeasing(step, office)) return;
  const { now, state } = step;
  const { book } = heard;
  const { algorithm } = book.quest;
  tidyUp(step, heard);
  const isNewcomer = !hasShown(state, algorithm, holder);
  // Keys cost nothing: a thousand newcomers are no reason to make the leases smaller.
  if (!isNewcomer) office.workers[holder] = now.at;
  // All is known that was asked, and its answer is on its way.
  if (isEnough(step, heard)) return;
  const isOfItsKind = questOf(state, said.quest)?.book.quest.algorithm === algorithm;
  const about = aboutHolder(step, office, algorithm, holder);
  const asking: Holder = { ...about, claim: isOfItsKind ? said.rate : 0 };
  const newcomers = book.grants.filter(
    (grant) => !grant.isOver && !hasShown(state, algorithm, grant.holder),
  );
  const isLet = !isNewcomer || mayBegin(book, newcomers, asking, about.workers > 0);
  for (let more = 0; isLet && more < mostHeld; more += 1) {
    const range = nextRange(book, asking, now.at);
    if (range === null) break;
    const ranges: readonly Range[] = [...grantsOf(book, holder), range];
    const until = (now.at + expiryOf(ranges, asking.pace)) as Instant;
    setGrants(book, holder, ranges, { now: now.at, until });
  }
  const grants = grantsOf(book, holder);
  if (grants.length === 0) return;
  step.say({
    kind: 'lease',
    clientID: step.self,
    term: office.term,
    quest: book.quest,
    holder,
    ranges: grants.map(({ from, to }) => ({ from, to })),
    expiry: Math.ceil(Math.max(...grants.map(({ until }) => step.until(until)))),
  });
}

/** Members are known; everybody else has to show work before it counts. */
function hasShown({ memory, measured }: State, algorithm: Algorithm, holder: ClientID): boolean {
  return isInRoster(memory, holder) || measured[algorithm]?.[holder] !== undefined;
}

function aboutHolder(
  step: Step,
  office: Office,
  algorithm: Algorithm,
  clientID: ClientID,
): Omit<Holder, 'claim'> {
  const { measured, settings } = step.state;
  const { pace, done } = measured[algorithm]?.[clientID] ?? { pace: 0, done: 0 };
  return {
    clientID,
    pace,
    done,
    fastest: fastestBut(measured[algorithm], clientID),
    workers: countWorkers(step, office),
    first: settings.firstLease ?? usualFirst,
  };
}

function countWorkers(step: Step, office: Office): number {
  for (const [name, at] of Object.entries(office.workers)) {
    if (step.since(at) >= workerMs) delete office.workers[name as ClientID];
  }
  return Object.keys(office.workers).length;
}

function isGone({ state }: Step, holder: ClientID): boolean {
  return (state.acquaintances[holder]?.gone ?? null) !== null;
}

/** Leases of those who are gone, late, or govern now, are free for others. */
function tidyUp(step: Step, { book }: HeardQuest): void {
  const { memory, measured } = step.state;
  const mayGovernAlone = presentRoster(memory)?.members.length === 1;
  for (const late of lapseGrants(book, step.now.at)) forgetPace(measured, late);
  freeGrants(book, (holder) => (holder === step.self ? !mayGovernAlone : isGone(step, holder)));
}

/** A service takes any find; all others are promised the lowest. */
function isEnough({ state }: Step, { id, book, isForOthers }: HeardQuest): boolean {
  if (missingIn(book).length === 0) return true;
  const isErrand = state.sourcing?.errand?.id === id && !isForOthers;
  return isErrand && book.found !== null && state.wishes.every((each) => each.id !== id);
}

/** Answers what is searched to its end, or as far as it need be. */
export function answerIfDone(step: Step): void {
  const office = officeNow(step);
  const heard = presentQuest(step);
  if (office === null || heard === null) return;
  tidyUp(step, heard);
  if (!isEnough(step, heard)) return;
  const { found } = heard.book;
  office.blockUntil = NEVER;
  sayOutcome(step, heard, found === null ? { kind: 'exhausted' } : { kind: 'found', nonce: found });
}

/** Says what came of a quest; nothing if we are not the one to say it. */
export function sayOutcome(step: Step, { id }: Pick<HeardQuest, 'id'>, outcome: Outcome): void {
  const { office } = step.state;
  if (office === null || !office.isGoverning) return;
  const found = outcome.kind === 'found' ? outcome.nonce : null;
  const reason: QuestFault | null = outcome.kind === 'refused' ? outcome.reason : null;
  const { term } = office;
  step.say({ kind: 'outcome', clientID: step.self, term, quest: id, found, reason });
}
