/** Hears all that is said of quests, looks after those of our own people, and ends what is over. */

import type { Event } from '../domain/contract.ts';
import type { AskedQuest, Lease, Offer, Report, SaidOutcome } from '../domain/message.ts';
import type { ClientID } from '../domain/names.ts';
import { type Outcome, outcomeOf, type Proof, type Quest } from '../domain/quest.ts';
import type { Refusal } from '../domain/refusal.ts';
import {
  type Book,
  missingIn,
  setGrants,
  sumOf,
  takeReport,
  type Verdict,
  wantedOf,
} from '../lease/book.ts';
import { usualFirst } from '../lease/granting.ts';
import { forgetPace, measure } from '../lease/pace.ts';
import { problemOfQuest, questIDOf } from '../lease/quest.ts';
import { sizeOf } from '../lease/ranges.ts';
import { spend } from './budget.ts';
import { repeatMandateSoon } from './governing.ts';
import { dropLeases, hold, offer } from './holding.ts';
import { answerIfDone, leaseTo, sayOutcome } from './leasing.ts';
import { isInRoster } from './memory.ts';
import { controllerOf, isOfTermToCome } from './presence.ts';
import type { HeardQuest, Wish } from './quest-state.ts';
import {
  type Asker,
  forgetQuests,
  isCrowded,
  isPossible,
  questOf,
  takeQuest,
  zerosIn,
} from './quests.ts';
import type { Step } from './step.ts';

/** While there is a quest, all that has its time is looked at so often. */
const tendMs = 500;

/** Whoever wants a quest asks again after so long. */
const askMs = 1_000;

/** Reports may come after the outcome that they make: on other topics, by other ways. */
const lateMs = 1_000;

/** Who knows no network has nothing to do with quests. */
export function hearOfQuests(step: Step, message: Spoken): Refusal | null {
  if (step.state.memory.network === null) return null;
  switch (message.kind) {
    case 'quest':
      hearQuest(step, message);
      return null;
    case 'offer':
      leaseTo(step, message.clientID, message);
      return null;
    case 'lease':
      return hearLease(step, message);
    case 'report':
      return hearReport(step, message);
    case 'outcome':
      return hearOutcome(step, message);
  }
}

type Spoken = AskedQuest | Offer | Lease | Report | SaidOutcome;

function hearQuest(step: Step, quest: AskedQuest): void {
  const id = questIDOf(quest, step.hasher);
  const reason = problemOfQuest(quest);
  if (reason !== null) {
    answerAgain(step, { id }, { kind: 'refused', reason });
    return;
  }
  const before = questOf(step.state, id);
  // Who has only just come to look on may not know yet whose answer counts.
  if (quest.publicKey !== undefined && before?.outcome !== null) repeatMandateSoon(step);
  const isOurs = quest.clientID === step.self;
  const asker = askerOf(step, quest.clientID);
  const isErrand = asker === 'controller';
  if (before === null && !isOurs && !isErrand && isCrowded(step, asker)) {
    answerAgain(step, { id }, { kind: 'refused', reason: 'too-many-quests' });
    return;
  }
  const heard = takeQuest(step, id, quest, asker);
  heard.isErrand ||= isErrand;
  heard.isForOthers ||= !isErrand;
  if (heard.outcome !== null) answerAgain(step, heard, heard.outcome);
}

/** As far as our budget goes: any peer may ask again and again. */
function answerAgain(step: Step, about: Pick<HeardQuest, 'id'>, outcome: Outcome): void {
  const { state, now } = step;
  if (state.office !== null && spend(state.budgets, 'outcomes', now.at))
    sayOutcome(step, about, outcome);
}

function askerOf({ state }: Step, clientID: ClientID): Asker {
  if (clientID === controllerOf(state)) return 'controller';
  return isInRoster(state.memory, clientID) ? 'member' : 'guest';
}

/** The controller's leases are in everybody's book: it may be ours to go on with. */
function hearLease(step: Step, lease: Lease): Refusal | null {
  const { state, now } = step;
  // Whoever said it will say it again.
  if (isOfTermToCome(state, lease.term)) return null;
  if (lease.clientID !== controllerOf(state))
    return { code: 'not-the-controller', term: lease.term };
  const problem = problemOfQuest(lease.quest);
  if (problem !== null) return { code: 'wrong-lease', problem: `its quest is refused: ${problem}` };
  const { from, to } = lease.quest;
  if (lease.ranges.some((range) => range.from < from || range.to > to || range.from >= range.to))
    return { code: 'wrong-lease', problem: 'a range is empty, or not one of its quest' };
  // Our own leases are no sign that anybody still wants the quest.
  const isOurs = lease.clientID === step.self;
  const id = questIDOf(lease.quest, step.hasher);
  const heard = isOurs ? questOf(state, id) : takeQuest(step, id, lease.quest, 'guest');
  if (heard === null) return null;
  // A new controller may not have heard the outcome; then it is found out again.
  heard.outcome = null;
  const until = (now.at + lease.expiry) as typeof now.at;
  setGrants(heard.book, lease.holder, lease.ranges, { now: now.at, until });
  if (lease.holder === step.self) hold(step, id, lease);
  return null;
}

/** A report counts for everybody who heard of its lease: also under the next controller. */
function hearReport(step: Step, report: Report): Refusal | null {
  const heard = questOf(step.state, report.quest);
  if (heard === null) return null;
  const { book, id } = heard;
  const verdict = takeReport(book, report, zerosIn(book.quest));
  const { clientID: by, from, to, found } = report;
  if (verdict.kind === 'taken') {
    const { near, expected } = verdict.claim;
    const facts = { quest: id, by, from, to, found, near, expected };
    step.note({ kind: 'covered', ...facts, ...progressOf(book) });
    measureReport(step, book, verdict);
  }
  if (verdict.kind === 'named') {
    const { why, near, expected } = verdict;
    step.note({ kind: 'named', quest: id, who: by, why, near, expected });
    forgetPace(step.state.measured, by);
  }
  answerIfDone(step);
  if (verdict.kind === 'taken' || verdict.kind === 'known') leaseTo(step, by, report);
  replyIfSeen(step);
  return verdict.kind === 'refused' ? { code: 'wrong-report', problem: verdict.problem } : null;
}

/** What its sender showed: everybody measures it, so the next controller knows it too. */
function measureReport({ state, now }: Step, book: Book, { claim, since }: Taken): void {
  if (since === null) return;
  const { algorithm } = book.quest;
  const first = state.settings.firstLease ?? usualFirst;
  const { by, from, to } = claim;
  measure(state.measured, { algorithm, by, nonces: to - from, since, first }, now.at);
}

type Taken = Extract<Verdict, { kind: 'taken' }>;

/** The controller's answer ends the search, whatever we have seen of it. */
function hearOutcome(step: Step, said: SaidOutcome): Refusal | null {
  const { state, now } = step;
  if (isOfTermToCome(state, said.term)) return null;
  if (said.clientID !== controllerOf(state)) return { code: 'not-the-controller', term: said.term };
  const outcome = outcomeOf(said.found, said.reason);
  if (outcome.kind === 'refused') {
    refuseWishes(step, said.quest, outcome);
    return null;
  }
  const heard = questOf(state, said.quest);
  if (heard === null) return null;
  if (!isPossible(heard.book.quest, outcome))
    return { code: 'wrong-outcome', problem: 'its nonce does not do what was asked for' };
  if (heard.outcome === null)
    step.note({ kind: 'answered', quest: heard.id, found: said.found, reason: null });
  heard.outcome = outcome;
  if (outcome.kind === 'found') heard.book.found = outcome.nonce;
  for (const wished of state.wishes)
    if (wished.id === heard.id) wished.answer ??= { outcome, at: now.at };
  replyIfSeen(step);
  return null;
}

/** Our own people ask for a quest. */
export function wish(step: Step, { request, quest }: Asked): void {
  const { state } = step;
  const reason = problemOfQuest(quest);
  if (reason !== null) {
    const outcome = { kind: 'refused', reason } as const;
    step.act({ kind: 'reply', request, reply: { kind: 'answered', outcome, proof: noProof } });
    return;
  }
  const id = questIDOf(quest, step.hasher);
  const outcome = questOf(state, id)?.outcome ?? null;
  const answer = outcome === null ? null : { outcome, at: step.now.at };
  state.wishes = [...state.wishes, { request, id, quest, saidAt: null, answer }];
  step.alarmBy('quests', 0);
}

type Asked = Pick<Extract<Event, { kind: 'asked' }>, 'request'> & { readonly quest: Quest };

/** Says again and again that somebody wants this quest. */
export function keepAsking(step: Step, wanted: Pick<Wish, 'quest' | 'saidAt'>): void {
  const { quest, saidAt } = wanted;
  if (saidAt !== null && step.since(saidAt) < askMs) return;
  wanted.saidAt = step.now.at;
  const { algorithm, prefix, bits, from, to } = quest;
  const { self, isQuiet } = step.state.settings;
  step.say({
    kind: 'quest',
    clientID: step.self,
    ...{ algorithm, prefix, bits, from, to },
    ...(isQuiet === true && { publicKey: self.publicKey }),
  });
}

function refuseWishes(
  step: Step,
  id: Wish['id'],
  outcome: Extract<HeardQuest['outcome'], { kind: 'refused' }>,
): void {
  const { state } = step;
  const refused = state.wishes.filter((each) => each.id === id && each.answer === null);
  state.wishes = state.wishes.filter((each) => !refused.includes(each));
  for (const { request } of refused)
    step.act({ kind: 'reply', request, reply: { kind: 'answered', outcome, proof: noProof } });
}

/** Answers our people as soon as we have seen all of the search, or waited long enough for it. */
function replyIfSeen(step: Step): void {
  const { state } = step;
  state.wishes = state.wishes.filter(({ id, request, answer }) => {
    if (answer === null) return true;
    const book = questOf(state, id)?.book ?? null;
    const isSeen = book !== null && missingIn(book).length === 0;
    if (!isSeen && step.since(answer.at) < lateMs) return true;
    const proof = book === null ? noProof : proofOf(book);
    const reply = { kind: 'answered', outcome: answer.outcome, proof } as const;
    step.act({ kind: 'reply', request, reply });
    return false;
  });
}

const noProof: Proof = { reports: 0, peers: 0, covered: 0, near: 0, expected: 0, named: 0 };

function proofOf(book: Book): Proof {
  const { to } = wantedOf(book);
  const claims = book.claims.filter(({ from }) => from < to);
  return {
    reports: claims.length,
    peers: new Set(claims.map(({ by }) => by)).size,
    covered: progressOf(book).covered,
    ...sumOf(claims),
    named: book.named.length,
  };
}

function progressOf(book: Book): { readonly covered: number; readonly of: number } {
  const { from, to } = wantedOf(book);
  return { covered: to - from - sizeOf(missingIn(book)), of: to - from };
}

/** All about quests that time brings about. */
export function tendQuests(step: Step): void {
  const { state } = step;
  step.cancel('quests');
  forgetQuests(step);
  for (const wished of state.wishes) if (wished.answer === null) keepAsking(step, wished);
  replyIfSeen(step);
  dropLeases(step);
  answerIfDone(step);
  offer(step);
  if (state.quests.length > 0 || state.wishes.length > 0) step.alarm('quests', tendMs);
}
