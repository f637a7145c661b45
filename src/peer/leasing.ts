/** The controller's half of a quest: leases ranges, and answers when all of them are searched. */

import type { Offer } from '../domain/message.ts';
import type { ClientID, Instant } from '../domain/names.ts';
import type { Outcome, QuestFault, Range } from '../domain/quest.ts';
import { freeGrants, grantsOf, lapseGrants, missingIn, setGrants } from '../lease/book.ts';
import { expiryOf, mostHeld, nextRange, usualFirst } from '../lease/granting.ts';
import { presentRoster } from './memory.ts';
import type { HeardQuest } from './quest-state.ts';
import { presentQuest, questOf } from './quests.ts';
import type { Office } from './state.ts';
import type { Step } from './step.ts';

/** Who did not say anything of a quest for so long does not count as searching. */
const workerMs = 10_000;

/** Whether no challenge is opened for now: quests go before blocks, save for one between them. */
export function doesQuestGoFirst(step: Step): boolean {
  const { office } = step.state;
  return office !== null && !office.isBlockDue && presentQuest(step) !== null;
}

/** Our office, if we may lease now. */
function officeNow(step: Step): Office | null {
  const { office, link } = step.state;
  if (office === null || !office.isGoverning || !link.isConnected || link.isLeaving) return null;
  const isBlockOnItsWay = office.opening !== null || step.isSet('open');
  return office.isBlockDue && isBlockOnItsWay ? null : office;
}

/**
 * Leases to `holder` what it can do next, and says all that it has. It may not know which quest is
 * the first: what counts is that it is free, and how fast it says it is.
 */
export function leaseTo(step: Step, holder: ClientID, said: Pick<Offer, 'quest' | 'rate'>): void {
  const office = officeNow(step);
  const heard = presentQuest(step);
  if (office === null || heard === null) return;
  const { now } = step;
  const { book } = heard;
  const { algorithm } = book.quest;
  const isOfItsKind = questOf(step.state, said.quest)?.book.quest.algorithm === algorithm;
  const rate = isOfItsKind ? said.rate : 0;
  office.workers[holder] = now.at;
  tidyUp(step, heard);
  // All is known that was asked, and its answer is on its way.
  if (isEnough(step, heard)) return;
  const workers = countWorkers(step, office);
  const first = step.state.settings.firstLease ?? usualFirst;
  for (let more = 0; more < mostHeld; more += 1) {
    const range = nextRange(book, { clientID: holder, rate, workers, first }, now.at);
    if (range === null) break;
    const ranges: readonly Range[] = [...grantsOf(book, holder), range];
    setGrants(book, holder, ranges, (now.at + expiryOf(ranges, rate)) as Instant);
  }
  const ranges = grantsOf(book, holder).map(({ from, to }) => ({ from, to }));
  if (ranges.length === 0) return;
  step.say({
    kind: 'lease',
    clientID: step.self,
    term: office.term,
    quest: book.quest,
    holder,
    ranges,
    expiry: expiryOf(ranges, rate),
  });
}

function countWorkers(step: Step, office: Office): number {
  for (const [name, at] of Object.entries(office.workers)) {
    if (step.since(at) >= workerMs) delete office.workers[name as ClientID];
  }
  return Object.keys(office.workers).length;
}

/** Leases of those who are gone, late, or govern now, are free for others. */
function tidyUp(step: Step, { book }: HeardQuest): void {
  const { acquaintances, memory } = step.state;
  const mayGovernAlone = presentRoster(memory)?.members.length === 1;
  lapseGrants(book, step.now.at);
  freeGrants(book, (holder) =>
    holder === step.self ? !mayGovernAlone : (acquaintances[holder]?.gone ?? null) !== null,
  );
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
  office.isBlockDue = true;
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
