/** Looks for a network without taking part: asks around, and believes what is answered, alone. */

import type { Founding, Vote } from '../domain/message.ts';
import { type ClientID, type TransactionID, UNFOUNDED } from '../domain/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import { makeRoster } from '../domain/roster.ts';
import { problemOf } from '../election/mandate.ts';
import { adoptFounding, refuseFounding } from './adopting.ts';
import { fallBehind } from './asking.ts';
import { hearUnknown } from './attending.ts';
import type { State } from './state.ts';
import type { Step } from './step.ts';

/** Rules that `peers` named here, of which `living` have given a sign of life. */
export type HeardRules = {
  readonly rules: string;
  readonly peers: number;
  readonly living: number;
};

/** Several hints that come together are one question. */
const soonMs = 50;

function isLooking({ settings, memory, link }: State): boolean {
  return settings.isQuiet === true && memory.network === null && link.isConnected;
}

/**
 * There may be a network: asks for its founding, whatever its Rules. What a broker has kept, or
 * somebody repeats, is a reason to ask, and no more: the dead do not answer.
 */
export function lookAround(step: Step): void {
  if (isLooking(step.state)) fallBehind(step, 0 as TransactionID);
}

/** A peer tells its Rules; they may be those of a founding that we could not read before. */
export function lookAgain(step: Step): void {
  lookAround(step);
  if (isLooking(step.state)) step.alarmBy('ask', soonMs);
}

/**
 * The answer to our own question: a network that lives, and its founding, which all its votes prove
 * under one text of Rules. Under ours it is adopted; of others people are told.
 */
export function takeFoundingQuietly(
  step: Step,
  from: ClientID,
  founding: Founding,
  votes: readonly Vote[],
): Refusal | null {
  const { state, hasher } = step;
  const [first] = votes;
  if (first === undefined) return { code: 'not-a-founding', problem: 'it has no votes' };
  const texts = new Set([state.rules, ...rulesHeard(state).map(({ rules }) => rules)]);
  for (const rules of texts) {
    const roster = makeRoster(founding.members, rules, hasher);
    if (roster.digest !== first.roster) continue;
    if (rules === state.rules) return refuseFounding(adoptFounding(step, founding, votes, null));
    const problem = problemOf({ ...first, votes }, roster);
    if (problem !== null || first.transactionID !== UNFOUNDED)
      return { code: 'not-a-founding', problem: problem ?? 'its votes are of a later election' };
    if (state.toldNetwork === roster.digest) return null;
    state.toldNetwork = roster.digest;
    step.note({ kind: 'network-found', network: roster.digest, rules });
    return null;
  }
  // Its presence tells its Rules, and then we ask again.
  hearUnknown(step, from);
  return null;
}

/** The Rules that peers named here, living or not; those of the living first. */
export function rulesHeard({ acquaintances }: State): readonly HeardRules[] {
  const heard = new Map<string, HeardRules>();
  for (const { rules, heardAt, gone } of Object.values(acquaintances)) {
    if (rules === null) continue;
    const before = heard.get(rules) ?? { rules, peers: 0, living: 0 };
    const isLiving = heardAt !== null && gone === null;
    const living = before.living + (isLiving ? 1 : 0);
    heard.set(rules, { rules, peers: before.peers + 1, living });
  }
  return [...heard.values()].sort((a, b) => b.living - a.living || b.peers - a.peers);
}
