/** When a peer of a lab dialect says its vote, and when it says it once more (PROTOCOL 10). */

import type { Name, VoteTopic } from './message.ts';
import { spellingFor } from './spelling.ts';
import type { LabState, LabStep } from './state.ts';

/** A vote that the broker has not brought back by then was lost. */
const LOST_MS = 10_000;
/** Between an introduction and a vote: some listen to votes only once they know N. */
const ROOM_MS = 1_000;
/** Longer for two: the last to listen hears the other's vote if that is repeated, each 2 s. */
const LONG_ROOM_MS = 2_500;
/** So long clients of another kind may take to vote before us: some wait 10 s for a name. */
const PATIENCE_MS = 15_000;
/** Who votes so much later than we may have listened to no votes before. */
const LATE_MS = 200;
const AGAIN_MS = 1_000;
/** A winner that opens nothing for so long may not know that it has won. */
const STUCK_MS = 8_000;
/** What is heard so soon after the election was on its way. */
const ON_ITS_WAY_MS = 700;
/** Where challenges are open, who lacks votes is answered so often at most. */
const SELDOM_MS = 10_000;
const MOST_MISSED = 3;

/** Votes once N are known and it is our turn, and wakes us when it will be. */
export function voteIfDue(step: LabStep): void {
  const { state } = step;
  const { names, hasVoted, link, controller, settings } = state;
  if (hasVoted || controller !== null || !link.isConnected) return;
  if (names.length < settings.peers) return;
  if (state.completeAt === Number.NEGATIVE_INFINITY) state.completeAt = step.now.at;
  // Who has not heard of us counts no vote of ours; the introduction itself wakes us again.
  if (state.firstIntroducedAt === Number.NEGATIVE_INFINITY) return;
  const waitMs = Math.max(state.firstIntroducedAt + ROOM_MS, turnAt(state)) - step.now.at;
  if (waitMs > 0) {
    step.set('ballot', waitMs);
    return;
  }
  step.cancel('ballot');
  state.hasVoted = true;
  step.note({ kind: 'voted', vote: state.voteID });
  sayVote(step);
}

/**
 * After those of another kind: who has voted knows N, listens, and has shown how it spells. They
 * wait for nobody, so that no two wait for one another.
 */
function turnAt({ votes, kin, settings, completeAt }: LabState): number {
  const wanted = settings.peers - kin.length;
  if (wanted <= 0) return Number.NEGATIVE_INFINITY;
  const first = new Map<Name, number>();
  for (const { clientID, at } of votes) {
    if (!kin.includes(clientID) && !first.has(clientID)) first.set(clientID, at);
  }
  if (first.size < wanted) return completeAt + PATIENCE_MS;
  return Math.max(...first.values()) + (first.size > 1 ? LONG_ROOM_MS : ROOM_MS);
}

export function sayVote(step: LabStep): void {
  const { state, dialect } = step;
  const { clientID, voteID, votedKeys, votedTopics } = state;
  const { spelled } = step;
  state.votedAt = step.now.at;
  state.mayVoteAgain = false;
  state.isVoteMissed = false;
  for (const key of [...spelled.spelling.client, ...spelled.spelling.vote]) {
    if (!votedKeys.includes(key)) votedKeys.push(key);
  }
  for (const topic of topicsFor(step)) {
    if (!votedTopics.includes(topic)) votedTopics.push(topic);
    step.say({ kind: 'vote', ...spelled, clientID, voteID, topic });
  }
  if (!dialect.repeatsVotes) step.set('vote', LOST_MS);
}

/**
 * Where those of another kind vote, for there they listen. Who is to hear each vote once must not
 * hear it on a topic more.
 */
function topicsFor({ state, dialect }: LabStep): readonly VoteTopic[] {
  const { theirTopics } = state;
  return dialect.repeatsVotes || theirTopics.length === 0 ? dialect.voteTopics : theirTopics;
}

/** Our vote did not come back: whoever counts votes has not heard it either. */
export function sayLostVote(step: LabStep): void {
  const { state } = step;
  if (state.isVoteHeard || state.controller !== null) return;
  if (state.link.isConnected) sayVote(step);
  else step.set('vote', LOST_MS);
}

/**
 * The election is over for us: what do others need? The winner says its vote first, so that
 * whoever counts one message more has the highest among them.
 */
export function planRepetition(step: LabStep): void {
  const { state } = step;
  const { kin, votes, controller } = state;
  const others = votes.filter(({ clientID }) => !kin.includes(clientID));
  state.mayVoteAgain = state.hasVoted && others.length > 0;
  if (!state.mayVoteAgain) return;
  state.isVoteMissed = isSpelledOtherwise(state);
  const isUrgent = state.isVoteMissed || lateVoters(state).some((name) => name !== controller);
  if (step.isController) step.set('again', AGAIN_MS);
  else if (controller !== null && !kin.includes(controller)) {
    step.set('again', isUrgent ? AGAIN_MS : STUCK_MS);
  }
}

/** So long the first challenge of ours waits for the votes that are said again. */
export function repetitionMs({ mayVoteAgain }: LabState): number {
  return mayVoteAgain ? AGAIN_MS : 0;
}

/** Whoever has counted us already has all votes that it wants, and takes no notice. */
export function sayVoteAgain(step: LabStep): void {
  const { state } = step;
  if (!state.mayVoteAgain || !state.link.isConnected) return;
  if (isUnderWay(state) && !state.isVoteMissed) return;
  sayVote(step);
}

/** Somebody introduces itself or votes after our election: it may not have had its own. */
export function hearAfterElection(step: LabStep, name: Name, what: 'introduction' | 'vote'): void {
  const { state } = step;
  const { kin, votes, controller, hasVoted } = state;
  const isElector = votes.some(({ clientID }) => clientID === name);
  if (controller === null || !hasVoted || name === state.clientID || !isElector) return;
  if (step.now.at - state.electedAt < ON_ITS_WAY_MS) return;
  // The first of us that says its vote again is the winner; the others follow.
  if (what === 'vote' && name === controller && state.mayVoteAgain) step.set('again', 0);
  else if (kin.includes(name)) return;
  else if (!isUnderWay(state)) answer(step, what);
  else if (what === 'vote') answerUnderWay(step);
}

/** Under one of ours, which says its vote again first, it is enough to follow. */
function answer(step: LabStep, what: 'introduction' | 'vote'): void {
  const { state, dialect } = step;
  const { kin, controller, mayVoteAgain } = state;
  const isDue = step.now.at - state.votedAt >= dialect.introduceMs;
  const isRepeated = dialect.repeatsVotes && what === 'vote' && isDue;
  const isTheirs = controller !== null && !kin.includes(controller);
  if (isRepeated || (mayVoteAgain && isTheirs)) sayVote(step);
}

/** Seldom: most have their controller, and one that hears votes then may be confused. */
function answerUnderWay(step: LabStep): void {
  const { state } = step;
  if (step.now.at - state.votedAt < SELDOM_MS || state.timesMissed >= MOST_MISSED) return;
  state.timesMissed += 1;
  sayVote(step);
}

/** A challenge is open, or was. */
function isUnderWay({ open, closed }: LabState): boolean {
  return open !== null || closed.length > 0;
}

/** Since we voted somebody was heard who votes by other keys, or on another topic. */
function isSpelledOtherwise({ tongues, votedKeys, theirTopics, votedTopics }: LabState): boolean {
  if (theirTopics.some((topic) => !votedTopics.includes(topic))) return true;
  return tongues.some((tongue) => {
    const { client, vote } = spellingFor([tongue]);
    return [...client, ...vote].some((key) => !votedKeys.includes(key));
  });
}

/** Who of another kind first voted when ours was over and gone. */
function lateVoters({ votes, votedAt, kin }: LabState): readonly Name[] {
  const names = votes.map(({ clientID }) => clientID);
  return votes
    .filter(({ clientID, at }, index) => {
      const isFirst = names.indexOf(clientID) === index;
      return at >= votedAt + LATE_MS && isFirst && !kin.includes(clientID);
    })
    .map(({ clientID }) => clientID);
}
