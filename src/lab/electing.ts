/** Introductions and votes: how a network of the labs gets a controller, and why it does not. */

import { drawMs } from '../domain/dice.ts';
import type { LabMessage, LabVote, Name } from './message.ts';
import { COMMON_CLIENT_KEYS } from './spelling.ts';
import type { LabState, LabStep } from './state.ts';
import { hearAfterElection, planRepetition, repetitionMs, sayVote } from './voting.ts';

/** Those networks have some dozen peers; a flood of names is none. */
export const MOST_NAMES = 1_000;
const FIRST_WAIT_MS = 3_000;
const WAIT_MS = 10_000;
/** So long we listen at first how those who are here spell their keys. */
const LISTEN_MS = 2_200;
/** Who waits for so long, and has heard none of another kind, asks in all spellings. */
const BLIND_MS = 10_000;
/** A vote so soon after the same one is the broker's, or a client's, repetition of one message. */
const TWICE_MS = 900;
/** Some clients vote again at each introduction, within this time. */
const ECHO_MS = 300;
const MOST_GREETINGS = 50;
/** So long N messages wait, one of which is a second vote: a client that counted them is silent. */
const HOLD_MS = 4_000;
/** What is heard so soon after them was on its way. */
const ON_ITS_WAY_MS = 400;
/** After winning, before the first challenge: the others must have counted, too. */
const PREPARE_MS = 2_000;
/** A controller that says nothing for so long is gone, or very slow. */
export const SILENT_MS = 60_000;

/** Introduces us as soon as the dialect allows, and begins to say why we wait. */
export function greetNetwork(step: LabStep): void {
  const { state, dialect } = step;
  if (state.controller !== null) return;
  const isFirst = state.introducedAt === Number.NEGATIVE_INFINITY;
  const leastMs = isFirst && state.tongues.length === 0 ? LISTEN_MS : 0;
  const since = step.now.at - state.introducedAt;
  step.set('introduce', Math.max(leastMs, dialect.introduceMs - since));
  if (state.alarms.wait === undefined) step.set('wait', FIRST_WAIT_MS);
}

/** Until N votes have come; a vote that is said once only is not repeated here. */
export function introduce(step: LabStep): void {
  const { state, dialect } = step;
  const { clientID, controller, link } = state;
  if (controller !== null || !link.isConnected) return;
  // Some vote again when they hear it, and could not be told from those who count voters.
  if (state.alarms.hold !== undefined) {
    step.set('introduce', HOLD_MS);
    return;
  }
  const { spelled } = step;
  const spelling = isBlind(step) ? { client: COMMON_CLIENT_KEYS } : spelled.spelling;
  step.say({ kind: 'introduction', ...spelled, spelling, clientID });
  state.introducedAt = step.now.at;
  if (state.firstIntroducedAt === Number.NEGATIVE_INFINITY) state.firstIntroducedAt = step.now.at;
  // A little more than the least, which timers and networks would shorten otherwise.
  const jitterMs = dialect.repeatsVotes ? 0 : drawMs(state.dice, step.hasher, 100, 1_000);
  step.set('introduce', dialect.introduceMs + jitterMs);
  const isVoteDue = step.now.at - state.votedAt >= dialect.introduceMs;
  if (dialect.repeatsVotes && state.hasVoted && isVoteDue) sayVote(step);
}

/** Somebody may have introduced itself once, before we came, and wait for what it can read. */
function isBlind({ state, now }: LabStep): boolean {
  const { tongues, names, settings, firstIntroducedAt } = state;
  const isAlone = tongues.length === 0 && names.length < settings.peers;
  return isAlone && firstIntroducedAt !== Number.NEGATIVE_INFINITY
    ? now.at - firstIntroducedAt >= BLIND_MS
    : false;
}

export function hearIntroduction(
  step: LabStep,
  { clientID }: LabMessage & { readonly kind: 'introduction' },
): void {
  const { greetings } = step.state;
  if (!meet(step, clientID)) return;
  greetings.push({ clientID, at: step.now.at });
  if (greetings.length > MOST_GREETINGS) greetings.shift();
  hearAfterElection(step, clientID, 'introduction');
}

/** Counts a vote, be its sender introduced or not. */
export function hearVote(step: LabStep, vote: LabVote): void {
  const { state } = step;
  const { clientID, voteID, topic } = vote;
  if (clientID === state.clientID) {
    if (voteID !== state.voteID) {
      step.refuse({ code: 'second-peer-with-our-name' });
      return;
    }
    state.isVoteHeard = true;
  }
  if (!meet(step, clientID)) return;
  if (state.controller !== null) {
    hearAfterElection(step, clientID, 'vote');
    return;
  }
  const first = state.votes.find((other) => other.clientID === clientID);
  // The same vote on both topics is one: who counts messages listens to one of them.
  if (first !== undefined && first.topic !== topic) return;
  const isRepeated = first !== undefined;
  if (isRepeated && isByItself(step, vote)) {
    state.countsVoters = true;
    step.cancel('hold');
  }
  // Where votes are said once, a second one counts, too: the other clients count messages.
  const isCounted = !isRepeated || !countsVoters(step);
  if (isCounted && state.votes.length < MOST_NAMES) {
    state.votes.push({ clientID, voteID, topic, at: step.now.at });
  }
  decide(step);
}

/** N messages have waited long enough, and nobody governs. */
export function endHold(step: LabStep): void {
  const { kin, votes } = step.state;
  const winner = highestOf(step, votes)?.clientID;
  // One of another kind that had counted messages would have opened a challenge by now.
  electHeld(step, winner === undefined || kin.includes(winner) ? 'messages' : 'voters');
}

/** Somebody governs while N messages wait: one of ours, or one of another kind. */
export function hearGoverning(step: LabStep, { isOurs }: LabMessage): void {
  const { alarms, kin, votes } = step.state;
  if (alarms.hold === undefined) return;
  const fits = (counted: LabState['votes']): boolean => {
    const winner = highestOf(step, counted)?.clientID;
    return winner !== undefined && kin.includes(winner) === isOurs;
  };
  const voters = votersOf(votes);
  if (fits(votes) !== fits(voters)) electHeld(step, fits(votes) ? 'messages' : 'voters');
  else electHeld(step, isOfVoters(step, voters) ? 'voters' : 'messages');
}

/** N had voted well after N messages had come, and its winner had the time to prepare. */
function isOfVoters({ state, now }: LabStep, voters: LabState['votes']): boolean {
  const [message, voter] = [state.votes, voters].map((votes) => votes[state.settings.peers - 1]);
  if (message === undefined || voter === undefined) return false;
  return voter.at - message.at >= TWICE_MS && now.at - voter.at >= PREPARE_MS - ECHO_MS;
}

function electHeld(step: LabStep, by: 'messages' | 'voters'): void {
  const { votes, settings } = step.state;
  const voters = votersOf(votes);
  step.cancel('hold');
  elect(step, by === 'voters' && voters.length >= settings.peers ? voters : votes);
}

/** Says who is missing. */
export function tellWait(step: LabStep): void {
  const { state } = step;
  if (state.controller !== null) return;
  step.set('wait', WAIT_MS);
  // Whoever joined after the election hears of it by its challenges alone.
  if (state.open !== null || !state.link.isConnected) return;
  const { names, votes, settings, hasVoted, clientID: self } = state;
  const silent = names.filter(
    (name) => (hasVoted || name !== self) && !votes.some(({ clientID }) => clientID === name),
  );
  const isUnheard = hasVoted && !state.isVoteHeard;
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

function countsVoters({ state, dialect }: LabStep): boolean {
  return dialect.repeatsVotes || state.countsVoters;
}

/**
 * Whether a vote is repeated by a timer, and answers no introduction of somebody else. Who counts
 * messages and does so would elect itself, and would not vote any more once N are there; so those
 * clients count voters.
 */
function isByItself({ state, now }: LabStep, { clientID, isOurs }: LabVote): boolean {
  const { votes, greetings, kin, settings } = state;
  if (isOurs || kin.includes(clientID)) return false;
  const decisive = votes[settings.peers - 1];
  if (decisive !== undefined) return now.at - decisive.at >= ON_ITS_WAY_MS;
  const last = votes.findLast((other) => other.clientID === clientID);
  if (last === undefined || now.at - last.at < TWICE_MS) return false;
  const heard = greetings.filter((it) => it.clientID !== clientID && it.at > last.at);
  return heard.length === 0 || heard.some(({ at }) => at < now.at - ECHO_MS);
}

/** Once N have voted; where one of the first N messages is a second vote, a little later. */
function decide(step: LabStep): void {
  const { state } = step;
  const { settings, votes, controller } = state;
  if (controller !== null || votes.length < settings.peers) return;
  const voters = votersOf(votes);
  if (countsVoters(step)) {
    if (voters.length >= settings.peers) elect(step, voters);
    return;
  }
  const isPlain = votersOf(votes.slice(0, settings.peers)).length === settings.peers;
  const isLastVoter = votersOf(votes.slice(0, -1)).length < voters.length;
  const isAgreed =
    voters.length >= settings.peers && highestOf(step, voters) === highestOf(step, votes);
  if (isPlain || isAgreed) elect(step, votes);
  else if (state.alarms.hold === undefined || isLastVoter) step.set('hold', HOLD_MS);
}

function elect(step: LabStep, votes: LabState['votes']): void {
  const { state } = step;
  const highest = highestOf(step, votes);
  if (highest === undefined || state.controller !== null) return;
  state.controller = highest.clientID;
  state.electedAt = step.now.at;
  const isSelf = step.isController;
  const { clientID: controller, voteID: vote } = highest;
  step.note({ kind: 'elected', controller, vote, votes: state.settings.peers, isSelf });
  for (const alarm of ['introduce', 'ballot', 'hold', 'vote', 'wait'] as const) step.cancel(alarm);
  state.heardAt = step.now.at;
  planRepetition(step);
  if (isSelf) step.set('open', repetitionMs(state) + PREPARE_MS);
  else step.set('silence', SILENT_MS);
  // What was mined for somebody else is not ours to judge.
  if (isSelf) state.open = null;
}

/** The highest VoteID of the first N votes, then the highest ClientID. */
function highestOf(
  { state, dialect }: LabStep,
  votes: LabState['votes'],
): LabState['votes'][number] | undefined {
  const [highest] = votes
    .slice(0, state.settings.peers)
    .sort((a, b) => dialect.compare(b.voteID, a.voteID) || dialect.compare(b.clientID, a.clientID));
  return highest;
}

/** Each voter's first. */
function votersOf(votes: LabState['votes']): LabState['votes'] {
  const names = votes.map(({ clientID }) => clientID);
  return votes.filter(({ clientID }, index) => names.indexOf(clientID) === index);
}
