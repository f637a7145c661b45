/** Hands each heard message to the room that understands it. */

import type { Event } from '../domain/contract.ts';
import {
  type Enveloped,
  type Introduction,
  type Message,
  type Presence,
  senderOf,
} from '../domain/message.ts';
import { type ClientID, UNFOUNDED } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { isMember } from '../domain/roster.ts';
import { isFar, isFarOfStranger } from '../election/booth.ts';
import { hearProposal } from './acknowledging.ts';
import { hearAbout, hearAlive, hearBeat, hearSign, learnKey, refuseCounts } from './acquainting.ts';
import { answerSoon } from './answering.ts';
import { appendSealed } from './appending.ts';
import { fallBehind } from './asking.ts';
import { hearBatch, hearBatchRequest } from './batches.ts';
import { hearFounderCommitment, hearFounderReveal } from './founding.ts';
import { hearAcknowledgement, hearSolution } from './governing.ts';
import { hearHeartbeat } from './heartbeats.ts';
import { hearRequest } from './helping.ts';
import { hearOwnPresence, hearOwnRequest, vanish, yieldIncarnation } from './linking.ts';
import { lookAgain, lookAround } from './looking.ts';
import { refuseNamesake } from './namesakes.ts';
import { hearMandate, hearVote, keepForLater, votesIn } from './obeying.ts';
import { controllerOf } from './presence.ts';
import { hearOfQuests } from './questing.ts';
import { hearChallenge, hearRefusedSolution } from './searching.ts';
import { hasChanged, isNewInBooth, movable } from './signs.ts';
import type { Step } from './step.ts';
import { hearCommitment, hearController, hearReveal } from './suspecting.ts';
import { hearAnswer } from './syncing.ts';
import { hearTransaction } from './taking.ts';
import { isBacklogFull } from './writing.ts';

type Heard = Extract<Event, { kind: 'heard' }>;

/** Returns why the message was not taken; null if it was, or if it is none of our business. */
export function hear(step: Step, heard: Heard): Refusal | null {
  const { message, retained } = heard;
  if (message.kind === 'transaction')
    return step.isSilent ? null : hearTransaction(step, message.transaction);
  const sender = senderOf(message);
  // Its age is unknown: kept heartbeats would make newcomers believe that the dead live.
  if (retained && message.kind !== 'presence' && message.kind !== 'mandate')
    return { code: 'retained' };
  const stale = refuseCounts(step, message);
  if (stale !== null) return stale;
  if (sender === step.self) return hearOwn(step, heard);
  // Those who ask without an introduction want nothing but an answer: no peer counts on them.
  if (retained || isWordOfNobody(message)) return dispatch(step, heard);
  return hearLive(step, heard, message);
}

/** A live message: it may show that its sender is there. */
function hearLive(step: Step, heard: Heard, message: Enveloped): Refusal | null {
  const sender = senderOf(message);
  learnKey(step, sender, message);
  const isSign = hearSign(step, sender, message);
  const isNews = isNewInBooth(step, message);
  const before = movable(step.state);
  const refusal = dispatch(step, heard);
  const isController = sender === controllerOf(step.state) && isOfController(message);
  const hasMoved = isNews || (isController && hasChanged(before, movable(step.state)));
  const isAlive = refusal === null && hasMoved;
  if (isAlive) hearAlive(step, sender);
  if (isController && (isSign || isAlive)) hearController(step);
  return refusal;
}

function isWordOfNobody(message: Message): boolean {
  return (
    (message.kind === 'request' || message.kind === 'quest') && message.publicKey !== undefined
  );
}

function isOfController(message: Message): boolean {
  if (message.kind === 'heartbeat') return message.controllerID === message.clientID;
  return ['challenge', 'proposal', 'result', 'mandate', 'lease', 'outcome'].includes(message.kind);
}

/** Our own voice, back from the hands: it counts like anybody's where votes are counted. */
function hearOwn(step: Step, heard: Heard): Refusal | null {
  const { message } = heard;
  switch (message.kind) {
    case 'introduction':
    case 'heartbeat': {
      const isOther = message.incarnation > step.state.memory.incarnation;
      if (!isOther) return null;
      if (step.state.naming !== null) {
        yieldIncarnation(step, message.incarnation);
        return null;
      }
      // Two that vote and govern under one name contradict each other: the older one goes.
      step.refuse(step.self, { code: 'second-peer-with-our-name' });
      vanish(step, 'name-taken');
      return null;
    }
    case 'presence':
      hearOwnPresence(step, message);
      return null;
    case 'mandate':
      return heard.retained ? dispatch(step, heard) : null;
    case 'request':
      if (!heard.retained) hearOwnRequest(step, message);
      return null;
    case 'answer':
      return null;
    default:
      return dispatch(step, heard);
  }
}

/** What does not prove itself, as a mandate does, and would raise our term, or wait for a rise. */
const unproven: ReadonlySet<string> = new Set(['commitment', 'reveal', 'vote', 'challenge']);

/** A peer that uses up terms would leave none for the others. */
function refuseFarTerm(step: Step, message: Message): Refusal | null {
  const { term: ours } = step.state.memory;
  if (!unproven.has(message.kind) || !('term' in message)) return null;
  // A challenge opens no term; one that comes before we have learned its network waits for it.
  const mayAskAhead = message.kind === 'challenge' || isFounder(step, senderOf(message));
  const isRefused = mayAskAhead ? isFar : isFarOfStranger;
  return isRefused(message.term, ours) ? { code: 'far-term', term: message.term, ours } : null;
}

/** Whether a peer has a part in the founding that we stand for; true of all when it is over. */
function isFounder({ state, self }: Step, sender: ClientID): boolean {
  const { memory, standing, election } = state;
  const roster = election?.roster ?? standing;
  if (memory.network !== null || sender === self) return true;
  return roster !== null && isMember(roster, sender);
}

function dispatch(step: Step, heard: Heard): Refusal | null {
  const { message, text, retained, evidence } = heard;
  if (message.kind === 'transaction') return null;
  if (step.isSilent) return observe(step, heard);
  const far = refuseFarTerm(step, message);
  if (far !== null) return far;
  const isFounding = step.state.memory.network === null;
  switch (message.kind) {
    case 'introduction':
      return hearIntroduction(step, message);
    case 'presence': {
      const refusal = hearRules(step, message);
      // What a broker kept may be of peers long gone: their rules do not matter.
      return retained ? null : refusal;
    }
    case 'heartbeat':
      return hearHeartbeat(step, message);
    case 'commitment':
      return isFounding ? hearFounderCommitment(step, message) : hearCommitment(step, message);
    case 'reveal':
      return isFounding ? hearFounderReveal(step, message) : hearReveal(step, message);
    case 'vote':
      return hearVote(step, message, text);
    case 'mandate':
      lookAround(step);
      return hearMandate(step, message, evidence, retained);
    case 'challenge':
      return hearChallenge(step, message);
    case 'solution':
      hearSolution(step, message);
      return null;
    case 'proposal':
      return hearProposal(step, message);
    case 'acknowledgement':
      hearAcknowledgement(step, message, text);
      return null;
    case 'result':
      return message.result === 1
        ? hearResult(step, message, evidence)
        : hearRefusedSolution(step, message);
    case 'request':
      return hearRequest(step, message);
    case 'answer':
      return hearAnswer(step, message, evidence);
    case 'batch':
      return hearBatch(step, message);
    case 'fetch':
      return hearBatchRequest(step, message);
    case 'quest':
    case 'offer':
    case 'lease':
    case 'report':
    case 'outcome':
      return hearOfQuests(step, message);
  }
}

/** While we cannot write, nobody's word concerns us but who is there, and what is final. */
function observe(step: Step, { message, evidence, retained }: Heard): Refusal | null {
  switch (message.kind) {
    case 'mandate':
      // A broker that kept it gives it once, right at the start.
      if (step.state.naming !== null) keepForLater(step, message, votesIn(evidence), retained);
      return null;
    case 'introduction':
    case 'presence':
      hearAbout(step, message);
      return null;
    case 'heartbeat':
      hearBeat(step, message);
      return null;
    case 'batch':
      return hearBatch(step, message);
    case 'result':
      if (message.result === 0 || isBacklogFull(step)) return null;
      return hearResult(step, message, evidence);
    default:
      return null;
  }
}

/** What a peer says of itself, and whether that is worth a question to who only looks on. */
function hearRules(step: Step, message: Introduction | Presence): Refusal | null {
  const refusal = hearAbout(step, message);
  lookAgain(step);
  return refusal;
}

/** The controller tells a newcomer at once that there is a network. */
function hearIntroduction(
  step: Step,
  message: Extract<Message, { kind: 'introduction' }>,
): Refusal | null {
  const refusal = hearRules(step, message);
  if (refusal === null) {
    refuseNamesake(step, message.clientID);
    answerSoon(step, message.clientID, false);
  }
  const isNewcomer = message.network === null && refusal === null;
  if (isNewcomer && step.state.office !== null) step.alarmBy('welcome', 20);
  return refusal;
}

/** A sealed block is no controller's message: it counts whatever the term, from whomever. */
function hearResult(
  step: Step,
  result: Extract<Message, { kind: 'result'; result: 1 }>,
  evidence: readonly Message[],
): Refusal | null {
  const { memory } = step.state;
  const { block, seal } = result;
  if (memory.height === UNFOUNDED || block.transactionID < memory.height) return null;
  if (block.transactionID > memory.height) {
    fallBehind(step, block.transactionID);
    return null;
  }
  const voices = evidence.filter((message) => message.kind === 'acknowledgement');
  const problem = appendSealed(step, block, seal, voices);
  return problem === null ? null : { code: 'not-a-seal', problem };
}
