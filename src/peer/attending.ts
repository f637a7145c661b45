/** Listens to the presences of those who are here, and not of all that a broker remembers. */

import { type ClientID, compareText } from '../domain/names.ts';
import { isKnown } from '../election/gathering.ts';
import { presentRoster } from './memory.ts';
import { knownSince } from './presence.ts';
import type { Step } from './step.ts';

/** Several that come together are one subscription, and none gets in the way of a founding. */
const soonMs = 500;

/** Once there is a controller, its will is what spares us a long wait. */
export const foundedMs = 100;

/** A member counts always; of the others this many do, those that wait longest. */
const mostStrangers = 100;

/** Somebody is here whose presence may concern us. */
export function attendSoon(step: Step, withinMs: number = soonMs): void {
  // An onlooker has no time to lose.
  step.alarmBy('attend', step.state.settings.isQuiet === true ? 0 : withinMs);
}

/** Says to the hands whose presence we want to hear, where that has changed. */
export function attend(step: Step): void {
  const { state } = step;
  if (!state.link.isConnected) return;
  if (state.election?.isFounding === true) {
    attendSoon(step);
    return;
  }
  const wanted = whoMatters(step);
  const isSame = wanted.length === state.attended.length;
  if (isSame && wanted.every((peer, index) => peer === state.attended[index])) return;
  state.attended = wanted;
  step.act({ kind: 'attend', to: wanted });
}

/** In order of ClientID: whose will, goodbye or key we could need. */
function whoMatters(step: Step): readonly ClientID[] {
  const { settings, acquaintances, rules, memory } = step.state;
  if (settings.isQuiet === true) return whoCanIntroduce(step);
  const members = (presentRoster(memory)?.members ?? []).map(({ clientID }) => clientID);
  const isMember = new Set(members);
  const since = knownSince(step);
  const strangers = Object.values(acquaintances)
    .filter((peer) => !isMember.has(peer.clientID) && isKnown(peer, rules, since))
    .sort((a, b) => (a.hereSince ?? 0) - (b.hereSince ?? 0))
    .slice(0, mostStrangers)
    .map(({ clientID }) => clientID);
  return [...members, ...strangers].filter((peer) => peer !== step.self).sort(compareText);
}

/** The most unknown senders whose presence is listened for, the last ones first. */
const mostUnknown = 16;

/** An onlooker hears a peer whose key it does not have: that peer's presence tells it. */
export function hearUnknown(step: Step, peer: ClientID): void {
  const { state } = step;
  if (state.settings.isQuiet !== true || state.memory.network !== null) return;
  if (state.unknown.includes(peer)) return;
  state.unknown = [peer, ...state.unknown].slice(0, mostUnknown);
  attendSoon(step);
}

/** Once it knows the network, no presence tells it anything. */
function whoCanIntroduce({ state }: Step): readonly ClientID[] {
  const { memory, unknown, pendingMandate } = state;
  if (memory.network !== null) return [];
  const controller = pendingMandate?.mandate.clientID;
  const all = controller === undefined ? unknown : [...unknown, controller];
  return [...new Set(all)].sort(compareText);
}
