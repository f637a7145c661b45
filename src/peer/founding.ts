/** Gathers N peers and elects among them: the open founding (PROTOCOL 5.4 to 5.8). */

import type { Commitment, Member, Reveal } from '../domain/message.ts';
import type { ClientID, Instant, Term } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { isMember, makeRoster, type Roster } from '../domain/roster.ts';
import { boothOf, isOpen, keepNamed } from '../election/booth.ts';
import { commitmentOf } from '../election/draw.ts';
import { chooseMembers, knownForMs } from '../election/gathering.ts';
import { retractSilent } from './acquainting.ts';
import { bindingMs, bindingOf } from './binding.ts';
import {
  beginElection,
  closePhase,
  giveUp,
  joinElection,
  keepCommitment,
  keepReveal,
  revealMs,
} from './electing.ts';

import { lacksGenesis } from './inheriting.ts';
import { namesakeOf, whoIsKnown } from './namesakes.ts';
import { greetSoon } from './presence.ts';

import type { Step } from './step.ts';
import { leaveElection } from './terms.ts';

/** Others get so long to be heard before we elect. */
const firstWordsMs = 50;
const firstWordsAloneMs = 1_000;

/** Looks who is there, and elects as soon as we stand for a roster. */
export function gather(step: Step): void {
  const { state } = step;
  if (state.memory.network !== null || !state.link.isConnected) return;
  if (state.settings.isQuiet === true) return;
  step.cancel('gather');
  retractSilent(step);
  forgetNetwork(step);
  setGather(step);
  if (isLocked(step)) return;
  const roster = chooseRoster(step);
  if (roster?.digest !== state.standing?.digest) {
    state.standing = roster;
    greetSoon(step);
  }
  if (roster === null) {
    if (state.election?.phase === 'commit') leaveElection(step);
    return;
  }
  elect(step, roster);
}

/** From a reveal on the roster stays, until we have voted or time is up. */
function isLocked(step: Step): boolean {
  const { state } = step;
  if (state.election === null || state.election.phase === 'vote') return false;
  return state.lockedUntil !== null && step.now.at < state.lockedUntil;
}

/** The roster to stand for: the one that binds us, else the lowest of those who are there. */
function chooseRoster(step: Step): Roster | null {
  const { state, now } = step;
  const binding = bindingOf(step);
  if (binding !== null) return binding;
  if (lacksGenesis(state)) return null;
  if (state.heardNetwork !== null) return null;
  if (state.deadMandateUntil !== null && now.at < state.deadMandateUntil) return null;
  if (state.link.isLeaving) return null;
  const { settings, rules } = state;
  const members = chooseMembers(whoIsKnown(step), settings.peers, settings.founders);
  if (members === null) return chooseVouched(step);
  if (!members.some(({ clientID }) => clientID === step.self)) return null;
  const isSame = state.standing !== null && haveSameNames(members, state.standing.members);
  return isSame ? state.standing : makeRoster(members, rules, step.hasher);
}

/**
 * While too few are known, a roster counts that a peer has just committed under: that peer has
 * heard all of it live. Of ten that start at once, each has heard live only those who came after
 * it; without this they would have to wait until all have greeted.
 */
function chooseVouched(step: Step): Roster | null {
  const { booths } = step.state;
  const vouched = Object.values(booths).flatMap((booth) =>
    isOpen(booth, step.now.at) ? booth.named : [],
  );
  const known = new Set(whoIsKnown(step).map(({ clientID }) => clientID));
  let best: { readonly roster: Roster; readonly known: number } | null = null;
  for (const roster of vouched) {
    if (!roster.members.every(({ clientID }) => mayFound(step, clientID))) continue;
    const count = roster.members.filter(({ clientID }) => known.has(clientID)).length;
    // A roster of unknown names comes last.
    if (best === null || count > best.known) best = { roster, known: count };
  }
  return best?.roster ?? null;
}

/** Nothing that we have heard of this peer speaks against it. */
function mayFound(step: Step, clientID: ClientID): boolean {
  const { state } = step;
  if (namesakeOf(step, clientID) !== null) return false;
  const peer = state.acquaintances[clientID];
  if (peer === undefined) return true;
  return peer.gone === null && peer.network === null && (peer.rules ?? state.rules) === state.rules;
}

/** The roster that a commitment spells out, if it is one that we could stand for, too. */
function rosterNamed(step: Step, { roster: digest, members }: Commitment): Roster | null {
  const { settings, rules } = step.state;
  if (settings.founders !== null) {
    const ours = makeRoster(settings.founders, rules, step.hasher);
    return ours.digest === digest && isMember(ours, step.self) ? ours : null;
  }
  if (members?.length !== settings.peers) return null;
  if (!members.some(({ clientID }) => clientID === step.self)) return null;
  const roster = makeRoster(members, rules, step.hasher);
  return roster.digest === digest ? roster : null;
}

/** Both in order of ClientID; a name stands for one key. */
function haveSameNames(ones: readonly Member[], others: readonly Member[]): boolean {
  const isSame = (one: Member, index: number): boolean => one.clientID === others[index]?.clientID;
  return ones.length === others.length && ones.every(isSame);
}

function elect(step: Step, roster: Roster): void {
  const { state } = step;
  const { election } = state;
  const waitMs = roster.members.length === 1 ? firstWordsAloneMs : firstWordsMs;
  const connectedMs = step.since(state.link.since);
  if (connectedMs < waitMs && !isLast(step, roster)) {
    step.alarmBy('gather', waitMs - connectedMs);
  } else if (election === null) {
    if (!step.isSet('elect')) beginElection(step, roster, 'founding');
  } else if (election.phase === 'commit' && election.roster.digest !== roster.digest) {
    changeRoster(step, roster, election.term);
  }
  closePhase(step, false);
}

/**
 * Whether all others of `roster` stand for it in one term: they have waited for the word of a
 * network, and heard none, so that whoever comes last need not wait.
 */
function isLast(step: Step, roster: Roster): boolean {
  const others = roster.members.filter(({ clientID }) => clientID !== step.self);
  if (others.length === 0) return false;
  return Object.values(step.state.booths).some(({ commitments }) =>
    others.every(({ clientID }) => commitments[clientID]?.roster === roster.digest),
  );
}

/** Another roster while still committing: the same term, unless others are further already. */
function changeRoster(step: Step, roster: Roster, term: Term): void {
  const { booths } = step.state;
  const isHigherHeard = Object.values(booths).some((booth) => booth.term > term);
  const isRevealed = Object.keys(boothOf(booths, term).reveals).length > 0;
  if (!isHigherHeard && !isRevealed) joinElection(step, term, roster);
  else beginElection(step, roster, 'founding');
}

/** Any known peer may commit: who is in the roster is what is being found out. */
export function hearFounderCommitment(step: Step, commitment: Commitment): Refusal | null {
  const { state, now } = step;
  keepCommitment(step, commitment);
  const { election } = state;
  const booth = boothOf(state.booths, commitment.term);
  const named = commitment.clientID === step.self ? null : rosterNamed(step, commitment);
  if (named !== null) keepNamed(booth, named);
  const isHigher = election !== null && election.phase === 'commit';
  if (isHigher && commitment.term > election.term && isOpen(booth, now.at) && !isLocked(step))
    joinElection(step, commitment.term, election.roster);
  closePhase(step, false);
  return null;
}

/**
 * The first reveal that opens a commitment under a roster under which we have committed, too, binds
 * us to that roster for this term: its sender has closed its phase and counts on us.
 */
export function hearFounderReveal(step: Step, reveal: Reveal): Refusal | null {
  const { state } = step;
  const refusal = keepReveal(step, reveal);
  if (refusal !== null) return refusal;
  const { term, clientID } = reveal;
  const booth = boothOf(state.booths, term);
  const opened = booth.commitments[clientID];
  const isOpened = opened?.commit === commitmentOf(term, clientID, reveal.nonce, step.hasher);
  // One that is outside of it has closed no phase, and may name any roster.
  const roster = booth.ownRosters.find(
    ({ digest, members }) =>
      digest === opened?.roster && members.some((member) => member.clientID === clientID),
  );
  const binding = bindingOf(step);
  const isFree = binding === null || binding.digest === roster?.digest;
  if (isOpened && roster !== undefined && isFree && isCommitting(step, term))
    lock(step, term, roster);
  closePhase(step, false);
  return null;
}

/** Whether that term can still be ours: we have not revealed or given up, nor begun a later one. */
function isCommitting(step: Step, term: Term): boolean {
  const { election, booths } = step.state;
  const { hasRevealed, isGivenUp } = boothOf(booths, term);
  if (hasRevealed || isGivenUp || isLocked(step)) return false;
  return election === null || (election.term === term && election.phase === 'commit');
}

function lock(step: Step, term: Term, roster: Roster): void {
  const { state } = step;
  if (state.election?.roster.digest !== roster.digest) joinElection(step, term, roster);
  state.lockedUntil = (step.now.at + revealMs) as Instant;
  step.alarm('phase', revealMs);
}

/** The lock's time is up and we have not even revealed: the term is given up. */
export function breakLock(step: Step): void {
  const { election, lockedUntil } = step.state;
  if (election === null || lockedUntil === null || step.now.at < lockedUntil) return;
  if (election.phase === 'commit') giveUp(step, 0, election.roster.members.length);
}

/** A network that was named once, and is silent since, is none. */
function forgetNetwork(step: Step): void {
  const { state, now } = step;
  const { heardNetwork, deadMandateUntil, pendingMandate } = state;
  const patienceMs = knownForMs(state.settings.announceMs);
  if (heardNetwork !== null && step.since(heardNetwork.at) > patienceMs) {
    state.heardNetwork = null;
    state.behind = null;
  }
  if (deadMandateUntil === null || now.at < deadMandateUntil || pendingMandate === null) return;
  state.pendingMandate = null;
  const { clientID, term } = pendingMandate.mandate;
  if (heardNetwork === null) step.note({ kind: 'dead-mandate', controller: clientID, term });
}

/** Wakes when the next of those who count now would have been silent too long. */
function setGather(step: Step): void {
  const { state, now } = step;
  const lastsMs = knownForMs(state.settings.announceMs);
  const ends = Object.values(state.acquaintances)
    .filter(({ heardAt, gone }) => heardAt !== null && gone === null && heardAt + lastsMs >= now.at)
    .map(({ heardAt }) => (heardAt ?? 0) + lastsMs + 1);
  if (state.heardNetwork !== null) ends.push(state.heardNetwork.at + lastsMs + 1);
  const { deadMandateUntil } = state;
  if (deadMandateUntil !== null && deadMandateUntil > now.at) ends.push(deadMandateUntil);
  if (state.memory.binding !== null) ends.push(state.boundAt + bindingMs + 1);
  const next = Math.min(...ends.filter((end) => end > now.at));
  if (Number.isFinite(next)) step.alarmBy('gather', next - now.at);
}
