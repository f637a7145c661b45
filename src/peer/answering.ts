/** Tells peers that have just connected that their controller lives (PROTOCOL 6.1). */

import type { Greeted } from '../domain/message.ts';
import { type ClientID, compareText } from '../domain/names.ts';
import { isInRoster } from './memory.ts';
import type { State } from './state.ts';
import type { Step } from './step.ts';

/** Heartbeats in which a connection is named, as some may be lost, and the most names in one. */
const answeredBeats = 4;
const mostAnswers = 100;

/**
 * A first answer is said within the first time, but not before the second one has passed since the
 * last heartbeat: any stranger can repeat what asks for it.
 */
const changeMs = 30;
const answerMs = 250;

/**
 * As controller, names the present connection of this peer in our next heartbeats: a peer that has
 * just connected believes that we live when it hears that, as no recording can have it. What is not
 * urgent goes with the next heartbeat that is due anyway.
 */
export function answerSoon(step: Step, clientID: ClientID, isUrgent: boolean = true): void {
  const { office, memory, beatAt } = step.state;
  if (office === null) return;
  const isMember = isInRoster(memory, clientID);
  if (!isMember && Object.keys(office.answers).length >= mostAnswers) return;
  office.answers[clientID] = answeredBeats;
  if (isMember && isUrgent) step.alarmBy('beat', Math.max(changeMs, answerMs - step.since(beatAt)));
}

/** For the next heartbeat. Members first: they are the ones that would call an election. */
export function nextAnswers({ office, memory, acquaintances }: State): readonly Greeted[] {
  if (office === null) return [];
  const names = Object.keys(office.answers) as ClientID[];
  const isMember = (name: ClientID): boolean => isInRoster(memory, name);
  names.sort((a, b) => Number(isMember(b)) - Number(isMember(a)) || compareText(a, b));
  return names.slice(0, mostAnswers).flatMap((clientID) => {
    const left = (office.answers[clientID] ?? 0) - 1;
    if (left > 0) office.answers[clientID] = left;
    else delete office.answers[clientID];
    const incarnation = acquaintances[clientID]?.lastSign.incarnation ?? 0;
    return incarnation === 0 ? [] : [{ clientID, incarnation }];
  });
}

/** We cannot know yet whether the controller lives: it is to hear of our connection. */
export function isUnanswered({ obeyed, memory, settings }: State): boolean {
  const isMember = isInRoster(memory, settings.self.clientID);
  return isMember && obeyed !== null && !obeyed.isLive;
}

/** Members that did not vote for us may have come back since, and cannot know that we live. */
export function answerAbsent(step: Step): void {
  const { office, memory } = step.state;
  const voters = new Set(office?.votes.map(({ clientID }) => clientID));
  for (const { clientID } of memory.chain?.roster.members ?? [])
    if (!voters.has(clientID) && clientID !== step.self) answerSoon(step, clientID);
}
