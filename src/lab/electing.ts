/** Introductions and votes: how a network of the labs gets a controller, and why it does not. */

import { drawMs } from '../domain/dice.ts';
import type { LabMessage, LabVote, Name } from './message.ts';
import type { LabState, LabStep } from './state.ts';

/** Those networks have some dozen peers; a flood of names is none. */
const MOST_NAMES = 1_000;
/** A vote that the broker has not brought back by then was lost. */
const LOST_MS = 10_000;
const FIRST_WAIT_MS = 3_000;
const WAIT_MS = 10_000;
/** So long we listen at first how those who are here spell their keys. */
const LISTEN_MS = 2_200;
/** Who votes so much later than we may have listened to no votes before. */
const LATE_MS = 200;
const AGAIN_MS = 1_000;
/** A winner that opens nothing for so long may not know that it has won. */
const STUCK_MS = 8_000;
/** After winning, before the first challenge: the others must have counted, too. */
const PREPARE_MS = 2_000;
/** A controller that says nothing for so long is gone, or very slow. */
export const SILENT_MS = 60_000;

/** Introduces us as soon as the dialect allows, and begins to say why we wait. */
export function greetNetwork(step: LabStep): void {
  const { state, dialect } = step;
  if (state.controller !== null) return;
  const isFirst = state.introducedAt === Number.NEGATIVE_INFINITY;
  const leastMs = isFirst && state.spelling.client === null ? LISTEN_MS : 0;
  const since = step.now.at - state.introducedAt;
  step.set('introduce', Math.max(leastMs, dialect.introduceMs - since));
  if (state.alarms.wait === undefined) step.set('wait', FIRST_WAIT_MS);
}

/** Until N votes have come; a vote that is said once only is not repeated here. */
export function introduce(step: LabStep): void {
  const { state, dialect } = step;
  if (state.controller !== null || !state.link.isConnected) return;
  step.say({ kind: 'introduction', spelling: state.spelling, clientID: state.clientID });
  state.introducedAt = step.now.at;
  // A little more than the least, which timers and networks would shorten otherwise.
  const jitterMs = dialect.repeatsVotes ? 0 : drawMs(state.dice, step.hasher, 100, 1_000);
  step.set('introduce', dialect.introduceMs + jitterMs);
  if (dialect.repeatsVotes && state.hasVoted) sayVote(step);
}

export function hearIntroduction(
  step: LabStep,
  { clientID }: LabMessage & { readonly kind: 'introduction' },
): void {
  meet(step, clientID);
}

/** Counts a vote, be its sender introduced or not. */
export function hearVote(step: LabStep, vote: LabVote): void {
  const { state, dialect } = step;
  const { clientID, voteID } = vote;
  if (clientID === state.clientID) {
    if (voteID !== state.voteID) {
      step.refuse({ code: 'second-peer-with-our-name' });
      return;
    }
    state.isVoteHeard = true;
  }
  // A winner of our kind says it again for those who came to listen late; so do all of us then.
  const isWinner = clientID === state.controller && !step.isController;
  if (isWinner && state.mayVoteAgain) step.set('again', 0);
  if (!meet(step, clientID)) return;
  const isRepeated = state.votes.some((other) => other.clientID === clientID);
  if (dialect.repeatsVotes && isRepeated) {
    answerRepeated(step, vote);
    return;
  }
  // Where votes are said once, a second one counts, too: the other clients count messages.
  if (state.controller === null) state.votes.push({ clientID, voteID, at: step.now.at });
  decide(step);
}

/** Votes once N are known, and counts what there is. */
export function voteIfComplete(step: LabStep): void {
  const { state } = step;
  const { names, hasVoted, link, controller, settings } = state;
  if (hasVoted || controller !== null || !link.isConnected) return;
  if (names.length < settings.peers) return;
  state.hasVoted = true;
  step.note({ kind: 'voted', vote: state.voteID });
  sayVote(step);
}

/** Our vote did not come back: whoever counts votes has not heard it either. */
export function sayLostVote(step: LabStep): void {
  const { state } = step;
  if (state.isVoteHeard || state.controller !== null) return;
  if (state.link.isConnected) sayVote(step);
  else step.set('vote', LOST_MS);
}

/** Whoever has counted us already has all votes that it wants, and takes no notice. */
export function sayVoteAgain(step: LabStep): void {
  const { state } = step;
  const isUnderWay = state.open !== null || state.closed.length > 0;
  if (!state.mayVoteAgain || isUnderWay || !state.link.isConnected) return;
  sayVote(step);
}

/** Says who is missing. */
export function tellWait(step: LabStep): void {
  const { state } = step;
  if (state.controller !== null) return;
  step.set('wait', WAIT_MS);
  // Whoever joined after the election hears of it by its challenges alone.
  if (state.open !== null || !state.link.isConnected) return;
  const { names, votes, settings } = state;
  const silent = names.filter((name) => !votes.some(({ clientID }) => clientID === name));
  const isUnheard = state.hasVoted && !state.isVoteHeard;
  const lack = names.length < settings.peers ? 'peers' : isUnheard ? 'own-vote' : 'votes';
  const counts = { known: names.length, votes: votes.length, wanted: settings.peers };
  step.note({ kind: 'waiting', lack, ...counts, silent });
}

/** False for one name too many. */
function meet(step: LabStep, name: Name): boolean {
  const { names, settings } = step.state;
  if (names.includes(name)) return true;
  if (names.length >= MOST_NAMES) {
    step.refuse({ code: 'too-many' });
    return false;
  }
  names.push(name);
  step.note({ kind: 'joined', peer: name, known: names.length, wanted: settings.peers });
  return true;
}

function sayVote(step: LabStep): void {
  const { state, dialect } = step;
  const { spelling, clientID, voteID } = state;
  state.votedAt = step.now.at;
  state.mayVoteAgain = false;
  for (const topic of dialect.voteTopics) {
    step.say({ kind: 'vote', spelling, clientID, voteID, topic });
  }
  if (!dialect.repeatsVotes) step.set('vote', LOST_MS);
}

/** Who repeats its vote after the election lacks somebody's: perhaps ours. */
function answerRepeated(step: LabStep, { clientID }: LabVote): void {
  const { state, dialect } = step;
  const isOver = state.controller !== null && state.hasVoted;
  if (!isOver || clientID === state.clientID || state.open !== null || state.closed.length > 0)
    return;
  if (step.now.at - state.votedAt >= dialect.introduceMs) sayVote(step);
}

/** The highest VoteID of the first N votes, then the highest ClientID. */
function decide(step: LabStep): void {
  const { state, dialect } = step;
  const { votes, settings } = state;
  if (state.controller !== null || votes.length < settings.peers) return;
  const [highest] = [...votes].sort(
    (a, b) => dialect.compare(b.voteID, a.voteID) || dialect.compare(b.clientID, a.clientID),
  );
  if (highest === undefined) return;
  state.controller = highest.clientID;
  const isSelf = step.isController;
  const { clientID: controller, voteID: vote } = highest;
  step.note({ kind: 'elected', controller, vote, votes: votes.length, isSelf });
  for (const alarm of ['introduce', 'vote', 'wait'] as const) step.cancel(alarm);
  state.heardAt = step.now.at;
  const late = lateVoters(state);
  state.mayVoteAgain = late.length > 0;
  if (isSelf && state.mayVoteAgain) step.set('again', AGAIN_MS);
  else if (late.includes(controller)) step.set('again', STUCK_MS);
  if (isSelf) step.set('open', (state.mayVoteAgain ? AGAIN_MS : 0) + PREPARE_MS);
  else step.set('silence', SILENT_MS);
  // What was mined for somebody else is not ours to judge.
  if (isSelf) state.open = null;
}

/** Who first voted when ours was over and gone: some listen to votes only once they know N. */
function lateVoters({ votes, votedAt, hasVoted }: LabState): readonly Name[] {
  if (!hasVoted) return [];
  const names = votes.map(({ clientID }) => clientID);
  return votes
    .filter(({ clientID, at }, index) => {
      return at >= votedAt + LATE_MS && names.indexOf(clientID) === index;
    })
    .map(({ clientID }) => clientID);
}
