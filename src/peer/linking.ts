/** Comes, goes and comes back: what a peer does when its connection begins or ends. */

import type { Departure, Recovered, Settings } from '../domain/contract.ts';
import type { Presence, Request } from '../domain/message.ts';
import { silentHeartbeats } from '../election/suspicion.ts';
import { ALARMS } from './alarms.ts';
import { ask } from './asking.ts';
import { attendSoon } from './attending.ts';
import { fetchBatch } from './batches.ts';
import { openChallenge, sayProposal } from './governing.ts';
import { lookAround } from './looking.ts';
import { isInRoster, presentRoster } from './memory.ts';
import { beat, connect, introduce, sayPresence } from './presence.ts';
import { excuseOutage } from './quorum.ts';
import { tellRefusals } from './refusing.ts';
import { saySolution } from './searching.ts';
import type { Naming, State } from './state.ts';
import type { Step } from './step.ts';
import { passOnSoon } from './taking.ts';
import { leaveElection, stepDown } from './terms.ts';

/** The first new attempt comes soon, later ones further and further apart. */
const firstRetryMs = 100;
const lastRetryMs = 5_000;

/** How long we listen for another process that answers under our name. */
const listenMs = 300;

/** A number below it cannot be guessed. */
const mostProbe = 2 ** 50;

/** People hear of attempts in vain so often, and of each new reason at once. */
const tellAgainMs = 10_000;

export function hearConnected(step: Step): void {
  const { state, now } = step;
  const { link } = state;
  link.isFirst = link.since === 0 && state.memory.network === null;
  link.isConnected = true;
  link.since = now.at;
  link.answeredBy = null;
  if (state.obeyed !== null) state.obeyed.isLive = state.office !== null;
  link.attempts = 0;
  link.told = null;
  // What was subscribed to ended with the connection.
  state.attended = [];
  step.note({ kind: 'connected' });
  if (state.backlog === null) begin(step);
}

/** Connected, and with all of our memory on the disk: takes part once our name is ours alone. */
export function begin(step: Step): void {
  if (step.state.naming === null) takePart(step);
  else probe(step, step.state.naming);
}

/** A key that was there before us may have been copied, and a process started twice. */
export function mayBeInUse(recovered: Recovered, settings: Settings): boolean {
  if (settings.isQuiet === true) return false;
  return settings.hasOldKey ?? recovered.entries.length > 0;
}

export function beginNaming(state: State): void {
  state.naming = { probe: 0, answeredAt: null, isOutdated: false };
}

/** Asks whether another process has our name. What it repeats cannot be an old recording. */
function probe(step: Step, naming: Naming): void {
  const { memory, settings } = step.state;
  naming.probe = Math.floor(step.jitter(1, mostProbe));
  const asked = { kind: 'request', clientID: step.self, from: memory.height } as const;
  // No other peer need answer.
  const message = { ...asked, helper: step.self, probe: naming.probe };
  step.act({ kind: 'say', message, retained: false });
  step.alarm('naming', naming.answeredAt === null ? listenMs : settings.heartbeatMs);
}

/** The time for an answer is over: takes part, or waits until the other one has been silent. */
export function askAgain(step: Step): void {
  const { state } = step;
  const { naming, link, settings } = state;
  if (naming === null || !link.isConnected) return;
  const { answeredAt, isOutdated } = naming;
  const patienceMs = silentHeartbeats * settings.heartbeatMs;
  if (answeredAt !== null && step.since(answeredAt) < patienceMs) {
    probe(step, naming);
    return;
  }
  endNaming(step, answeredAt !== null || isOutdated);
}

/** Where another one had our name, we come anew: with an incarnation above all that it said. */
function endNaming(step: Step, isAnew: boolean): void {
  const { state, now } = step;
  state.naming = null;
  step.cancel('naming');
  if (!isAnew) {
    takePart(step);
    return;
  }
  // As after a start: we did not hear all that others said meanwhile, and suspect none for it.
  state.boundAt = now.at;
  state.termSince = now.at;
  state.link.isConnected = false;
  connect(step);
}

/** Somebody under our name asks whether we are there, or answers that it is. */
export function hearOwnRequest(step: Step, { probe: asked, echo }: Request): void {
  const { naming, memory } = step.state;
  if (naming === null && asked !== undefined)
    step.say({
      kind: 'request',
      clientID: step.self,
      from: memory.height,
      helper: step.self,
      echo: asked,
    });
  if (naming !== null && echo === naming.probe) naming.answeredAt = step.now.at;
}

/** Another process with our name has, or had, a higher incarnation: ours is to be above it. */
export function yieldIncarnation(step: Step, incarnation: number): void {
  step.record({ kind: 'incarnation', incarnation });
  if (step.state.naming !== null) step.state.naming.isOutdated = true;
}

/** Connected, and with all of our memory on the disk: says who we are, and goes on. */
export function takePart(step: Step): void {
  const { state } = step;
  sayPresence(step, 'ready');
  introduce(step);
  beat(step);
  attendSoon(step);
  excuseOutage(step);
  openChallenge(step);
  sayProposal(step);
  if (state.solved !== null) saySolution(step);
  if (state.behind !== null) ask(step);
  else lookAround(step);
  fetchBatch(step);
  passOnSoon(step);
  step.alarmBy('quests', 0);
}

/** Also an attempt that failed. A peer without a connection goes on mining, and nothing else. */
export function hearDisconnected(step: Step, reason: string): void {
  const { state } = step;
  const { link } = state;
  const wasConnected = link.isConnected;
  link.isConnected = false;
  if (link.isLeaving) return;
  leaveElection(step);
  step.cancel('introduce', 'present', 'attend', 'greet', 'welcome');
  step.cancel('beat', 'gather', 'elect', 'suspect', 'mandate');
  step.cancel('propose', 'ask', 'solve', 'serve', 'fetch', 'hand-out', 'pass-on');
  const { told } = link;
  const isAgain = told?.reason === reason && step.since(told.at) < tellAgainMs;
  if (wasConnected || !isAgain) {
    link.told = { at: step.now.at, reason };
    step.note({ kind: 'disconnected', reason, attempts: link.attempts });
  }
  link.attempts += 1;
  const longest = Math.min(lastRetryMs, firstRetryMs * 3 * 2 ** Math.min(link.attempts - 1, 10));
  step.alarm('reconnect', step.jitter(Math.max(firstRetryMs, longest / 3), longest));
}

export function reconnect(step: Step): void {
  const { link } = step.state;
  if (!link.isConnected && !link.isLeaving) connect(step);
}

/** Our own presence as the broker has it: a will of ours that went out late is put right. */
export function hearOwnPresence(step: Step, presence: Presence): void {
  const { link, memory, naming } = step.state;
  if (link.isLeaving || !link.isConnected || presence.state === 'ready') return;
  if (naming !== null) {
    // The broker knows already that the last process with our name has ended.
    if (naming.answeredAt === null && presence.incarnation <= memory.incarnation)
      endNaming(step, false);
    return;
  }
  if (presence.incarnation <= memory.incarnation) {
    sayPresence(step, 'ready');
    return;
  }
  // One that waited for our name has ended, and the broker takes that for our end.
  yieldIncarnation(step, presence.incarnation + 1);
  sayPresence(step, 'ready');
  introduce(step);
  beat(step);
}

/** A stranger may clear our topic for ever: it costs us one message in this time. */
const presentAgainMs = 5_000;

/** What the broker kept of us is cleared, by whomever: it is said again. */
export function hearCleared(step: Step, what: 'presence' | 'mandate'): void {
  const { link, office, settings } = step.state;
  if (!link.isConnected || link.isLeaving || settings.isQuiet === true) return;
  if (what === 'presence') step.alarmBy('present', presentAgainMs);
  else if (office !== null) step.alarmBy('mandate', presentAgainMs);
}

/** A member says goodbye when its removal is sealed, or after so long: 3 s are all it may take. */
const farewellMs = 2_500;

/** Leaves in order: a member is removed from the roster first, so that nobody waits for it. */
export function leave(step: Step): void {
  const { state } = step;
  if (state.link.isLeaving) return;
  state.link.isLeaving = true;
  step.note({ kind: 'leaving' });
  leaveElection(step);
  if (mayGo(step) || step.isSilent) {
    sayGoodbye(step);
    return;
  }
  beat(step);
  step.alarm('farewell', farewellMs);
}

/** Goes once nothing holds us any more. */
export function goIfFree(step: Step): void {
  const { link } = step.state;
  if (link.isLeaving && !link.hasLeft && mayGo(step)) sayGoodbye(step);
}

/** Alone, outside the roster, or offline, there is nothing to wait for. */
function mayGo(step: Step): boolean {
  const { link, memory } = step.state;
  const isMember = isInRoster(memory, step.self);
  const isAlone = presentRoster(memory)?.members.length === 1;
  return !link.isConnected || !isMember || isAlone;
}

export function sayGoodbye(step: Step): void {
  stepDown(step, 'leaving');
  beat(step);
  sayPresence(step, 'disconnected');
  // Peers that come later are not to find the names of all that ever came.
  const { link, settings } = step.state;
  if (link.isConnected && settings.isQuiet !== true) step.act({ kind: 'clear' });
  vanish(step);
}

/** Goes without a message, and does nothing more. `why`: where we go by ourselves. */
export function vanish(step: Step, why?: Departure): void {
  const { state } = step;
  tellRefusals(step);
  if (state.mining !== null) step.act({ kind: 'rest' });
  state.mining = null;
  state.office = null;
  step.act({ kind: 'leave', ...(why !== undefined && { why }) });
  state.link.isLeaving = true;
  state.link.hasLeft = true;
  step.cancel(...ALARMS);
}
