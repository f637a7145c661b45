/** The half of who searches: offers itself, searches what is leased to it, and reports. */

import type { Event, Work } from '../domain/contract.ts';
import type { Lease, Report } from '../domain/message.ts';
import type { Instant, QuestID, TransactionID, WorkID } from '../domain/names.ts';
import type { Range } from '../domain/quest.ts';
import { isNeeded } from '../lease/book.ts';
import { usualFirst } from '../lease/granting.ts';
import { NEAR_MOST, nearBitsOf } from '../lease/near.ts';
import { paceOf } from '../lease/pace.ts';
import { isSameRange, overlaps } from '../lease/ranges.ts';
import { presentRoster } from './memory.ts';
import { controllerOf } from './presence.ts';
import type { Held } from './quest-state.ts';
import { isWanted, presentQuest, questOf, zerosIn } from './quests.ts';
import type { State } from './state.ts';
import type { Step } from './step.ts';

/** Who has nothing to search says so again after so long. */
const offerMs = 500;

/** So many reports are remembered in case one of them was lost. */
const mostReports = 4;

/**
 * Takes what is leased to us; what we have searched of it already we report again, as its
 * controller has not heard that.
 */
export function hold(step: Step, id: QuestID, { quest, ranges, expiry }: Lease): void {
  const { state, now } = step;
  const before = state.held?.questID === id ? state.held : newHeld(id, quest);
  const { reports } = before;
  // It may have cut them otherwise since.
  for (const report of reports) if (ranges.some((each) => overlaps(each, report))) step.say(report);
  const left = ranges.filter((each) => !reports.some((report) => isSameRange(each, report)));
  const needless = before.needless.filter((each) => ranges.some((it) => isSameRange(it, each)));
  const until = (now.at + expiry) as Instant;
  // What is begun is not put off for what was added below it.
  const [first] = before.ranges;
  const isFirst = (each: Range): boolean => first !== undefined && isSameRange(each, first);
  const sorted = [...left.filter(isFirst), ...left.filter((each) => !isFirst(each))];
  begin(step, { ...before, needless, until }, sorted);
}

function newHeld(questID: QuestID, quest: Lease['quest']): Held {
  const nothing = { serial: 0, since: null, found: null, near: [] };
  return { questID, quest, ranges: [], needless: [], until: 0 as Instant, reports: [], ...nothing };
}

/** Holds these ranges; the search of the first one goes on if it is still the first. */
function begin({ state }: Step, held: Held, ranges: readonly Range[]): void {
  const [first] = ranges;
  const [before] = held.ranges;
  const goesOn = first !== undefined && before !== undefined && isSameRange(first, before);
  if (!goesOn) state.searches += 1;
  const anew = { serial: state.searches, since: null, found: null, near: [] };
  state.held = { ...held, ranges, ...(goesOn ? {} : anew) };
}

/** Gives up what need not be searched any more, or is too late. */
export function dropLeases(step: Step): void {
  const { state, now } = step;
  const { held } = state;
  if (held === null) return;
  const heard = questOf(state, held.questID);
  if (heard === null || !isWanted(step, heard) || mayNotSearch(state)) {
    state.held = null;
    return;
  }
  if (held.until <= now.at) {
    // Somebody else gets it; and we get less, at the speed that we have really had.
    if (held.since !== null && state.hashRate > 0)
      state.paces[held.quest.algorithm] = state.hashRate;
    begin(step, held, []);
    return;
  }
  // Others may have reported it, or a find below it. If it is leased to us all the same once more,
  // the controller has not heard them, and may never do so: then it is searched anew.
  const isWorth = (range: Range): boolean =>
    isNeeded(heard.book, range) || held.needless.some((each) => isSameRange(each, range));
  const needed = held.ranges.filter(isWorth);
  if (needed.length === held.ranges.length) return;
  const dropped = held.ranges.filter((range) => !isWorth(range));
  begin(step, { ...held, needless: [...held.needless, ...dropped] }, needed);
}

/** What is leased to us, as work; null if nothing is. */
export function leasedWork({ held, settings }: State): Work | null {
  const [range] = held?.ranges ?? [];
  if (held === null || range === undefined || !settings.mines) return null;
  const { from, to } = range;
  const { algorithm, prefix, bits } = held.quest;
  return {
    id: `quest:${held.questID}:${from}:${to}:${held.serial}` as WorkID,
    // It is for no block.
    transactionID: 0 as TransactionID,
    algorithm,
    nonceForm: 'decimal',
    header: prefix,
    bits,
    range: { from, to, nearBits: nearBitsOf(to - from, bits) },
  };
}

/** The search of a leased range begins. */
export function noteLease(step: Step): void {
  const { held } = step.state;
  const [range] = held?.ranges ?? [];
  if (held === null || range === undefined) return;
  held.since = step.now.at;
  step.note({ kind: 'lease', quest: held.questID, from: range.from, to: range.to });
}

/** Digits for a leased range; the report comes when nothing below is left. */
export function findLeased({ state }: Step, { solution }: Extract<Event, { kind: 'found' }>): void {
  const { held } = state;
  const nonce = Number(solution);
  if (held === null || !isIn(held.ranges[0], nonce)) return;
  if (zerosIn(held.quest)(nonce) < held.quest.bits) return;
  held.found = Math.min(nonce, held.found ?? nonce);
}

export function hearLeasedSearched(
  step: Step,
  { near, perSecond, tried, exhausted }: Extract<Event, { kind: 'searched' }>,
): void {
  const { state } = step;
  const { held } = state;
  if (held === null) return;
  state.hashRate = perSecond;
  held.near.push(...near.map(Number));
  if (exhausted) report(step, held, tried);
}

function report(step: Step, held: Held, tried: number): void {
  const { state } = step;
  const [range, ...others] = held.ranges;
  if (range === undefined) return;
  const { found } = held;
  const end = found ?? range.to;
  const near = [...new Set(held.near)].filter((nonce) => nonce < end).sort((a, b) => a - b);
  const { algorithm } = held.quest;
  const pace = paceOf(
    tried,
    step.since(held.since ?? step.now.at),
    state.settings.firstLease ?? usualFirst,
  );
  if (pace !== null) state.paces[algorithm] = pace;
  const said: Report = {
    kind: 'report',
    clientID: step.self,
    quest: held.questID,
    from: range.from,
    to: range.to,
    found,
    near: near.slice(0, NEAR_MOST),
    rate: state.paces[algorithm] ?? 0,
  };
  const reports = [...held.reports, said].slice(-mostReports);
  begin(step, { ...held, reports }, others);
  step.say(said);
}

/** Says that we would search, now and then, while there is something and we have nothing of it. */
export function offer(step: Step): void {
  const { state, now } = step;
  const heard = presentQuest(step);
  if (heard === null || mayNotSearch(state) || (state.held?.ranges.length ?? 0) > 0) return;
  const { offered } = state;
  if (offered?.quest === heard.id && step.since(offered.at) < offerMs) return;
  if (!state.link.isConnected || controllerOf(state) === null) return;
  state.offered = { quest: heard.id, at: now.at };
  const rate = state.paces[heard.book.quest.algorithm] ?? 0;
  step.say({ kind: 'offer', clientID: step.self, quest: heard.id, rate });
}

/** The controller does not search, unless it is alone. */
function mayNotSearch(state: State): boolean {
  const { settings, link, memory, office } = state;
  if (!settings.mines || state.isPaused || link.isLeaving || state.backlog !== null) return true;
  return office !== null && (presentRoster(memory)?.members.length ?? 0) > 1;
}

function isIn(range: Range | undefined, nonce: number): boolean {
  return range !== undefined && nonce >= range.from && nonce < range.to;
}
