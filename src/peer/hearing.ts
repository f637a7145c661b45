/** Hands each heard message to the room that understands it. */

import type { Event } from '../domain/contract.ts';
import { type Heartbeat, type Message, type Presence, senderOf } from '../domain/message.ts';
import { type Digest, type TransactionID, UNFOUNDED } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { makeRoster } from '../domain/roster.ts';
import { isFar } from '../election/booth.ts';
import { hearProposal } from './acknowledging.ts';
import { hearAbout, hearBeat, hearSignOfLife } from './acquainting.ts';
import { appendSealed } from './appending.ts';
import { fallBehind } from './asking.ts';
import { hearBatch, hearBatchRequest } from './batches.ts';
import { bindingOf } from './binding.ts';
import { hearFounderCommitment, hearFounderReveal } from './founding.ts';
import { hearAcknowledgement, hearNaming, hearSolution } from './governing.ts';
import { dropRequest, hearRequest } from './helping.ts';
import { hearOwnPresence, vanish } from './linking.ts';
import { isInRoster } from './memory.ts';
import { confirm, hearMandate, hearVote } from './obeying.ts';
import { controllerOf } from './presence.ts';
import { hearOfQuests } from './questing.ts';
import { hearChallenge, hearRefusedSolution } from './searching.ts';
import type { Step } from './step.ts';
import { hearCommitment, hearController, hearReveal } from './suspecting.ts';
import { hearAnswer } from './syncing.ts';
import { hearTransaction } from './taking.ts';
import { raiseTerm } from './terms.ts';
import { isBacklogFull } from './writing.ts';

type Heard = Extract<Event, { kind: 'heard' }>;

/** Returns why the message was not taken; null if it was, or if it is none of our business. */
export function hear(step: Step, heard: Heard): Refusal | null {
  const { message, retained } = heard;
  if (message.kind === 'transaction')
    return step.state.backlog === null ? hearTransaction(step, message.transaction) : null;
  const sender = senderOf(message);
  if (sender === step.self) return hearOwn(step, heard);
  if (isStaleConnection(step, message)) return { code: 'stale-incarnation' };
  const isFarewell = message.kind === 'presence' && message.state !== 'ready';
  // Who asks without an introduction wants nothing but an answer: nobody counts on it.
  const isNobody = isWordOfNobody(message);
  if (!retained && !isFarewell && !isNobody) hearSignOfLife(step, sender, message);
  const isController = !retained && sender === controllerOf(step.state);
  if (isController && isOfController(message)) hearController(step);
  return dispatch(step, heard);
}

function isWordOfNobody(message: Message): boolean {
  return (
    (message.kind === 'request' || message.kind === 'quest') && message.publicKey !== undefined
  );
}

/** What an older connection of a peer says about its presence is void. */
function isStaleConnection(step: Step, message: Message): boolean {
  if (!('incarnation' in message) || message.incarnation === undefined) return false;
  const known = step.state.acquaintances[message.clientID];
  return known !== undefined && message.incarnation < known.incarnation;
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
      // Two that vote and govern under one name contradict each other: the older one goes.
      step.refuse(step.self, { code: 'second-peer-with-our-name' });
      vanish(step);
      return null;
    }
    case 'presence':
      hearOwnPresence(step, message);
      return null;
    case 'mandate':
      return heard.retained ? dispatch(step, heard) : null;
    case 'request':
    case 'answer':
      return null;
    default:
      return dispatch(step, heard);
  }
}

/** Whoever uses up terms leaves none for others; but votes of members are their word. */
function refuseFarTerm(step: Step, message: Message): Refusal | null {
  const { network, term: ours } = step.state.memory;
  const isTold = message.kind === 'commitment' || message.kind === 'reveal';
  if (!isTold && (message.kind !== 'vote' || network !== null)) return null;
  return isFar(message.term, ours) ? { code: 'far-term', term: message.term, ours } : null;
}

function dispatch(step: Step, heard: Heard): Refusal | null {
  const { message, text, retained, evidence } = heard;
  if (message.kind === 'transaction') return null;
  if (step.state.backlog !== null) return observe(step, heard);
  const far = refuseFarTerm(step, message);
  if (far !== null) return far;
  const isFounding = step.state.memory.network === null;
  switch (message.kind) {
    case 'introduction':
      return hearIntroduction(step, message);
    case 'presence': {
      const refusal = hearAbout(step, message);
      if (refusal === null) hearOfNetworkQuietly(step, message);
      // What a broker kept may be of peers long gone: their rules are nobody's business, save for
      // those who only look on, and would adopt them.
      return retained && step.state.settings.isQuiet !== true ? null : refusal;
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
function observe(step: Step, { message, evidence }: Heard): Refusal | null {
  switch (message.kind) {
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

/** The controller tells a newcomer at once that there is a network. */
function hearIntroduction(
  step: Step,
  message: Extract<Message, { kind: 'introduction' }>,
): Refusal | null {
  const refusal = hearAbout(step, message);
  const isNewcomer = message.network === null && refusal === null;
  if (isNewcomer && step.state.office !== null) step.alarmBy('welcome', 20);
  return refusal;
}

function hearHeartbeat(step: Step, heartbeat: Heartbeat): Refusal | null {
  const stale = hearBeat(step, heartbeat);
  if (stale !== null) return stale;
  const { memory } = step.state;
  const { clientID, term, network, transactionID } = heartbeat;
  dropRequest(step, clientID, transactionID);
  if (network !== null && memory.network === null) {
    return hearOfNetwork(step, network, heartbeat);
  }
  if (network !== null && memory.network !== null && network !== memory.network.digest)
    return { code: 'other-network', theirs: network, ours: memory.network.digest };
  // Whoever has more blocks can prove it, a member of ours or not.
  if (network !== null) fallBehind(step, transactionID);
  if (network !== null && isInRoster(memory, clientID)) {
    raiseTerm(step, term);
    hearStanding(step, heartbeat);
  }
  const namesUs = term === memory.term && heartbeat.controllerID === step.self;
  if (term <= memory.term) hearNaming(step, clientID, namesUs);
  return null;
}

/** Who is bound to a founding learns no other network meanwhile. */
function hearOfNetwork(step: Step, digest: Digest, heartbeat: Heartbeat): Refusal | null {
  // To found anew is to give up a network that lost its majority, but not one that is governed.
  const isGoverned = heartbeat.controllerID === heartbeat.clientID;
  if (step.state.settings.foundsAnew === true && !isGoverned) return null;
  const binding = bindingOf(step);
  if (binding !== null && binding.digest !== digest) return null;
  const { founders } = step.state.settings;
  const ours = founders && makeRoster(founders, step.state.rules, step.hasher).digest;
  if (ours !== null && ours !== digest) return { code: 'other-network', theirs: digest, ours };
  step.state.heardNetwork = { digest, at: step.now.at };
  fallBehind(step, 0 as TransactionID);
  return null;
}

/** Who only looks on has no time to lose, and nothing: it asks at the first word of a network. */
function hearOfNetworkQuietly(step: Step, { network, state }: Presence): void {
  const { settings, memory, heardNetwork } = step.state;
  const isNews = memory.network === null && heardNetwork === null;
  if (settings.isQuiet !== true || network === null || state !== 'ready' || !isNews) return;
  step.state.heardNetwork = { digest: network, at: step.now.at };
  fallBehind(step, 0 as TransactionID);
}

/** What the controller's heartbeat says of its own office. */
function hearStanding(step: Step, heartbeat: Heartbeat): void {
  const { obeyed, memory } = step.state;
  if (obeyed === null || obeyed.controllerID !== heartbeat.clientID) return;
  if (obeyed.term !== memory.term || heartbeat.term !== obeyed.term) return;
  // Before it has shown that it knows of its mandate, it may simply not know yet.
  if (heartbeat.controllerID === heartbeat.clientID) confirm(step);
  else if (obeyed.isConfirmed) obeyed.hasSteppedDown = true;
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
