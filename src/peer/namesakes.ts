/** Peers that share a Name, where the lowest one governs: one of them keeps it (PROTOCOL 11). */

import type { Member } from '../domain/message.ts';
import type { ClientID, Instant } from '../domain/names.ts';
import { isMember } from '../domain/roster.ts';
import { knownForMs, knownMembers } from '../election/gathering.ts';
import { keepersOf } from '../election/precedence.ts';
import { namedOf } from './choosing.ts';
import { presentRoster } from './memory.ts';
import type { Step } from './step.ts';

/**
 * Who is there under our rules, ourselves included, in order of ClientID. Of those that would found
 * under one Name where it counts, only the one that keeps it.
 */
export function whoIsKnown(step: Step): readonly Member[] {
  const known = whoIsHere(step);
  const { settings, memory } = step.state;
  if (settings.election !== 'present' || memory.network !== null) return known;
  const keepers = foundingKeepers(step, known);
  return known.filter(({ clientID }) => namesakeIn(step, keepers, clientID) === null);
}

function whoIsHere({ state, now }: Step): readonly Member[] {
  const { settings, acquaintances, rules, memory } = state;
  const since = (now.at - knownForMs(settings.announceMs)) as Instant;
  const known = knownMembers(settings.self, acquaintances, rules, since);
  if (settings.foundsAnew !== true || memory.network !== null) return known;
  // Whoever has a network of its own founds no other.
  return known.filter(({ clientID }) => (acquaintances[clientID]?.network ?? null) === null);
}

type Keepers = ReturnType<typeof keepersOf>;

/** Founders that are fixed beforehand go before strangers: keys, and so Names, cost nothing. */
function foundingKeepers(step: Step, known: readonly Member[]): Keepers {
  const { founders } = step.state.settings;
  return keepersOf((founders ?? known).map(({ clientID }) => namedOf(step, clientID)));
}

/** Who keeps the Name of this peer, if that is another one with a lower ClientID. */
function namesakeIn(step: Step, keepers: Keepers, clientID: ClientID): ClientID | null {
  const { name } = namedOf(step, clientID);
  const keeper = name === null ? undefined : keepers.get(name);
  return keeper !== undefined && keeper < clientID ? keeper : null;
}

/**
 * Who has the Name of this peer and keeps it; null where nobody does, or Names do not count. In a
 * network members go before others; among equals the one with the lowest ClientID keeps it.
 */
export function namesakeOf(step: Step, clientID: ClientID): ClientID | null {
  const { memory, settings } = step.state;
  const { name } = namedOf(step, clientID);
  if (settings.election !== 'present' || name === null) return null;
  const roster = presentRoster(memory);
  if (roster === null) return namesakeIn(step, foundingKeepers(step, whoIsHere(step)), clientID);
  const keepers = keepersOf(roster.members.map((member) => namedOf(step, member.clientID)));
  if (isMember(roster, clientID)) return namesakeIn(step, keepers, clientID);
  return keepers.get(name) ?? null;
}

/** Counts it where a peer introduces itself under a Name that another one keeps. */
export function refuseNamesake(step: Step, clientID: ClientID): void {
  const { name } = namedOf(step, clientID);
  const by = namesakeOf(step, clientID);
  if (name !== null && by !== null) step.refuse(clientID, { code: 'same-name', name, by });
}

/** Tells our people that another peer has our Name and keeps it, once for each such peer. */
export function tellNamesake(step: Step): void {
  const { settings, yielding } = step.state;
  const { name } = settings;
  if (name === undefined) return;
  const by = namesakeOf(step, step.self);
  if (by !== null && by !== yielding.toldNamesake) step.note({ kind: 'same-name', name, by });
  yielding.toldNamesake = by;
}
