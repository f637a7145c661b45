/** Takes part in an election: commitment, reveal, draw, vote (PROTOCOL 6.2 to 6.6). */

import { assert } from '../domain/assert.ts';
import type { Suspicion } from '../domain/cause.ts';
import { drawNonce } from '../domain/dice.ts';
import type { Commitment, Reveal, Vote } from '../domain/message.ts';
import type { ClientID, Nonce, Term } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { isMember, majority, type Roster } from '../domain/roster.ts';
import { type Booth, boothOf, chooseTerm, hasRoom, isNearlyFar } from '../election/booth.ts';
import { commitmentOf, draw, drawnBits, numberOf } from '../election/draw.ts';
import { mandateMs } from '../election/suspicion.ts';
import { nameInCommitment, nameWithoutLot } from './choosing.ts';
import { sayAgainMs } from './obeying.ts';
import { beat } from './presence.ts';
import type { Election } from './state.ts';
import type { Step } from './step.ts';
import { leaveElection, raiseTerm } from './terms.ts';
import { hasMadeWay } from './yielding.ts';

/** A commit phase ends after so long, once enough have committed. */
export const phaseMs = 2_000;

/**
 * Whoever joined when we revealed stays in its commit phase for all of that, and reveals then. With
 * reveals no longer awaited than that, two peers miss one another by a hair, term after term.
 */
export const revealMs = 2_500;

/** Begins, or joins, the election of the next term under `roster`. */
export function beginElection(step: Step, roster: Roster, suspicion: Suspicion): void {
  const { booths, memory } = step.state;
  const term = chooseTerm(booths, memory.term, step.now.at);
  step.cancel('elect');
  joinElection(step, term, roster);
  step.note({ kind: 'election', term, suspicion });
}

/** Commits in `term`, for the first time or under another roster or coming from a lower term. */
export function joinElection(step: Step, term: Term, roster: Roster): void {
  const { state } = step;
  const isFounding = state.memory.network === null;
  // A member can claim a term that is just not far: then the others refuse the next one as far.
  if (!isFounding && isNearlyFar(term, state.memory.term)) raiseTerm(step, (term - 1) as Term);
  const begunAt = state.election?.term === term ? state.election.begunAt : step.now.at;
  state.election = { term, roster, isFounding, phase: 'commit', begunAt, counted: {} };
  sayCommitment(step, state.election);
  step.alarm('phase', phaseMs);
}

/** Our nonce is one for the term, whatever the roster: so the commitment is the same, too. */
function sayCommitment(step: Step, election: Election): void {
  const { state, hasher } = step;
  const { term, roster, isFounding } = election;
  const booth = boothOf(state.booths, term);
  booth.nonce ??= drawNonce(state.dice, hasher);
  const isTried = booth.ownRosters.some(({ digest }) => digest === roster.digest);
  if (!isTried) booth.ownRosters.push(roster);
  const commitment: Commitment = {
    kind: 'commitment',
    clientID: step.self,
    term,
    roster: roster.digest,
    commit: commitmentOf(term, step.self, booth.nonce, hasher),
    ...(isFounding && { publicKey: state.settings.self.publicKey }),
    ...(isFounding && namesMembers(step, booth, roster) && { members: roster.members }),
    ...nameInCommitment(state.settings),
  };
  step.say(commitment);
  step.alarm('say-again', sayAgainMs);
}

/** In a crowd only this many spell their roster out: those with the lowest names. */
const mostNaming = 4;
const crowd = 16;

/** The first to commit vouches for all of its roster: others may not have heard them yet. */
function namesMembers({ self, state }: Step, booth: Booth, { digest, members }: Roster): boolean {
  if (state.settings.founders !== null || members.length === 1) return false;
  const isSecond = Object.entries(booth.commitments).some(
    ([name, { roster }]) => name !== self && roster === digest,
  );
  const isChosen = members.slice(0, mostNaming).some(({ clientID }) => clientID === self);
  return !isSecond && (members.length <= crowd || isChosen);
}

/** Says our part of the phase again; in a founding the commitment, too, until the vote. */
export function sayAgain(step: Step): void {
  const { election, lastVote, obeyed } = step.state;
  if (election === null) {
    const isMissed = obeyed !== null && !obeyed.isConfirmed && lastVote?.term === obeyed.term;
    if (isMissed) sayVote(step, lastVote);
    return;
  }
  const { phase, isFounding } = election;
  if (phase === 'commit' && hasMadeWay(step)) beat(step);
  if (phase === 'commit' || (phase === 'reveal' && isFounding)) sayCommitment(step, election);
  if (phase === 'reveal' || (phase === 'vote' && isFounding)) sayReveal(step, election);
  if (phase === 'vote' && lastVote !== null) sayVote(step, lastVote);
}

/** Keeps a commitment; what follows from it is for the caller and `closePhase`. */
export function keepCommitment(step: Step, commitment: Commitment): void {
  const { clientID, term, roster, commit, name } = commitment;
  const booth = boothOf(step.state.booths, term);
  if (!hasRoom(booth.commitments, clientID)) return;
  booth.commitments[clientID] = { roster, commit, ...(name !== undefined && { name }) };
  booth.committedAt = step.now.at;
}

/** Keeps a reveal, unless it opens another commitment than its sender's. */
export function keepReveal(step: Step, reveal: Reveal): Refusal | null {
  const { clientID, term, nonce } = reveal;
  const booth = boothOf(step.state.booths, term);
  const commitment = booth.commitments[clientID];
  const opened = commitmentOf(term, clientID, nonce, step.hasher);
  if (commitment !== undefined && commitment.commit !== opened) return { code: 'wrong-commitment' };
  if (hasRoom(booth.reveals, clientID)) booth.reveals[clientID] = nonce;
  return null;
}

/** Goes on to the next phase if this one is complete, or `isLate` and enough have spoken. */
export function closePhase(step: Step, isLate: boolean): void {
  const { election } = step.state;
  if (election === null) return;
  const booth = boothOf(step.state.booths, election.term);
  if (election.phase === 'commit') closeCommitments(step, election, booth);
  else if (election.phase === 'reveal') closeReveals(step, election, booth, isLate);
  else if (isLate) giveUp(step, countFor(booth, election), needed(election));
}

function closeCommitments(step: Step, election: Election, booth: Booth): void {
  const { roster, isFounding } = election;
  const committed = roster.members.filter(
    ({ clientID }) => booth.commitments[clientID]?.roster === roster.digest,
  );
  const missing = roster.members.length - committed.length;
  const isComplete = missing === 0 || (!isFounding && missing === countLost(step, booth, roster));
  const isEnough = committed.length >= needed(election);
  const isLate = step.since(election.begunAt) >= phaseMs;
  if (isEnough && (isComplete || isLate)) reveal(step, election, booth);
  else if (isLate && !step.isSet('phase')) tellMissing(step, election, committed.length);
}

/** Members that did not commit, and whose will or goodbye we have heard. */
function countLost(step: Step, booth: Booth, roster: Roster): number {
  return roster.members.filter(({ clientID }) => {
    const isGone = (step.state.acquaintances[clientID]?.gone ?? null) !== null;
    return isGone && booth.commitments[clientID]?.roster !== roster.digest;
  }).length;
}

/** The commit phase lasts until enough are there; people hear now and then how many are. */
function tellMissing(step: Step, election: Election, present: number): void {
  if (election.isFounding) return;
  step.alarm('phase', 5 * phaseMs);
  const of = election.roster.members.length;
  step.note({ kind: 'no-quorum', present, needed: needed(election), of });
}

/** [safety] What is counted is fixed before our own nonce is known to anybody. */
function reveal(step: Step, election: Election, booth: Booth): void {
  const { state } = step;
  const counted: Election['counted'] = {};
  for (const { clientID } of election.roster.members) {
    const commitment = booth.commitments[clientID];
    if (commitment?.roster === election.roster.digest) counted[clientID] = commitment;
  }
  election.counted = counted;
  election.phase = 'reveal';
  booth.hasRevealed = true;
  if (election.isFounding) state.lockedUntil = (step.now.at + revealMs) as typeof step.now.at;
  sayReveal(step, election);
  step.alarm('phase', revealMs);
  step.alarm('say-again', sayAgainMs);
  closePhase(step, false);
}

function sayReveal(step: Step, election: Election): void {
  const { nonce } = boothOf(step.state.booths, election.term);
  assert(nonce !== null, 'Who reveals has committed.');
  step.say({ kind: 'reveal', clientID: step.self, term: election.term, nonce });
  step.alarm('say-again', sayAgainMs);
}

function closeReveals(step: Step, election: Election, booth: Booth, isLate: boolean): void {
  const awaited = Object.keys(election.counted) as ClientID[];
  if (!isLate && awaited.some((clientID) => booth.reveals[clientID] === undefined)) return;
  const nonces: Record<ClientID, Nonce> = {};
  for (const [name, { commit }] of Object.entries(election.counted)) {
    const clientID = name as ClientID;
    const nonce = booth.reveals[clientID];
    const opens = nonce !== undefined && commitmentOf(election.term, clientID, nonce, step.hasher);
    if (nonce !== undefined && opens === commit) nonces[clientID] = nonce;
  }
  const revealed = Object.keys(nonces).length;
  const isComplete = revealed === awaited.length;
  if (revealed >= needed(election) && (isComplete || isLate)) vote(step, election, nonces);
  else if (isLate) giveUp(step, revealed, needed(election));
}

/** Draws, and votes for the highest: once a term, and recorded before anybody hears of it. */
function vote(step: Step, election: Election, nonces: Record<ClientID, Nonce>): void {
  const { state, hasher } = step;
  const { memory } = state;
  const { term, roster, isFounding } = election;
  const drawn = draw(term, roster.digest, nonces, hasher);
  const named = nameWithoutLot(state, drawn, election.counted);
  step.note({ kind: 'drawn', term, ...drawn, ...(named !== null && { named }) });
  // [safety] One vote a term, ever; and none in a term that is over.
  if (term < memory.term || term <= memory.usedTerm) {
    giveUp(step, 0, needed(election));
    return;
  }
  const { accepted } = memory;
  const isOpen = accepted !== null && accepted.block.transactionID === memory.height;
  const own: Vote = {
    kind: 'vote',
    clientID: step.self,
    term,
    voteID: numberOf(drawn.seed, step.self, hasher),
    controllerID: named?.peer ?? drawn.highest,
    draw: drawn.seed,
    drawn: drawnBits(roster, (peer) => nonces[peer] !== undefined),
    roster: roster.digest,
    transactionID: memory.height,
    ...(isOpen ? { accepted: { term: accepted.term, block: accepted.block } } : {}),
  };
  const { voteID, controllerID } = own;
  const founding = isFounding ? roster.members : null;
  step.record({ kind: 'voted', term, controllerID, voteID, founding });
  state.lastVote = own;
  state.votedAt = step.now.at;
  state.boundAt = step.now.at;
  state.lockedUntil = null;
  state.termSince = step.now.at;
  election.phase = 'vote';
  step.alarm('phase', mandateMs + Math.min(state.givenUp, 10) * 500);
  sayVote(step, own);
}

function sayVote(step: Step, own: Vote): void {
  if (step.state.memory.network === null) step.state.boundAt = step.now.at;
  step.say(own);
  step.alarm('say-again', sayAgainMs);
}

/** Leaves the term to itself, and goes on after a while with a later one. */
export function giveUp(step: Step, heard: number, of: number): void {
  const { state } = step;
  if (state.election === null) return;
  const { term } = state.election;
  boothOf(state.booths, term).isGivenUp = true;
  step.note({ kind: 'gave-up', term, heard, needed: of });
  state.givenUp += 1;
  leaveElection(step);
  step.alarm('elect', step.jitter(300, 1_500));
}

/** Votes for whoever has most of them, so that people see how near it was. */
function countFor(booth: Booth, election: Election): number {
  const counts = new Map<ClientID, number>();
  for (const { vote: cast } of Object.values(booth.votes)) {
    if (!isMember(election.roster, cast.clientID)) continue;
    counts.set(cast.controllerID, (counts.get(cast.controllerID) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

/** In a founding everybody is needed, later a majority. */
function needed(election: Election): number {
  const size = election.roster.members.length;
  return election.isFounding ? size : majority(size);
}
