/** Hears votes and mandates, and obeys only whom so many members voted for [safety]. */

import type { Mandate, Message, Vote } from '../domain/message.ts';
import type { ClientID, Term } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { isMember, makeRoster, type Roster } from '../domain/roster.ts';
import { boothOf, type CastVote, hasRoom, tookPart } from '../election/booth.ts';
import { countVotes, problemOf } from '../election/mandate.ts';
import { silentHeartbeats } from '../election/suspicion.ts';
import { acquaintanceOf } from './acquainting.ts';
import { adoptFounding } from './adopting.ts';
import { attendSoon } from './attending.ts';
import { bindingOf } from './binding.ts';
import { enterOffice } from './governing.ts';
import { isInRoster, rosterOf } from './memory.ts';
import { saySolution } from './searching.ts';
import type { State } from './state.ts';
import type { Step } from './step.ts';
import { enterTerm, leaveElection, raiseTerm } from './terms.ts';
import { judgeHeir } from './yielding.ts';

/** Commitments, reveals and votes are said again so often. */
export const sayAgainMs = 500;

/** As the schema of evidence has it. */
const longestVote = 4_096;

/** The roster that a vote names, if it is one under which votes count for us. */
function electorateOf(step: Step, vote: Vote): Roster | null {
  const { memory, election, standing } = step.state;
  if (memory.network !== null) return rosterOf(memory, vote.roster);
  const roster = bindingOf(step) ?? election?.roster ?? standing;
  return roster?.digest === vote.roster ? roster : null;
}

/** Keeps a vote, and obeys as soon as enough of them make a mandate. */
export function hearVote(step: Step, vote: Vote, text: string): Refusal | null {
  const { state } = step;
  const isFounded = state.memory.network !== null;
  const roster = electorateOf(step, vote);
  const isVoter = isInRoster(state.memory, vote.clientID) || isAmong(roster, vote.clientID);
  if (isFounded && !isVoter) return { code: 'not-a-member' };
  const { votes } = boothOf(state.booths, vote.term);
  // No evidence may be longer, so neither may what is to become evidence.
  if (hasRoom(votes, vote.clientID) && text.length <= longestVote)
    votes[vote.clientID] = { vote, text };
  if (isFounded) raiseTerm(step, vote.term);
  if (roster !== null) countTerm(step, vote.term, roster);
  return null;
}

function isAmong(roster: Roster | null, clientID: ClientID): boolean {
  return roster !== null && isMember(roster, clientID);
}

/** Counts the votes of a term again: one more came, or we have a roster only now. */
function countTerm(step: Step, term: Term, roster: Roster): void {
  const { memory, obeyed, booths } = step.state;
  if (obeyed?.term === term || term < memory.term) return;
  const isFounding = memory.network === null;
  const casts = countVotes(boothOf(booths, term), roster, isFounding);
  const [first] = casts ?? [];
  if (casts === null || first === undefined) return;
  if (isFounding && !foundWith(step, roster, casts)) return;
  const by = { controllerID: first.vote.controllerID, votes: casts.length, casts };
  obey(step, term, by, false);
}

function foundWith(step: Step, roster: Roster, casts: readonly CastVote[]): boolean {
  const votes = casts.map(({ vote }) => vote);
  const founding = { members: roster.members, votes: casts.map(({ text }) => text) };
  return adoptFounding(step, founding, votes, null) === null;
}

/** The votes among what a message carries. */
export function votesIn(evidence: readonly Message[]): readonly Vote[] {
  return evidence.filter((message): message is Vote => message.kind === 'vote');
}

/** A mandate as its controller shows it. Without its roster in our ledger we ask first. */
export function hearMandate(
  step: Step,
  mandate: Mandate,
  evidence: readonly Message[],
  retained: boolean,
): Refusal | null {
  const { state } = step;
  const votes = votesIn(evidence);
  const [first] = votes;
  if (first === undefined) return { code: 'not-a-mandate', problem: 'it has no votes' };
  if (state.memory.network === null && !foundByMandate(step, mandate, votes, retained)) {
    keepForLater(step, mandate, votes, retained);
    return null;
  }
  const roster = rosterOf(state.memory, first.roster);
  if (roster === null && state.behind !== null) {
    // The blocks that we are fetching may bring its roster.
    keepForLater(step, mandate, votes, retained);
    return null;
  }
  if (roster === null) return { code: 'not-a-mandate', problem: 'its roster is none of ours' };
  const claim = { term: mandate.term, controllerID: mandate.clientID, votes };
  const problem = problemOf(claim, roster);
  if (problem !== null) return { code: 'not-a-mandate', problem };
  const by = { controllerID: mandate.clientID, votes: votes.length, casts: null };
  obey(step, mandate.term, by, !retained);
  return null;
}

/** A mandate that is the founding we voted in, and that we hear as it is made. */
function foundByMandate(
  step: Step,
  mandate: Mandate,
  votes: readonly Vote[],
  retained: boolean,
): boolean {
  const { memory, rules } = step.state;
  if (retained || memory.binding === null) return false;
  if (makeRoster(mandate.members, rules, step.hasher).digest !== memory.binding.digest)
    return false;
  const founding = { members: mandate.members, votes: mandate.votes };
  return adoptFounding(step, founding, votes, memory.binding.digest) === null;
}

/**
 * An unfounded peer can't check a mandate. A retained one proves nothing about today: its network
 * has three heartbeats to show that it lives. One that was just said shows that by itself.
 */
export function keepForLater(
  step: Step,
  mandate: Mandate,
  votes: readonly Vote[],
  retained: boolean,
): void {
  const { state, now } = step;
  const pending = state.pendingMandate?.mandate;
  if (pending === undefined || pending.term <= mandate.term)
    state.pendingMandate = { mandate, votes };
  attendSoon(step);
  const isFounded = state.memory.network !== null;
  if (!retained || isFounded || state.deadMandateUntil !== null) return;
  const patienceMs = silentHeartbeats * state.settings.heartbeatMs;
  state.deadMandateUntil = (now.at + patienceMs) as typeof now.at;
  step.alarmBy('gather', patienceMs);
}

/** Looks again at a mandate that came before we knew its network. */
export function reconsiderMandate(step: Step): void {
  const { pendingMandate, memory } = step.state;
  if (pendingMandate === null || memory.network === null) return;
  const { mandate, votes } = pendingMandate;
  const isKnown = votes[0] !== undefined && rosterOf(memory, votes[0].roster) !== null;
  if (!isKnown && step.state.behind !== null) return;
  step.state.pendingMandate = null;
  if (mandate.term < memory.term) return;
  const refusal = hearMandate(step, mandate, votes, true);
  if (refusal !== null) step.refuse(mandate.clientID, refusal);
}

/** Who made a controller: so many votes; themselves if we counted them, not its controller. */
type Voters = {
  readonly controllerID: ClientID;
  readonly votes: number;
  readonly casts: readonly CastVote[] | null;
};

/** Obeys a checked mandate; `isConfirmed` if its controller is known to know of it. */
function obey(step: Step, term: Term, voters: Voters, isConfirmed: boolean): void {
  const { state, now } = step;
  const { controllerID, casts } = voters;
  if (term < state.memory.term) return;
  if (state.obeyed?.term === term) {
    if (isConfirmed) confirm(step);
    return;
  }
  const isRise = term > state.memory.term;
  step.record({ kind: 'obeyed', term, controllerID });
  if (isRise) enterTerm(step);
  const isSelf = controllerID === step.self;
  // [safety] Who restarted since has forgotten what it said in this term.
  const isOurs = isSelf && casts !== null && tookPart(boothOf(state.booths, term));
  judgeHeir(step, controllerID);
  state.obeyed = {
    term,
    controllerID,
    at: now.at,
    heardAt: now.at,
    isLive: isSelf || isKnownToLive(state, term, controllerID),
    jitterMs: step.jitter(0, state.settings.heartbeatMs),
    isConfirmed: isConfirmed || isOurs,
    hasSteppedDown: isSelf && !isOurs,
    progressAt: now.at,
    blocksAt: now.at,
    solvedMs: 0,
    leftOut: null,
    isUnjust: false,
    vain: 0,
    patientUntil: now.at,
  };
  state.givenUp = 0;
  leaveElection(step);
  step.cancel('elect');
  noteMandate(step, term, voters, isSelf && !isOurs);
  if (!isSelf) acquaintanceOf(step, controllerID);
  if (isOurs) enterOffice(step, casts);
  // Its controller may lack our vote, although we have all that it needs.
  else if (!isConfirmed && state.lastVote?.term === term) step.alarm('say-again', sayAgainMs);
  saySolution(step);
}

function noteMandate(step: Step, term: Term, voters: Voters, isOld: boolean): void {
  const { controllerID: controller, votes } = voters;
  if (isOld) step.note({ kind: 'stepped-down', term, why: 'restarted' });
  else step.note({ kind: 'mandate', term, controller, votes, isSelf: controller === step.self });
}

/** It is younger than our connection, or has named it, or follows one that we knew to live. */
function isKnownToLive(state: State, term: Term, controllerID: ClientID): boolean {
  const { lastVote, votedAt, link, obeyed } = state;
  const hasVoted = lastVote?.term === term && votedAt >= link.since;
  return hasVoted || link.answeredBy === controllerID || obeyed?.isLive === true;
}

/** The controller shows that it knows of its mandate: our vote need not be said again. */
export function confirm(step: Step): void {
  const { obeyed } = step.state;
  if (obeyed !== null) obeyed.isConfirmed = true;
}
