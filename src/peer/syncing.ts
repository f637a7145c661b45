/** Catches up with others, and helps others to catch up (PROTOCOL 7, sync). */

import type {
  Acknowledgement,
  Answer,
  Founding,
  Message,
  Request,
  Vote,
} from '../domain/message.ts';
import { type ClientID, type TransactionID, UNFOUNDED } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { problemOfSeal } from '../finality/seal.ts';
import { digestOf } from '../ledger/block.ts';
import { problemOfBlocks } from '../ledger/chain.ts';
import { adoptFounding } from './adopting.ts';
import { append } from './appending.ts';
import { controllerOf } from './presence.ts';
import type { Step } from './step.ts';

const askMs = 1_000;

/** Whoever claimed the height may have lied, or be gone: we stop asking, and hear of it again. */
const mostAsked = 20;

/** Pages to one asker go out at most this often; it asks again at once when one has helped. */
const serveMs = 20;

/** We hear of blocks that we don't have, or of a network: asks, and goes on asking. */
export function fallBehind(step: Step, target: TransactionID): void {
  const { state } = step;
  if (target <= state.memory.height) return;
  const isNew = state.behind === null;
  state.behind = {
    target: Math.max(target, state.behind?.target ?? target) as TransactionID,
    asked: state.behind?.asked ?? 0,
  };
  if (isNew) ask(step);
}

/** Says the request, and again each second until we have caught up. */
export function ask(step: Step): void {
  const { behind, memory } = step.state;
  step.cancel('ask');
  if (behind === null) return;
  if (memory.height >= behind.target || behind.asked >= mostAsked) {
    step.state.behind = null;
    return;
  }
  behind.asked += 1;
  step.say({ kind: 'request', clientID: step.self, from: memory.height });
  step.alarm('ask', askMs);
}

/**
 * The controller answers at once. Another peer can't hear what the asker is answered, so it answers
 * after some jitter a request that is repeated, or that no controller can be expected to answer.
 */
export function hearRequest(step: Step, request: Request): void {
  const { state } = step;
  const { clientID, from } = request;
  const before = state.requests[clientID];
  const isNothingNew = from === UNFOUNDED ? state.memory.network === null : !hasFrom(step, from);
  if (isNothingNew) {
    delete state.requests[clientID];
    return;
  }
  if (state.office !== null) {
    const isHasty = before !== undefined && before.from === from && step.since(before.at) < serveMs;
    state.requests[clientID] = { from, at: step.now.at, answerAt: null };
    if (!isHasty) step.act({ kind: 'serve', to: clientID, from });
    return;
  }
  const controllerID = controllerOf(state);
  const isOurs = before?.from === from || controllerID === null || controllerID === clientID;
  const wait = before?.from === from ? before.answerAt : null;
  const answerAt = isOurs ? (wait ?? step.now.at + step.jitter(0, 500)) : null;
  state.requests[clientID] = { from, at: step.now.at, answerAt: answerAt as typeof step.now.at };
  forgetRequests(step);
  setServe(step);
}

function hasFrom(step: Step, from: TransactionID): boolean {
  return from < step.state.memory.height;
}

/** Answers those whose turn has come. */
export function serve(step: Step): void {
  const { requests } = step.state;
  for (const clientID of Object.keys(requests) as ClientID[]) {
    const request = requests[clientID];
    if (request === undefined || request.answerAt === null) continue;
    if (request.answerAt > step.now.at) continue;
    delete requests[clientID];
    step.act({ kind: 'serve', to: clientID, from: request.from });
  }
  setServe(step);
}

/** Somebody has caught up without us. */
export function dropRequest(step: Step, clientID: ClientID, height: TransactionID): void {
  const request = step.state.requests[clientID];
  if (request === undefined || height <= request.from) return;
  delete step.state.requests[clientID];
  setServe(step);
}

function setServe(step: Step): void {
  const due = Object.values(step.state.requests).flatMap(({ answerAt }) => answerAt ?? []);
  step.cancel('serve');
  if (due.length > 0) step.alarm('serve', Math.max(0, Math.min(...due) - step.now.at));
}

/** Askers that went silent, so that strangers can't fill the memory. */
function forgetRequests(step: Step): void {
  const { requests } = step.state;
  for (const clientID of Object.keys(requests) as ClientID[]) {
    const request = requests[clientID];
    if (request !== undefined && step.since(request.at) > 5 * askMs) delete requests[clientID];
  }
}

/** Takes what somebody sent us, as far as it holds. */
export function hearAnswer(
  step: Step,
  answer: Answer,
  evidence: readonly Message[],
): Refusal | null {
  if (step.state.behind === null) return { code: 'not-asked-for' };
  return 'founding' in answer
    ? hearFounding(step, answer.founding, evidence.filter(isVote))
    : hearBlocks(step, answer, evidence.filter(isAcknowledgement));
}

/** Adopts the founding of the network that a heartbeat named. */
function hearFounding(step: Step, founding: Founding, votes: readonly Vote[]): Refusal | null {
  const { heardNetwork, memory } = step.state;
  if (memory.network !== null || heardNetwork === null) return { code: 'not-asked-for' };
  const problem = adoptFounding(step, founding, votes, heardNetwork.digest);
  if (problem !== null) return { code: 'not-a-founding', problem };
  continueAsking(step);
  return null;
}

/** The last block's seal vouches for those before it, which hang on one another by Parent. */
function hearBlocks(
  step: Step,
  answer: Extract<Answer, { blocks: unknown }>,
  acknowledgements: readonly Acknowledgement[],
): Refusal | null {
  const { memory } = step.state;
  const from = memory.height;
  const fresh = answer.blocks.filter(({ transactionID }) => transactionID >= from);
  const last = fresh.at(-1);
  if (last === undefined) return null;
  if (memory.network === null || memory.chain === null) return { code: 'not-asked-for' };
  const digest = digestOf(last, step.hasher);
  const about = { transactionID: last.transactionID, digest };
  const of = acknowledgements.filter((voice) => voice.transactionID === last.transactionID);
  const flaw = problemOfSeal(of, about, memory.network.roster);
  if (flaw !== null) return { code: 'not-a-seal', problem: flaw };
  // Checked whole before the first is appended: an answer is taken or refused, never halved.
  const problem = problemOfBlocks(fresh, memory.chain, memory.rule, step.hasher);
  if (problem !== null) return { code: 'wrong-block', problem };
  const seal = answer.seals.at(-1) ?? [];
  for (const block of fresh) {
    append(step, block, digestOf(block, step.hasher), block === last ? seal : []);
  }
  step.note({ kind: 'synced', from, to: memory.height });
  continueAsking(step);
  return null;
}

function continueAsking(step: Step): void {
  if (step.state.behind === null) return;
  step.state.behind.asked = 0;
  ask(step);
}

function isVote(message: Message): message is Vote {
  return message.kind === 'vote';
}

function isAcknowledgement(message: Message): message is Acknowledgement {
  return message.kind === 'acknowledgement';
}
